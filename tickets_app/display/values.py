"""Which properties of a ticket are shown, and how their values read. Values are shown as the API gave them."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache

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


class Orders(dict[tuple[str, ...], tuple[tuple[str, str], ...]]):
    """In which order a row tells the further properties of a ticket, and their names for people, by those it has.

    Most tickets of a list have the same.
    """

    def __init__(self, first: Collection[str]) -> None:
        """`first`: what matters comes before all others, since a row has room for few."""
        super().__init__()
        self._first = first

    def __missing__(self, names: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
        matter = [name for name in self._first if name in names]
        rest = (name for name in names if name not in matter)
        self[names] = order = tuple(
            (name, plain(name, MAX_DETAIL)) for name in (*matter, *rest) if name not in OWN_COLUMN
        )
        return order


def details(properties: Mapping[str, object], orders: Orders, texts: Texts) -> tuple[list[tuple[str, str]], int]:
    """The further properties of a row in a list as (name, text), and how many more there are.

    Nested ones are left to the ticket's page: in a row they would only be counts.
    """
    shown, order = list[tuple[str, str]](), orders[tuple(properties)]
    for name, label in order:
        value = properties[name]
        kind = type(value)  # of JSON: never a kind made of one of these
        if kind is dict or kind is list:
            continue
        text = texts[value] if kind is str else plain(value, MAX_DETAIL)  # type: ignore[index] # it is a text there
        shown.append((label, text))
        if len(shown) == MAX_DETAILS:
            break
    return shown, len(order) - len(shown)


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
