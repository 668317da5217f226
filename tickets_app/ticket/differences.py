"""In which properties two tickets differ, and how that is shown so that it can be seen."""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tickets_app.copper import numbers, spelling
from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import escaped
from tickets_app.display import property_paths, values
from tickets_app.display.property_paths import MISSING, Missing, Path
from tickets_app.filters import times

ABSENT = "—"
_BEFORE = 40  # characters that are shown before the first one in which two long texts differ


@dataclass(frozen=True, slots=True)
class Difference:
    """What two tickets have at a path; MISSING where one of them has no such property."""

    path: Path
    this: object
    other: object


@dataclass(frozen=True, slots=True)
class Line:
    """The same in words."""

    name: str
    this: str
    other: str


def between(this: Mapping[str, object], other: Mapping[str, object]) -> tuple[list[Difference], int]:
    """In what they differ, less their ids, and how many properties are the same."""
    mine, theirs = (dict(property_paths.flatten(one)) for one in (this, other))
    paths = [path for path in dict.fromkeys([*mine, *theirs]) if path not in {("id",), ("object",)}]
    pairs = [Difference(path, mine.get(path, MISSING), theirs.get(path, MISSING)) for path in paths]
    found = [pair for pair in pairs if not _alike(pair.this, pair.other)]
    return found, len(pairs) - len(found)


def _alike(one: object, other: object) -> bool:
    """Whether two values are the same JSON, with the same numbers as Copper wrote them: `true` is not 1, nor 1e400 2e400."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_alike(one[name], other[name]) for name in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_alike, one, other))
    if isinstance(one, Missing) or isinstance(other, Missing):
        return one is other
    return numbers.dumps(one) == numbers.dumps(other)


def line(pair: Difference, zone: ZoneInfo) -> Line:
    """A difference in words: as values are shown elsewhere, `created` in `zone`, unless that looks the same for both."""
    texts = [_shown(pair.path, one, zone) for one in (pair.this, pair.other)]
    if _look(texts[0]) == _look(texts[1]):
        texts = _as_json(pair)
    return Line(values.heading(pair.path), *texts)


def _shown(path: Path, one: object, zone: ZoneInfo) -> str:
    if isinstance(one, Missing):
        return ABSENT
    moment = Moment.parse(one) if path == ("created",) else None
    return times.show(moment, zone) if moment else values.plain(one, values.MAX_CELL)


def _look(text: str) -> str:
    return unicodedata.normalize("NFC", spelling.seen(text))


def _as_json(pair: Difference) -> list[str]:
    """Both as JSON, from shortly before the first character that differs."""
    texts = [ABSENT if isinstance(one, Missing) else numbers.dumps(one, spaced=True) for one in (pair.this, pair.other)]
    if _look(texts[0]) == _look(texts[1]):  # the same letters in other codes
        texts = [json.dumps(one) for one in (pair.this, pair.other)]
    at = next((place for place, (one, other) in enumerate(zip(*texts, strict=False)) if one != other), 0)
    start = at - _BEFORE if at > values.MAX_CELL - _BEFORE else 0
    return [("…" if start else "") + values.cut(escaped(text[start:]), values.MAX_CELL) for text in texts]
