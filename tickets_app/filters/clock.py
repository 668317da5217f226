"""Days and clocks of a zone: when a day begins and ends there, and which instants its clocks showed as a certain time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment

_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)


def day_start(day: datetime, zone: ZoneInfo, hour: int = 0) -> datetime:
    """The first instant of a day in the zone, also where clocks change then.

    `hour` (0 to 23): when the day turns over there. Where clocks show that hour twice it does at the first time; where they
    skip it, at the change.
    """
    wall = datetime.combine(day.date(), time(hour))
    start = wall.replace(tzinfo=zone)
    if exists(start):
        return start
    low, high = start.astimezone(UTC) - _DAY, start.astimezone(UTC) + _DAY
    while high - low > _TICK:  # it was skipped: the day begins at the change
        middle = low + (high - low) / 2
        low, high = (low, middle) if middle.astimezone(zone).replace(tzinfo=None) >= wall else (middle, high)
    return high.astimezone(zone)


def next_day_start(day: datetime, zone: ZoneInfo, hour: int = 0) -> datetime:
    """The first instant that is no longer of this day."""
    return day_start(day + _DAY, zone, hour)


def day_end(day: datetime, zone: ZoneInfo, hour: int = 0) -> datetime:
    """The last instant of a day in the zone, to the microsecond."""
    return (next_day_start(day, zone, hour).astimezone(UTC) - _TICK).astimezone(zone)


def day_at(at: datetime, zone: ZoneInfo, hour: int = 0) -> date:
    """The day that it is in the zone at an instant (aware), where days turn over at `hour`."""
    today = at.astimezone(zone).date()
    begun = day_start(datetime.combine(today, time()), zone, hour)
    # In UTC: times of one zone are compared by what its clocks show, which can be the same twice.
    return today if at.astimezone(UTC) >= begun.astimezone(UTC) else today - _DAY


def normal(at: datetime) -> datetime:
    """The same instant as clocks really showed it, where `at` names a time that none showed."""
    return at.astimezone(UTC).astimezone(at.tzinfo)


def exists(at: datetime) -> bool:
    """Whether clocks of its zone ever showed this time."""
    return normal(at).replace(tzinfo=None) == at.replace(tzinfo=None)


def instants(wall: datetime, zone: ZoneInfo) -> tuple[datetime, ...]:
    """When clocks in the zone showed `wall`: once; twice where they were set back; never where they were set forward (PEP 495).

    Raises OverflowError at the ends of the calendar.
    """
    first, second = wall.replace(tzinfo=zone, fold=0), wall.replace(tzinfo=zone, fold=1)
    first.astimezone(UTC)
    if first.utcoffset() == second.utcoffset():
        return (first,)
    return (first, second) if exists(first) else ()


def around(wall: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """For a time that clocks skipped: it counted from before the change, and from after it; the earlier one first."""
    first, second = (normal(wall.replace(tzinfo=zone, fold=fold)) for fold in (0, 1))
    return (first, second) if first.astimezone(UTC) < second.astimezone(UTC) else (second, first)


def local(moment: Moment, zone: ZoneInfo) -> datetime | None:
    """The moment by the zone's clocks; None beyond the ends of the calendar there."""
    try:
        return moment.at.astimezone(zone)
    except OverflowError:
        return None


def spell(at: datetime, fraction: str = "") -> Moment:
    """An aware datetime as a Moment, with its own offset; `fraction` are digits of a second that it cannot hold.

    Raises OverflowError where no calendar holds it.
    """
    if (at.utcoffset() or timedelta()).seconds % 60:
        at = at.astimezone(UTC)  # before railway time: an offset with seconds has no place in ISO 8601 here
    text = at.isoformat(timespec="seconds" if at.microsecond == 0 else "microseconds")
    if fraction:
        text = f"{text[:19]}.{fraction}{text[19:]}"
    moment = Moment.parse(text.replace("+00:00", "Z"))
    if moment is None:
        raise OverflowError(text)
    return moment
