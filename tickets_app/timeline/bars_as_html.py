"""The bars as HTML, put together in Python as a list's rows are (ticket_list/cells.py): they come with every appended page."""

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from tickets_app.display.escaping import escaped

HEIGHT = 80  # units of the drawing: the tallest bar


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it is drawn, the time it stands for, what is known, and the list of just that time."""

    number: int
    x: int
    y: int
    height: int
    kind: str  # "counted", "least" (some of it), "unknown"
    period: str
    count: str
    url: str


def as_html(bars: Sequence[Bar]) -> tuple[Markup, Markup]:
    """Links in a drawing, and rows of the table that says the same."""
    texts = iter(escaped([text for bar in bars for text in (bar.url, bar.period, bar.count)]))
    links, rows = [], []
    for bar, url, period, count in zip(bars, texts, texts, texts, strict=True):
        links.append(_link(bar, url, period, count))
        rows.append(f'<tr><th scope="row"><a href="{url}">{period}</a></th><td>{count}</td></tr>')
    return Markup("".join(links)), Markup("".join(rows))  # noqa: S704 - each text in it was escaped  # nosec B704


def _link(bar: Bar, url: str, period: str, count: str) -> str:
    open_ = f'<rect class="open" x="{bar.x}" width="20" height="{HEIGHT}"/>' if bar.kind != "counted" else ""
    column = (
        f'<rect class="column" x="{bar.x + 1}" y="{bar.y}" width="18" height="{bar.height}"/>' if bar.height else ""
    )
    return (
        f'    <a id="bar-{bar.number}" class="bar {bar.kind}" href="{url}" aria-label="{period}: {count}">'
        f'<title>{period}: {count}</title><rect class="field" x="{bar.x}" width="20" height="{HEIGHT}"/>'
        f"{open_}{column}</a>\n"
    )
