"""Which properties of a ticket are shown, and how their values read. Values are shown as the API gave them."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from tickets_app.copper import spelling
from tickets_app.copper.resources import Ticket, legible
from tickets_app.display import property_paths

MAX_CELL = 200  # characters of one value in a list (RELIABILITY.md, row 40)
MAX_DETAIL = 60  # characters of one of the many further values in a row
BLANK = "(blank)"  # a text in which there is nothing to see; in a link there would be nothing to press
MAX_DETAILS = 8  # further properties in a row; the ticket's page has them all

# These have columns of their own, or say nothing (every ticket's `object` is "ticket").
OWN_COLUMN = frozenset({"created", "reference", "location", "id", "object"})


def cut(text: str, length: int) -> str:
    """The text's beginning with an ellipsis, if it is longer than `length`."""
    return text if len(text) <= length else text[: length - 1] + "…"


def plain(value: object, length: int) -> str:
    """A scalar as text of at most `length` characters; how much there is, for a nested value."""
    if type(value) is str and len(value) <= length and value.isascii() and value.isprintable() and value.strip():
        return value  # nearly all are so: nothing is hidden in it, and nothing has to be made visible
    if type(value) is int:
        text = str(value)
        return text if len(text) <= length else cut(text, length)
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            text = cut(legible(value[: length + 1]), length)
            return text if spelling.seen(text) else BLANK
        case list():
            return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        case dict():
            return f"{len(value)} {'property' if len(value) == 1 else 'properties'}"
    return cut(str(value), length)


def located(ticket: Ticket) -> str:
    """The id of a ticket's location, or what stands there instead of one; empty where nothing does."""
    given = ticket.properties.get("location")
    return ticket.location or ("" if given is None else plain(given, MAX_CELL))


class Texts(dict[str, str]):
    """How the texts of a list's rows read, each made once: the same statuses, currencies and people come again and again."""

    def __missing__(self, text: str) -> str:
        self[text] = shown = plain(text, MAX_DETAIL)
        return shown


class Shape(NamedTuple):
    """What a row tells of all tickets that have the same properties, of the same kinds."""

    names: tuple[str, ...]  # for people
    more: int  # further ones, for which there is no room
    told: tuple["Told", ...]

    def texts(self, properties: Mapping[str, object]) -> list[str]:
        """What each of them says of one ticket."""
        return [say(properties[name]) for name, say in self.told]


Told = tuple[str, Callable[[Any], str]]  # a property's name in JSON, and how its value reads
Kinds = tuple[tuple[str, ...], tuple[type, ...]]  # the names of all properties in their order, and the kind of each
NO_SHAPE = Shape((), 0, ())


class Shapes(dict[Kinds, Shape]):
    """The shapes of a list's tickets, each worked out once: most have the same."""

    def __init__(self, first: Collection[str]) -> None:
        """`first`: what matters comes before all others, since a row has room for few."""
        super().__init__()
        self._first, self._text = first, Texts().__getitem__

    def of(self, properties: Mapping[str, object]) -> Shape:
        """That of a ticket with these properties."""
        return self[tuple(properties), tuple(map(type, properties.values()))]

    def __missing__(self, kinds: Kinds) -> Shape:
        kind = dict(zip(*kinds, strict=True))
        matter = [name for name in self._first if name in kind]
        rest = (name for name in kind if name not in matter)
        further = [name for name in (*matter, *rest) if name not in OWN_COLUMN]
        # Nested ones are left to the ticket's page: in a row they would only be counts.
        shown = [name for name in further if kind[name] not in {dict, list}][:MAX_DETAILS]
        self[kinds] = shape = Shape(
            names=tuple(_short(name) for name in shown),
            more=len(further) - len(shown),
            told=tuple((name, self._text if kind[name] is str else _short) for name in shown),
        )
        return shape


def _short(value: object) -> str:
    """One of the many values in a row."""
    if type(value) is int and len(text := str(value)) <= MAX_DETAIL:
        return text
    return plain(value, MAX_DETAIL)


@lru_cache(1024)
def heading(path: property_paths.Path) -> str:
    """A column's name for people: as it is written in an address, what cannot be seen as an escape."""
    return cut(legible(property_paths.label(path)), MAX_DETAIL)


Column = tuple[property_paths.Path, str]  # and how it is headed

_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.]\d+)?", re.ASCII)


def is_number(value: object, text: str) -> bool:
    """Whether a value is to be aligned as numbers are; `text` is how it is shown."""
    return isinstance(value, int | float | str) and not isinstance(value, bool) and bool(_NUMBER.fullmatch(text))


def cells(
    properties: Mapping[str, object], columns: Iterable[Column], known: Mapping[property_paths.Path, str]
) -> Iterator[tuple[str, str, str]]:
    """For each column: "number", "value" or "nothing", the column’s name, the value’s text (empty: no such property).

    `known`: what stands for the values of some paths, such as a name for an id.
    """
    for path, name in columns:
        if path in known:
            yield "value", name, known[path]
            continue
        value = property_paths.value_at(properties, path)
        text = "" if isinstance(value, property_paths.Missing) else plain(value, MAX_CELL)
        kind = "number" if is_number(value, text) else "value" if value is not None else "nothing"
        yield kind, name, text
