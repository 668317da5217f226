"""Which properties of a ticket are shown, and how their values read. Values are shown as the API gave them."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import islice

from tickets_app.copper.resources import escaped, legible
from tickets_app.display import property_paths

MAX_CELL = 200  # characters of one value in a list (RELIABILITY.md, row 40)
MAX_DETAIL = 60  # characters of one of the many further values in a row
MAX_DETAILS = 8  # further properties in a row; the ticket's page has them all
MAX_VALUE = 2_000  # characters of one value on a ticket's page
MAX_ENTRIES = 200  # entries of one nested property on a ticket's page
MAX_DEPTH = 6  # levels shown as a table; deeper ones are shown as JSON
MAX_RAW = 200_000  # characters of raw JSON on a ticket's page

# These have columns of their own, or say nothing (every ticket's `object` is "ticket").
OWN_COLUMN = ("created", "reference", "location", "id", "object")
KNOWN_FIRST = ("reference", "created", "location", "id")


@dataclass(frozen=True, slots=True)
class Value:
    """One property as it is shown: a text, or parts with names of their own."""

    name: str
    text: str
    kind: str  # "text", "number", "flag", "nothing", "parts"
    parts: tuple["Value", ...] = ()
    more: int = 0  # entries or characters that are not shown
    copy: str = ""  # the exact value as a JSON string, where it can be copied


def cut(text: str, length: int) -> str:
    """The text's beginning with an ellipsis, if it is longer than `length`."""
    return text if len(text) <= length else text[: length - 1] + "…"


def plain(value: object, length: int) -> str:
    """A scalar as text of at most `length` characters; how much there is, for a nested value."""
    match value:
        case None:
            return "none"
        case bool():
            return "yes" if value else "no"
        case str():
            return cut(legible(value[: length + 1]), length)
        case list():
            return f"{len(value)} {'entry' if len(value) == 1 else 'entries'}"
        case dict():
            return f"{len(value)} {'property' if len(value) == 1 else 'properties'}"
    return cut(str(value), length)


def details(properties: Mapping[str, object]) -> tuple[list[tuple[str, str]], int]:
    """The further properties of a row in a list as (name, text), and how many more there are.

    Nested ones are left to the ticket's page: in a row they would only be counts.
    """
    further = [(name, value) for name, value in properties.items() if name not in OWN_COLUMN]
    plain_ones = [(name, value) for name, value in further if not isinstance(value, dict | list)]
    shown = [(plain(name, MAX_DETAIL), plain(value, MAX_DETAIL)) for name, value in plain_ones[:MAX_DETAILS]]
    return shown, len(further) - len(shown)


def heading(path: property_paths.Path) -> str:
    """A column's name for people: as it is written in an address, what cannot be seen as an escape."""
    return cut(legible(property_paths.label(path)), MAX_DETAIL)


_NUMBER = re.compile(r"-?(?:0|[1-9]\d*)(?:[.]\d+)?", re.ASCII)


def cells(
    properties: Mapping[str, object], chosen: Iterable[property_paths.Path], known: Mapping[property_paths.Path, str]
) -> Iterator[tuple[str, str, str]]:
    """For each chosen column: "number", "value" or "nothing", the column’s name, the value’s text (empty: no such property).

    `known`: what stands for the values of some paths, such as a name for an id.
    """
    for path in chosen:
        if path in known:
            yield "value", heading(path), known[path]
            continue
        value = property_paths.value_at(properties, path)
        text = "" if isinstance(value, property_paths.Missing) else plain(value, MAX_CELL)
        number = isinstance(value, int | float | str) and _NUMBER.fullmatch(text)
        kind = "number" if number else "value" if value is not None else "nothing"
        yield kind, heading(path), text


def all_values(properties: Mapping[str, object]) -> list[Value]:
    """Every property for a ticket's page: the known ones first, then the others in the API's order."""
    names = [name for name in KNOWN_FIRST if name in properties]
    names += [name for name in properties if name not in KNOWN_FIRST]
    return [_value(name, properties[name], 1) for name in names]


def _value(name: str, value: object, depth: int) -> Value:
    label = plain(name, MAX_CELL)
    if isinstance(value, dict | list) and value and depth < MAX_DEPTH:
        entries: Iterable[tuple[object, object]] = value.items() if isinstance(value, dict) else enumerate(value, 1)
        parts = tuple(_value(str(key), entry, depth + 1) for key, entry in islice(entries, MAX_ENTRIES))
        return Value(label, plain(value, MAX_CELL), "parts", parts, len(value) - len(parts))
    if isinstance(value, dict | list):
        text = escaped(json.dumps(value, ensure_ascii=False))
        return Value(label, cut(text, MAX_VALUE), "text", copy=json.dumps(text[:MAX_RAW]))
    text = value if isinstance(value, str) else str(value)
    shown = plain(value, MAX_VALUE)
    copy = "" if value is None else json.dumps(text[:MAX_RAW])
    return Value(label, shown, _kind(value), more=max(0, len(text) - MAX_VALUE), copy=copy)


def _kind(value: object) -> str:
    match value:
        case None:
            return "nothing"
        case bool():
            return "flag"
        case int() | float():
            return "number"
    return "text"


def raw_json(properties: Mapping[str, object]) -> tuple[str, int]:
    """The ticket as JSON with two spaces of indent, and how many characters of it were left out.

    What cannot be seen stands there as an escape, which JSON reads as the same character.
    """
    text = escaped(json.dumps(properties, ensure_ascii=False, indent=2))
    return text[:MAX_RAW], max(0, len(text) - MAX_RAW)
