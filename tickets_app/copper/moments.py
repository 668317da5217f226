"""Points in time exactly as Copper wrote them or is to read them. What people type: `tickets_app/filters/typed_times.py`."""

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Self

_MINUTE = r"(?:[01]\d|2[0-3]):[0-5]\d"  # of a day, or of an offset, where Python would take +05:60 for +06:00
# ISO 8601 as the documentation's examples use it, always with an offset: a time without one means nothing to others.
_ISO = re.compile(
    rf"(?P<seconds>\d{{4}}-\d\d-\d\d[Tt ]{_MINUTE}(?::\d\d)?)(?:[.,](?P<fraction>\d{{1,9}}))?(?P<offset>[Zz]|[+-]{_MINUTE})",
    re.ASCII,
)
# Those among them that Python reads as they are, without losing a digit.
_USUAL = re.compile(rf"\d{{4}}-\d\d-\d\dT{_MINUTE}:\d\d(?:[.]\d{{1,6}})?Z", re.ASCII)
# What reaches Copper as it was typed or linked: RFC 3339, or the same without seconds (decision 69).
_RIGHT = re.compile(rf"\d{{4}}-\d\d-\d\dT{_MINUTE}(?::\d\d(?:[.]\d{{1,9}})?)?(?:Z|(?!-00:00)[+-]{_MINUTE})", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time that keeps its own spelling, so that what reaches Copper is what was asked for, to the last digit.

    `at` is aware and cut to microseconds; `nanos` is what a longer fraction holds beyond them (0 to 999).
    """

    text: str
    at: datetime
    nanos: int = 0

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """Read an ISO 8601 time with an offset; None for anything else (no zone, `24:00`, second 60, not a string)."""
        if not isinstance(text, str) or len(text) > 40:
            return None
        try:
            if _USUAL.fullmatch(text):  # every ticket comes through here
                return cls(text, datetime.fromisoformat(text))
            return cls._of_match(_ISO.fullmatch(text))
        except (ValueError, OverflowError):
            return None

    @classmethod
    def _of_match(cls, match: re.Match[str] | None) -> Self | None:
        if match is None:
            return None
        seconds, fraction, offset = match.groups()
        digits = (fraction or "").ljust(9, "0")
        whole = seconds if len(seconds) > len("2026-11-20T09:00") else f"{seconds}:00"
        at = datetime.fromisoformat(f"{whole}.{digits[:6]}{'+00:00' if offset in 'Zz' else offset}")
        at.astimezone(UTC)  # year 1 or 9999 can lie outside what a datetime holds once the offset is gone
        return cls(match[0], at, int(digits[6:]))

    @classmethod
    def of(cls, at: datetime) -> Self:
        """Spell an aware datetime, with its own offset (`Z` for UTC) and no needless fraction."""
        text = at.isoformat()
        return cls(text.removesuffix("+00:00") + "Z" if text.endswith("+00:00") else text, at)

    @classmethod
    def of_microseconds(cls, microseconds: int) -> Self:
        """Spell a number of microseconds since 1970, in UTC."""
        return cls.of(_EPOCH + microseconds * _MICROSECOND)

    @property
    def plain(self) -> Self:
        """The same as it may reach Copper: as it is where that is right, else RFC 3339 in full; all digits stay."""
        match = None if _RIGHT.fullmatch(self.text) else _ISO.fullmatch(self.text)
        if match is None:
            return self
        seconds, fraction, offset = match.groups()
        whole = f"{seconds[:10]}T{seconds[11:]}" + ("" if len(seconds) > len("2026-11-20T09:00") else ":00")
        zone = "Z" if offset in {"z", "-00:00"} else offset
        return replace(self, text=f"{whole}{'.' if fraction else ''}{fraction or ''}{zone}")

    @property
    def microseconds(self) -> int:
        """Whole microseconds since 1970."""
        return (self.at - _EPOCH) // _MICROSECOND

    @property
    def order(self) -> tuple[datetime, int]:
        """What to compare: two spellings of the same instant are equal here."""
        return self.at if self.at.tzinfo is UTC else self.at.astimezone(UTC), self.nanos

    def __str__(self) -> str:
        return self.text


FIRST = Moment.of(datetime.min.replace(tzinfo=UTC))
LAST = Moment.of(datetime.max.replace(tzinfo=UTC))
