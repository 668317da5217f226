"""JSON with numbers exactly as Copper wrote them, also where a float would say them differently: 1.10, 1e20, -0, thirty digits.

All of Copper's JSON is read here and by no other parser, and written here wherever it is shown, kept or taken away.
"""

import json
import re
from collections.abc import Iterator
from typing import Any, ClassVar, NoReturn, Self


class Exact(float):
    """A float that knows the text it was read from."""

    __slots__ = ("text",)
    text: str
    # Whether there ever was one in this process: most data have none, and need not be looked through for them.
    exist: ClassVar[bool] = False

    @classmethod
    def read(cls, text: str) -> float:
        """Read a JSON number with a fraction or an exponent: a plain float where that says the same."""
        value = float(text)
        if repr(value) == text:
            return value
        return cls._of(value, text)

    @classmethod
    def read_whole(cls, text: str) -> float:
        """Read a JSON number without either. Raises ValueError beyond 4,300 digits."""
        return int(text) if text != "-0" else cls._of(-0.0, text)

    @classmethod
    def _of(cls, value: float, text: str) -> Self:
        made = cls(value)
        made.text = text
        Exact.exist = True
        return made

    def __str__(self) -> str:
        """As Copper wrote it."""
        return self.text


def _refuse(constant: str) -> NoReturn:
    raise ValueError(constant)


def _object(pairs: list[tuple[str, object]]) -> dict[str, object]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a key comes twice")
    return made


_WITH_MINUS_ZERO = json.JSONDecoder(
    parse_float=Exact.read, parse_int=Exact.read_whole, parse_constant=_refuse, object_pairs_hook=_object
)
_DECODER = json.JSONDecoder(parse_float=Exact.read, parse_constant=_refuse, object_pairs_hook=_object)
# Behind what stands before a number in JSON. A page of tickets has a thousand whole ones, and none is "-0": the parser's own
# reading, which is the same for all others, need not call us for each. What is searched first is "-0", which is seldom there.
_MINUS_ZERO = re.compile(r"-0(?<=[:,\[ \t\r\n]-0)")


# Levels of lists and objects in each other: what is read must be possible to write again, wherever that is.
DEEPEST = 100


def loads(text: str) -> Any:
    """Parse strictly: no NaN, no repeated keys, nothing deeper than DEEPEST. Raises ValueError, RecursionError."""
    odd = text.startswith("-0") or _MINUS_ZERO.search(text) is not None
    value = (_WITH_MINUS_ZERO if odd else _DECODER).decode(text)
    if _may_be_too_deep(text) and _is_too_deep(value):
        raise ValueError("nested too deep")
    return value


_PART = 2**20  # characters of an answer, which may be large, that are looked at at a time
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))


def _may_be_too_deep(text: str) -> bool:
    """Whether that cannot be ruled out by its brackets, of which texts may hold some, too: every answer comes through here."""
    parts = (text[start : start + _PART].encode("utf-8", "surrogatepass") for start in range(0, len(text), _PART))
    brackets = b"".join([part.translate(None, _NO_BRACKETS) for part in parts])
    for _ in range(DEEPEST // 2):  # each takes away one level, or two
        if not brackets:
            return False
        brackets = brackets.replace(b"[]", b"").replace(b"{}", b"")
    return bool(brackets)


def _is_too_deep(value: object) -> bool:
    """Level by level: what calls itself for each would be at its end where the parser, which is written in C, is not yet."""
    level = _nested([value])
    for _ in range(DEEPEST):
        level = [part for one in level for part in _nested(one)]
        if not level:
            return False
    return True


def _nested(value: dict[str, Any] | list[Any]) -> list[Any]:
    """The lists and objects in one."""
    return [part for part in (value.values() if isinstance(value, dict) else value) if isinstance(part, dict | list)]


_ENCODERS = {
    spaced: json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ") if spaced else (",", ":"))
    for spaced in (False, True)
}
_INDENT = "  "


def dumps(value: object, *, spaced: bool = False) -> str:
    """JSON in one line, with every number as Copper wrote it and every property in Copper's order; `spaced`: for people."""
    if not (Exact.exist and _has_exact(value)):
        return _ENCODERS[spaced].encode(value)
    comma, colon = (", ", ": ") if spaced else (",", ":")
    match value:
        case dict():
            parts = (f"{dumps(str(name))}{colon}{dumps(part, spaced=spaced)}" for name, part in value.items())
            return "{" + comma.join(parts) + "}"
        case list():
            return "[" + comma.join(dumps(part, spaced=spaced) for part in value) + "]"
        case Exact():
            return value.text
    raise TypeError(type(value))


def indented(value: object) -> str:
    """The same over several lines, for people, with two spaces for each level."""
    return "".join(_indented(value, "\n"))


def encoded(text: str) -> bytes:
    """JSON as UTF-8. Halves of characters, which JSON may hold and UTF-8 may not, become escapes."""
    return text.encode(errors="backslashreplace")


def _indented(value: object, line: str) -> Iterator[str]:
    if not isinstance(value, dict | list) or not value:
        yield dumps(value)
        return
    inner = line + _INDENT
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    parts = value.items() if isinstance(value, dict) else ((None, part) for part in value)
    for number, (name, part) in enumerate(parts):
        yield ("," if number else opening) + inner
        if name is not None:
            yield dumps(str(name)) + ": "
        yield from _indented(part, inner)
    yield line + closing


def _has_exact(value: object) -> bool:
    """Every value of an NDJSON file comes through here, so it is written for speed."""
    if not isinstance(value, dict | list):
        return isinstance(value, Exact)
    for part in value.values() if isinstance(value, dict) else value:
        kind = type(part)
        if kind is Exact or ((kind is dict or kind is list) and _has_exact(part)):
            return True
    return False
