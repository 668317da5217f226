"""The rows of a table as HTML. They are put together here: a template would escape each text by a call of its own."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup, escape

from tickets_app.copper.resources import Unreadable
from tickets_app.display.escaping import escaped

OPEN = "open"


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
    texts_of, row_of = (_texts_of_chosen, _chosen) if chosen else (_texts, _usual)
    views = list(found)
    texts = iter(escaped([text for row in views if isinstance(row, RowView) for text in texts_of(row)]))
    made = [row_of(row, texts, mark) if isinstance(row, RowView) else _unreadable(row, columns) for row in views]
    return Markup("".join(made))  # noqa: S704 - each text in it was escaped  # nosec B704


def _texts(row: RowView) -> list[str]:
    """In the order in which `_usual` takes them as HTML."""
    texts = [row.id, row.url, row.created, *row.moment, row.iso, row.reference, row.location]
    for pair in row.details:
        texts += pair
    return texts


def _usual(row: RowView, texts: Iterator[str], mark: str) -> str:
    id_, url, created, day, clock, zone, iso, reference, location = islice(texts, 9)
    pairs = islice(zip(texts, texts, strict=True), len(row.details))
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


def _texts_of_chosen(row: RowView) -> list[str]:
    """In the order in which `_chosen` takes them as HTML."""
    texts = [row.id, row.url]
    for cell in row.cells:
        texts += cell
    return texts


def _chosen(row: RowView, texts: Iterator[str], mark: str) -> str:
    id_, url = islice(texts, 2)
    cells = islice(zip(texts, texts, texts, strict=True), len(row.cells))
    shown = "".join(
        [
            f'<td role="cell" class="{kind}" data-label="{column}"><bdi>{text}</bdi></td>'
            if kind != OPEN
            else f'<td role="cell" class="{kind}"><a href="{url}">{_or("no reference", text)}</a>{_marks(row, url)}</td>'
            for kind, column, text in cells
        ]
    )
    return f'<tr role="row" data-ticket-id="{id_}"{_seam(row)}{mark}>\n{shown}\n</tr>\n'


def _unreadable(row: Unreadable, columns: int) -> str:
    return (
        f'<tr role="row" class="unreadable"><td colspan="{columns}" role="cell">'
        f"Copper sent a row here that cannot be read ({escape(row.reason)}).</td></tr>\n"
    )
