"""The panel of columns, on the list and on the export page: checkboxes of the properties seen, and the order of those shown.

Without scripts its form sends each ticked box by itself (`show`), and the page answers with the canonical address, in which
`columns` is one text (DESIGN.md). A column that no ticket seen has gets a word: it may be a slip of the pen.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.http import HttpRequest

from tickets_app.copper.resources import Row, Ticket
from tickets_app.display import property_paths, values
from tickets_app.display.property_paths import Path
from tickets_app.filters.links import COLUMNS, hidden_pairs, list_query

SHOW = "show"  # a ticked box, or what was typed beside them; also sent without a value, so that no box is a choice, too
MOST_OFFERED = 100  # columns in the panel
_CLOSE = 0.6  # how much of a name must be there for another to be meant


@dataclass(frozen=True, slots=True)
class Chosen:
    """A column that is shown, and the addresses with it one place earlier or later."""

    name: str
    value: str
    earlier: str | None
    later: str | None


@dataclass(frozen=True, slots=True)
class Unseen:
    """A column that no ticket seen has; what may be meant, and the address with that instead."""

    name: str
    meant: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class ColumnMenu:
    """What is shown, in its order, and what else the `of` tickets seen carry, with how many of them do.

    `action` and `hidden` are where the form leads, `target` the part of the page that is exchanged.
    """

    action: str
    hidden: list[tuple[str, str]]
    target: str
    chosen: list[Chosen]
    offered: list[tuple[str, str, int]]
    unseen: list[Unseen]
    of: int
    default: str | None
    default_words: str
    full: bool


@dataclass(frozen=True, slots=True)
class Place:
    """Where a panel stands. `address` gives the page's with a choice of columns, () being what it begins with (`default`)."""

    address: Callable[[tuple[Path, ...]], str]
    target: str
    default: tuple[Path, ...]
    default_words: str


def ticked(request: HttpRequest, default: tuple[Path, ...]) -> str | None:
    """The columns that the panel's form sends, as one text, each once; None where it was not the form that was sent.

    `default`: what the page begins with, and needs not be named.
    """
    if SHOW not in request.META.get("QUERY_STRING", "") or SHOW not in request.GET:  # Django reads it where it is asked
        return None
    names = (name.strip() for one in request.GET.getlist(SHOW) for name in one.split(","))
    text = ",".join(dict.fromkeys(filter(None, names)))
    return text if text != property_paths.dump(default) else ""


def panel(place: Place, own: tuple[Path, ...], rows: Iterable[Row]) -> ColumnMenu:
    """Offer every property that these rows carry. `own`: the columns that the address names; it can name others, too."""
    shown = own or place.default
    tickets = [row for row in rows if isinstance(row, Ticket)]
    seen = _seen(tickets)

    def url(chosen: Sequence[Path]) -> str:
        return place.address(tuple(chosen) if tuple(chosen) != place.default else ())

    def moved(at: int, by: int) -> str | None:
        if not 0 <= at + by < len(shown):
            return None
        order = list(shown)
        order.insert(at + by, order.pop(at))
        return url(order)

    full = len(shown) >= property_paths.MAX_COLUMNS
    fits = [
        path for path in seen if path not in shown and len(property_paths.dump_path(path)) <= property_paths.MAX_TEXT
    ]
    alone = place.address(())
    return ColumnMenu(
        action=alone.partition("?")[0],
        hidden=[pair for pair in hidden_pairs(list_query(alone)) if pair[0] != COLUMNS],
        target=place.target,
        chosen=[
            Chosen(values.heading(path), property_paths.dump_path(path), moved(at, -1), moved(at, 1))
            for at, path in enumerate(shown)
        ],
        offered=[]
        if full
        else [(values.heading(path), property_paths.dump_path(path), seen[path]) for path in fits[:MOST_OFFERED]],
        unseen=list(_unseen(own, seen, tickets, url)),
        of=len(tickets),
        default=place.address(()) if own else None,
        default_words=place.default_words,
        full=full,
    )


def _has(path: Path, ticket: Ticket) -> bool:
    return property_paths.value_at(ticket.properties, path) is not property_paths.MISSING


def _unseen(
    own: tuple[Path, ...], seen: Iterable[Path], tickets: Sequence[Ticket], url: Callable[[Sequence[Path]], str]
) -> Iterator[Unseen]:
    """The chosen columns that none of these tickets has, in their order; none where no ticket was seen."""
    for path in own if tickets else ():
        if not any(_has(path, ticket) for ticket in tickets):
            meant = _meant(path, [one for one in seen if one not in own])
            yield Unseen(
                values.heading(path),
                values.heading(meant) if meant else "",
                url([meant if one == path else one for one in own]) if meant else "",
            )


def _meant(path: Path, seen: Iterable[Path]) -> Path | None:
    """The property with that last name; or else the one whose whole name, or whose last, is most like this."""
    whole = {property_paths.dump_path(one).casefold(): one for one in reversed(list(seen))}
    last = {text.rpartition(".")[2]: one for text, one in whole.items()}
    text = property_paths.dump_path(path).casefold()
    if text in last:
        return last[text]
    for names, asked in ((whole, text), (last, text.rpartition(".")[2])):
        if close := get_close_matches(asked, names, 1, _CLOSE):
            return names[close[0]]
    return None


def _seen(tickets: Iterable[Ticket]) -> dict[Path, int]:
    """Every property of these tickets, in the order in which they come, and how many tickets have it."""
    alike: dict[object, list[Ticket]] = {}  # most of a list have the same properties: one of them is looked at for all
    for ticket in tickets:
        alike.setdefault(_shape(ticket.properties), []).append(ticket)
    seen: dict[Path, int] = {}
    for same in alike.values():
        for path, _ in property_paths.flatten(same[0].properties):
            seen[path] = seen.get(path, 0) + len(same)
    return seen


def _shape(properties: Mapping[str, object]) -> object:
    """The same for two tickets where they have the same properties in the same order."""
    nested: tuple[object, ...] = ()
    for name, value in properties.items():
        if type(value) is dict and value:  # of JSON: never a kind made of it
            nested += (name, _shape(value))
    return (tuple(properties), nested) if nested else tuple(properties)
