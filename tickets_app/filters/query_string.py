"""Reading an address strictly: Django would turn broken bytes into other characters without a word."""

import re
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest

MAX_FIELDS = 200  # parameters; the page's own form has about ten
_BROKEN_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
CUT = "&"  # what a link ends with that was cut behind it, or at the "#" of a "&#38;", from which on nothing is sent
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class BadQueryStringError(ValueError):
    """The query string is no text. The message is for the person who opened the address."""


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of an address by name: the first value of each, and the names that came more than once.

    `bare` are the names without a "=": no form and no link of ours has such. One is CUT, where the address ends with it.
    """

    values: dict[str, str]
    repeated: frozenset[str]
    bare: frozenset[str] = frozenset()


def read_query_string(raw: str) -> Parameters:
    """Decode a raw query string. Raises BadQueryStringError for broken escapes, bytes that are not UTF-8, or too much."""
    pairs = [pair.partition("=") for pair in raw.split("&") if pair]
    if len(pairs) > MAX_FIELDS:
        raise BadQueryStringError(f"The address has more than {MAX_FIELDS} parameters.")
    values: dict[str, str] = {}
    repeated, bare = set(), set()
    for name, sign, value in pairs:
        name_text, value_text = _decode(name), _decode(value)
        if name_text in values:
            repeated.add(name_text)
        if not sign:
            bare.add(name_text)
        values.setdefault(name_text, value_text)
    if pairs and raw.endswith(CUT):
        bare.add(CUT)
    return Parameters(values, frozenset(repeated), frozenset(bare))


def read_or_say(raw: str) -> tuple[Parameters, str]:
    """Decode a raw query string: its parameters, or none and what is wrong with it, in words for a person."""
    try:
        return read_query_string(raw), ""
    except BadQueryStringError as error:
        return Parameters({}, frozenset()), str(error)


def has_control_characters(text: str) -> bool:
    """Whether the text holds a character that cannot be typed and is never part of a filter (NUL, line ends, …)."""
    return _CONTROL.search(text) is not None


def path_is_text(path: str, raw: str = "") -> bool:
    """Whether a path was UTF-8: Django hands bytes that were not on as escapes (`%FF`), as if somebody had typed those.

    `raw` is the address as it came, where the server says so: only there a broken escape (`%zz`) differs from `%25zz`.
    """
    if _BROKEN_ESCAPE.search(raw.partition("?")[0]):
        return False
    try:
        unquote_to_bytes(path).decode("utf-8")
    except UnicodeError:
        return False
    return True


def check_path(request: HttpRequest) -> None:
    """Raise SuspiciousOperation, which is a 400, where a path was no text: before Copper is asked for a ticket of such an id."""
    if not path_is_text(request.path_info, request.META.get("RAW_URI", "")):
        raise SuspiciousOperation("the path is no text")


def _decode(part: str) -> str:
    if _BROKEN_ESCAPE.search(part):
        raise BadQueryStringError("The address holds a “%” that is not followed by two hexadecimal digits.")
    try:
        # A server hands the query on as Latin-1 characters, one a byte (PEP 3333).
        return unquote_to_bytes(part.replace("+", " ").encode("latin-1")).decode("utf-8")
    except UnicodeError:
        raise BadQueryStringError("The address holds bytes that are no text (not UTF-8).") from None
