"""All properties of one ticket for its page, nested ones too, and its raw JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from tickets_app.copper import numbers
from tickets_app.copper.resources import escaped
from tickets_app.display.values import MAX_CELL, cut, plain

MAX_VALUE = 2_000  # characters of one value on a ticket's page


MAX_ENTRIES = 200  # entries of one nested property on a ticket's page


MAX_DEPTH = 6  # levels shown as a table; deeper ones are shown as JSON


MAX_RAW = 200_000  # characters of raw JSON on a ticket's page


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
        text = escaped(numbers.dumps(value, spaced=True))
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
    text = escaped(numbers.indented(properties))
    return text[:MAX_RAW], max(0, len(text) - MAX_RAW)
