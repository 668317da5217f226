"""Numbers exactly as Copper wrote them, also where a float would say them differently: 1.10, 1e20, thirty digits."""

import json
from typing import ClassVar, Self


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
    def _of(cls, value: float, text: str) -> Self:
        made = cls(value)
        made.text = text
        Exact.exist = True
        return made


def spelled(number: float) -> str:
    """The number as Copper wrote it."""
    return number.text if isinstance(number, Exact) else repr(number)


_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def dumps(value: object) -> str:
    """JSON in one line, with every number as Copper wrote it and every property in Copper's order."""
    if not (Exact.exist and _has_exact(value)):
        return _ENCODER.encode(value)
    match value:
        case dict():
            return "{" + ",".join(f"{dumps(str(name))}:{dumps(part)}" for name, part in value.items()) + "}"
        case list():
            return "[" + ",".join(map(dumps, value)) + "]"
        case Exact():
            return value.text
    raise TypeError(type(value))


def _has_exact(value: object) -> bool:
    """Every value of an NDJSON file comes through here, so it is written for speed."""
    if not isinstance(value, dict | list):
        return isinstance(value, Exact)
    for part in value.values() if isinstance(value, dict) else value:
        kind = type(part)
        if kind is Exact or ((kind is dict or kind is list) and _has_exact(part)):
            return True
    return False
