"""All properties of one ticket for its page, nested ones too, and its raw JSON."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice

from tickets_app.copper import numbers
from tickets_app.copper.resources import LONGEST_MARK, escaped
from tickets_app.display.values import MAX_CELL, plain

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
    copy: str = ""  # the exact value as a JSON string; empty where there is none, or too much of it for a page


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
        return _leaf(label, text, text[:MAX_VALUE], "text")
    if value is None:
        return Value(label, plain(value, MAX_VALUE), "nothing")
    text = value if isinstance(value, str) else numbers.dumps(value)
    shown = value if isinstance(value, bool) else text[:MAX_VALUE]
    return _leaf(label, text, plain(shown, LONGEST_MARK * MAX_VALUE), _kind(value))


def _leaf(label: str, text: str, shown: str, kind: str) -> Value:
    """A property without parts. `shown`: its text, or the first MAX_VALUE characters of it, as they are shown."""
    more = max(0, len(text) - MAX_VALUE)
    copy = json.dumps(text) if len(text) <= MAX_RAW else ""
    return Value(label, f"{shown}…" if more else shown, kind, more=more, copy=copy)


def _kind(value: object) -> str:
    match value:
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
