"""Points in time exactly as Copper wrote them or is to read them. Reading what people type is `tickets_app/times.py`."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

# ISO 8601 as the documentation's examples use it, always with an offset: a time without one means nothing to others.
_ISO = re.compile(
    r"(?P<seconds>\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(?::\d\d)?)(?:[.,](?P<fraction>\d{1,9}))?(?P<offset>[Zz]|[+-]\d\d:\d\d)",
    re.ASCII,
)
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
        match = _ISO.fullmatch(text) if isinstance(text, str) and len(text) <= 40 else None
        if match is None:
            return None
        seconds, fraction, offset = match.groups()
        digits = (fraction or "").ljust(9, "0")
        try:
            # Every ticket comes through here: UTC without a detour.
            whole = seconds if len(seconds) > len("2026-11-20T09:00") else f"{seconds}:00"
            at = datetime.fromisoformat(f"{whole}.{digits[:6]}{'+00:00' if offset in 'Zz' else offset}")
            if at.tzinfo is not UTC:
                at.astimezone(UTC)  # year 1 or 9999 can lie outside what a datetime holds once the offset is gone
        except (ValueError, OverflowError):
            return None
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
