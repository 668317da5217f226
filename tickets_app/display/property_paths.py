"""Paths to properties of tickets, such as `metadata.table`: how they are written in an address, and what lies there."""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_to_bytes

Path = tuple[str, ...]  # the names on the way to a property, outermost first

MAX_COLUMNS = 20
MAX_TEXT = 200  # characters of one path as it is written
MAX_DEPTH = 6  # names in a path that is offered

REFERENCE: Path = ("reference",)
DEFAULT: tuple[Path, ...] = (("created",), REFERENCE, ("location",), ("id",))  # and then the other properties

# What separates, and what an address or a page cannot carry unseen; surrogates are halves of characters. Spaces around a
# column are not its name's: people type one behind a comma.
_ESCAPED = re.compile(r"^ +| +$|[%,.\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
_BROKEN = re.compile(r"%(?![0-9A-F]{2})", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # never in what `dump` wrote
_NO_NAME = "%"  # a property whose name is the empty text


class Missing:
    """The ticket has no such property; another thing than one that is null."""


MISSING: Final = Missing()


class BadPathError(ValueError):
    """A text is no list of paths. The message is for the person who opened the address."""


def dump(columns: tuple[Path, ...]) -> str:
    """Write paths as `created,metadata.table`; commas, dots and percent signs of names as escapes."""
    return ",".join(dump_path(path) for path in columns)


@lru_cache(1024)  # every list offers those of its tickets, which are the same from one to the next
def dump_path(path: Path) -> str:
    """Write one path."""
    return ".".join(_ESCAPED.sub(_escape, name) or _NO_NAME for name in path)


def parse(text: str) -> tuple[Path, ...]:
    """Read what `dump` wrote: different paths, at least one. Raises BadPathError."""
    columns = tuple(parse_path(part.strip(" ")) for part in text.split(","))
    if len(columns) > MAX_COLUMNS:
        raise BadPathError(f"These are {len(columns)} columns: at most {MAX_COLUMNS} can be shown.")
    for path in columns:
        if columns.count(path) > 1:
            raise BadPathError(f"The column “{label(path)}” is named more than once.")
    return columns


@lru_cache(16)
def of_setting(text: str) -> tuple[Path, ...]:
    """The same of a setting, which each page asks for. Raises BadPathError."""
    return parse(text)


def parse_path(text: str) -> Path:
    """Read one path. Raises BadPathError."""
    if len(text) > MAX_TEXT:
        raise BadPathError(f"The name of a column is too long: at most {MAX_TEXT} characters.")
    return tuple(_name(part) for part in text.split("."))


def _name(text: str) -> str:
    if text == _NO_NAME:
        return ""
    if not text:
        raise BadPathError("A column has no name: two commas or dots follow each other, or one stands at an end.")
    if _CONTROL.search(text):
        raise BadPathError("The name of a column holds a control character (such as NUL or a line end).")
    if _BROKEN.search(text):
        raise BadPathError("The name of a column holds a “%” that is not followed by two hexadecimal digits (%25).")
    try:
        return unquote_to_bytes(text.encode("utf-8", "surrogatepass")).decode("utf-8", "surrogatepass")
    except UnicodeError:
        raise BadPathError("The name of a column holds bytes that are no text (not UTF-8).") from None


def _escape(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "surrogatepass"))


def label(path: Path) -> str:
    """The path for people to read: as it is written in an address."""
    return dump_path(path)


def value_at(properties: Mapping[str, object], path: Path) -> object:
    """What lies at a path, or MISSING. In a list, a name is the place of an entry, from 0: `items.0.name`."""
    value: object = properties
    for name in path:
        if isinstance(value, dict):
            value = value.get(name, MISSING)
        elif isinstance(value, list) and name.isascii() and name.isdecimal() and len(name) <= MAX_DEPTH:
            value = value[int(name)] if int(name) < len(value) else MISSING
        else:
            return MISSING
    return value


def flatten(properties: Mapping[str, object], depth: int = MAX_DEPTH) -> Iterator[tuple[Path, object]]:
    """Each property that is not itself made of named ones, with its path; lists are whole, as is what lies too deep."""
    for name, value in properties.items():
        if isinstance(value, dict) and value and depth > 1:
            yield from (((name, *path), inner) for path, inner in flatten(value, depth - 1))
        else:
            yield (name,), value
