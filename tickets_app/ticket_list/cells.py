"""The rows of a table as HTML. They are put together here: a template would escape each text by a call of its own.

A list of 100 has some 2,400 texts, and calling takes longer than escaping them (docs/decisions/0077-rendering.md).
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

from tickets_app.copper.resources import Unreadable

OPEN = "open"
_BETWEEN = "\x00"  # stands in hardly any text


class RowView(NamedTuple):
    """One row of the table."""

    id: str
    url: str
    created: str
    moment: tuple[str, str, str]  # the same, as a row has room for it: day, time of day, zone
    iso: str
    reference: str
    location: str
    details: list[tuple[str, str]]  # name and text
    more_details: int
    twice: bool  # shares reference and place with another one within minutes (ticket_list/twice.py)
    new: bool  # was not there when the sender of the link looked (sent_links/)
    # Where columns were chosen, of each: its kind, the column's name, and the text. That of kind OPEN leads to the ticket.
    cells: list[tuple[str, str, str]]
    notes: int = 0  # how many people wrote on it (tickets_app/notes)
    seam: str = ""  # tells the page by what another one in the answer before or behind is known (ticket_list/twice.py)


def rows(found: Iterable[RowView | Unreadable], *, chosen: bool, columns: int, stale: bool) -> Markup:
    """A `<tr>` for each. `chosen`: whether somebody chose the columns, of which there are so many in all.

    `stale`: whether Copper gave them a while ago.
    """
    mark = ' class="stale"' if stale else ""
    row_of = _chosen if chosen else _usual
    made = [_unreadable(row, columns) if isinstance(row, Unreadable) else row_of(row, mark) for row in found]
    return Markup("".join(made))  # noqa: S704 - each text in it was escaped  # nosec B704


def _escaped(texts: Sequence[str]) -> list[str]:
    """All of them as HTML, by one call."""
    found = str(escape(_BETWEEN.join(texts))).split(_BETWEEN)
    return found if len(found) == len(texts) else [str(escape(text)) for text in texts]


def _usual(row: RowView, mark: str) -> str:
    texts = [row.id, row.url, row.created, *row.moment, row.iso, row.reference, row.location]
    for pair in row.details:
        texts += pair
    id_, url, created, day, clock, zone, iso, reference, location, *details = _escaped(texts)
    pairs = zip(details[::2], details[1::2], strict=True)
    short = f'<span class="day">{day}</span> <b>{clock}</b> <span class="day">{zone}</span>'
    created = f'<time datetime="{iso}" title="{iso}">{short}</time>' if iso else _or("no time", created)
    more = f'<span class="nothing">and {row.more_details} more</span>' if row.more_details else ""
    shown = "".join(
        [f'<span class="detail"><span class="name">{name}</span> <bdi>{text}</bdi></span> ' for name, text in pairs]
    )
    return (
        f'<tr role="row" data-ticket-id="{id_}"{_seam(row)}{mark}>\n'
        f'<td role="cell" class="created">{created}</td>\n'
        f'<td role="cell" class="reference"><a href="{url}">{_or("no reference", reference)}</a>{_marks(row, url)}</td>\n'
        f'<td role="cell" class="location">{_or("no location", location)}</td>\n'
        f'<td role="cell" class="id"><code>{id_}</code></td>\n'
        f'<td role="cell" class="details">{shown}{more}</td>\n'
        "</tr>\n"
    )


def _marks(row: RowView, url: str) -> str:
    if not (row.twice or row.new or row.notes):
        return ""
    new = ' <span class="new-mark">new</span>' if row.new else ""
    return f"{new}{_twice(row, url)}{_noted(row)}"


def _seam(row: RowView) -> str:
    return f' data-seam="{row.seam}"' if row.seam else ""


def _twice(row: RowView, url: str) -> str:
    return f" {twice_mark(f'{url}same/')}" if row.twice else ""


def twice_mark(url: str) -> str:
    """The word that leads to the comparison; `url` as HTML."""
    return (
        f'<a class="twice" href="{url}" title="Another one with this reference here within minutes: compare">twice?</a>'
    )


def _noted(row: RowView) -> str:
    if not row.notes:
        return ""
    words = "1 note" if row.notes == 1 else f"{row.notes} notes"
    return (
        f' <span class="noted" title="{words}"><span aria-hidden="true">✎{row.notes}</span>'
        f'<span class="visually-hidden">{words}</span></span>'
    )


def _or(nothing: str, text: str) -> str:
    return f"<bdi>{text}</bdi>" if text else f'<span class="nothing">{nothing}</span>'


def _chosen(row: RowView, mark: str) -> str:
    texts = [row.id, row.url]
    for cell in row.cells:
        texts += cell
    id_, url, *cells = _escaped(texts)
    shown = "".join(
        [
            f'<td role="cell" class="{kind}" data-label="{column}"><bdi>{text}</bdi></td>'
            if kind != OPEN
            else f'<td role="cell" class="{kind}"><a href="{url}">{_or("no reference", text)}</a>{_marks(row, url)}</td>'
            for kind, column, text in zip(cells[::3], cells[1::3], cells[2::3], strict=True)
        ]
    )
    return f'<tr role="row" data-ticket-id="{id_}"{_seam(row)}{mark}>\n{shown}\n</tr>\n'


def _unreadable(row: Unreadable, columns: int) -> str:
    return (
        f'<tr role="row" class="unreadable"><td colspan="{columns}" role="cell">'
        f"Copper sent a row here that cannot be read ({escape(row.reason)}).</td></tr>\n"
    )
