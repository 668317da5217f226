"""ISO 8601 as the sandbox reads it, in whole nanoseconds since 1970 so that no digit is lost."""

import re
from datetime import UTC, datetime

_ISO = re.compile(r"(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9}))?([Zz]|[+-]\d\d:?\d\d)?)?", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def nanoseconds(text: object) -> int | None:
    """Read a date or a time; without an offset it is UTC. None for anything else."""
    match = _ISO.fullmatch(text) if isinstance(text, str) else None
    if match is None:
        return None
    date, clock, fraction, offset = match.groups()
    try:
        at = datetime.fromisoformat(f"{date}T{clock or '00:00'}{(offset or 'Z').upper().replace('Z', '+00:00')}")
        past = at - _EPOCH
    except (ValueError, OverflowError):
        return None
    return (past.days * 86_400 + past.seconds) * 1_000_000_000 + int((fraction or "").ljust(9, "0"))


def spelled(at: datetime, *, fraction: bool = True) -> str:
    """Spell an aware time in UTC, with milliseconds or without."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds" if fraction else "seconds").replace("+00:00", "Z")
