"""A bar as HTML, put together in Python as the rows of a list are (ticket_list/cells.py): each page of an open chart has all."""

from functools import lru_cache
from typing import NamedTuple

from tickets_app.display.escaping import escaped
from tickets_app.timeline.buckets import SLOT
from tickets_app.timeline.strip import HEIGHT


class Bar(NamedTuple):
    """One bar as HTML: in the drawing, a link to the list of just its time, and the same in the table."""

    link: str
    table_row: str


@lru_cache(2048)  # of an appended page one or two are others than those of the page before
def bar(number: int, height: int, kind: str, period: str, count: str, url: str) -> Bar:
    """Draw one. `number`: from the left; `kind`: as strip.py says it; `period`: its time; `count`: what is known, in words."""
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
    return Bar(link, table_row)
