"""A bar as HTML, put together in Python as a list's rows are (ticket_list/cells.py): all come with every appended page."""

from dataclasses import dataclass
from functools import lru_cache

from tickets_app.display.escaping import escaped
from tickets_app.timeline.buckets import SLOT

HEIGHT = 80  # units of the drawing: the tallest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it is drawn, what is known of its time, and how a page shows it."""

    x: int
    height: int
    kind: str  # "counted", "least" (some of it), "unknown"
    link: str  # HTML: in the drawing, to the list of just its time
    table_row: str  # HTML: the same in the table


@lru_cache(2048)  # of an appended page one or two are others than those of the page before
def bar(number: int, height: int, kind: str, period: str, count: str, url: str) -> Bar:
    """Draw one. `number`: from the left; `period`: the time it stands for; `count`: what is known, in words."""
    x = SLOT * number
    url, period, count = escaped([url, period, count])
    open_ = f'<rect class="open" x="{x}" width="20" height="{HEIGHT}"/>' if kind != "counted" else ""
    column = f'<rect class="column" x="{x + 1}" y="{HEIGHT - height}" width="18" height="{height}"/>' if height else ""
    link = (
        f'    <a id="bar-{number}" class="bar {kind}" href="{url}" aria-label="{period}: {count}">'
        f'<title>{period}: {count}</title><rect class="field" x="{x}" width="20" height="{HEIGHT}"/>'
        f"{open_}{column}</a>\n"
    )
    table_row = f'<tr><th scope="row"><a href="{url}">{period}</a></th><td>{count}</td></tr>'
    return Bar(x, height, kind, link, table_row)
