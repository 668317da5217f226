"""How a zone is named beside a time: each time says its zone (docs/words.md)."""

from datetime import datetime
from zoneinfo import ZoneInfo


def clock(at: datetime, zone: ZoneInfo) -> str:
    """Say the time of day of an aware datetime in a zone, to the second: `14:03:22 EST`."""
    there = at.astimezone(zone)
    return f"{there:%H:%M:%S} {zone_mark(there)}"


def offset_name(at: datetime) -> str:
    """Name an aware datetime's zone and offset for people: `EST (UTC−05:00)`."""
    offset = at.strftime("%z")
    spelled = f"UTC{offset[:3].replace('-', '−')}:{offset[3:5]}"
    name = at.tzname() or ""
    return f"{name} ({spelled})" if name.isalpha() and name != "UTC" else spelled


def zone_mark(at: datetime) -> str:
    """Mark an aware datetime with its zone in a few characters: `EST`, `UTC`, or `UTC+05:45` where it has no such name."""
    name = at.tzname() or ""
    return name if name.isalpha() else offset_name(at)
