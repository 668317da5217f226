"""The rows of a table as HTML. They are put together here: a template would escape each text by a call of its own."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from markupsafe import Markup, escape

from tickets_app.copper.resources import Unreadable
from tickets_app.display.escaping import escaped
from tickets_app.display.values import NO_SHAPE, Shape

OPEN = "open"


class RowMarks(NamedTuple):
    """What a row is marked with behind its link; most with nothing."""

    twice: bool = False  # shares reference and place with another one within minutes (ticket_list/twice.py)
    new: bool = False  # was not there when the sender of the link looked (sent_links/)
    notes: int = 0  # how many people wrote on it (tickets_app/notes)
    seam: str = ""  # tells the page by what another one in the answer before or behind is known (ticket_list/twice.py)


UNMARKED = RowMarks()


@dataclass(slots=True)
class RowView:
    """One row of the table: its ticket, and what it shows of it. Where columns were chosen, `cells`; else the others."""

    id: str
    url: str
    reference: str
    location: str
    iso: str  # when it was rung up; empty where that cannot be read
    marks: RowMarks = UNMARKED
    moment: tuple[str, str, str] = ("", "", "")  # the same, as a row has room for it: day, time of day, zone
    shape: Shape = NO_SHAPE  # which further properties it tells
    told: Sequence[str] = ()  # what each of them says
    # Of each column: its kind, its name, and the text. That of kind OPEN leads to the ticket.
    cells: Sequence[tuple[str, str, str]] = ()


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


def _texts(row: RowView) -> tuple[str, ...]:
    """In the order in which `_usual` takes them as HTML."""
    return row.id, row.url, *row.moment, row.iso, row.reference, row.location, *row.told


def _usual(row: RowView, texts: Iterator[str], mark: str) -> str:
    id_, url, day, clock, zone, iso, reference, location = islice(texts, 8)
    short = f'<span class="day">{day}</span> <b>{clock}</b> <span class="day">{zone}</span>'
    created = f'<time datetime="{iso}" title="{iso}">{short}</time>' if iso else _or("no time", clock)
    return (
        f'<tr role="row" data-ticket-id="{id_}"{_seam(row)}{mark}>\n'
        f'<td role="cell" class="created">{created}</td>\n'
        f'<td role="cell" class="reference"><a href="{url}">{_or("no reference", reference)}</a>{_marks(row, url)}</td>\n'
        f'<td role="cell" class="location">{_or("no location", location)}</td>\n'
        f'<td role="cell" class="id"><code>{id_}</code></td>\n'
        f'<td role="cell" class="details">{_told(row.shape.names, row.shape.more) % tuple(islice(texts, len(row.told)))}</td>\n'
        "</tr>\n"
    )


@lru_cache(1024)
def _told(names: tuple[str, ...], more: int) -> str:
    """The further properties of a row as HTML, with a `%s` for what each says."""
    named = [str(escape(name)).replace("%", "%%") for name in names]
    shown = "".join([f'<span class="detail"><span class="name">{name}</span> <bdi>%s</bdi></span> ' for name in named])
    return f'{shown}<span class="nothing">and {more} more</span>' if more else shown


def _marks(row: RowView, url: str) -> str:
    marks = row.marks
    if marks is UNMARKED:
        return ""
    new = ' <span class="new-mark">new</span>' if marks.new else ""
    twice = f" {twice_mark(f'{url}same/')}" if marks.twice else ""
    return f"{new}{twice}{_noted(marks.notes)}" if marks.notes else f"{new}{twice}"


def _seam(row: RowView) -> str:
    return f' data-seam="{row.marks.seam}"' if row.marks.seam else ""


def twice_mark(url: str) -> str:
    """The word that leads to the comparison; `url` as HTML."""
    return (
        f'<a class="twice" href="{url}" title="Another one with this reference here within minutes: compare">twice?</a>'
    )


def _noted(notes: int) -> str:
    words = "1 note" if notes == 1 else f"{notes} notes"
    return (
        f' <span class="noted" title="{words}"><span aria-hidden="true">✎{notes}</span>'
        f'<span class="visually-hidden">{words}</span></span>'
    )


def _or(nothing: str, text: str) -> str:
    return f"<bdi>{text}</bdi>" if text else f'<span class="nothing">{nothing}</span>'


def _texts_of_chosen(row: RowView) -> list[str]:
    """In the order in which `_chosen` takes them as HTML."""
    return [row.id, row.url, *[text for _, _, text in row.cells]]


def _chosen(row: RowView, texts: Iterator[str], mark: str) -> str:
    id_, url = islice(texts, 2)
    shown = "".join(
        [
            f"{_begun(kind, column)}<bdi>{text}</bdi></td>"
            if kind != OPEN
            else f'{_begun(kind, "")}<a href="{url}">{_or("no reference", text)}</a>{_marks(row, url)}</td>'
            for (kind, column, _), text in zip(row.cells, islice(texts, len(row.cells)), strict=True)
        ]
    )
    return f'<tr role="row" data-ticket-id="{id_}"{_seam(row)}{mark}>\n{shown}\n</tr>\n'


@lru_cache(1024)
def _begun(kind: str, column: str) -> str:
    """The tag that a cell begins with."""
    label = f' data-label="{escape(column)}"' if column else ""
    return f'<td role="cell" class="{escape(kind)}"{label}>'


def _unreadable(row: Unreadable, columns: int) -> str:
    return (
        f'<tr role="row" class="unreadable"><td colspan="{columns}" role="cell">'
        f"Copper sent a row here that cannot be read ({escape(row.reason)}).</td></tr>\n"
    )
