"""The time of a list in a few words, as its filter bar says it: `Fri 20 Nov`, `20 Nov, 18:00 – 23:00`, `Last 7 days`."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.filters.times import RANGES, day_start

ANY = "Any time"


def time_words(query: TicketQuery, range_name: str | None, zone: ZoneInfo, now: datetime) -> str:
    """Say a list's bounds in `zone`; `range_name` is the relative range in force, `now` tells which year goes without saying."""
    if range_name:
        return RANGES[range_name][0]
    low, high = _local(query.low, zone), _local(query.high, zone)
    if low is None and high is None:
        return ANY
    say = _Sayer(now.astimezone(zone).year)
    if low and high:
        return _between(low, high, say)
    return f"Since {say.instant(low)}" if low else f"Before {say.instant(high)}" if high else ANY


def _between(low: datetime, high: datetime, say: "_Sayer") -> str:
    last = _last_day(low, high)
    if last is not None:
        return say.day(low) if low.date() == last.date() else f"{say.day(low)} – {say.day(last)}"
    if low.date() == high.date():
        return f"{say.day(low)}, {say.clock(low)} – {say.clock(high)}"
    return f"{say.instant(low)} – {say.instant(high)}"


def _last_day(low: datetime, high: datetime) -> datetime | None:
    """The last of the whole days from `low` to `high`, where they are whole."""
    if not _begins_day(low):
        return None
    if _begins_day(high):
        return high - timedelta(seconds=1)
    after = high + timedelta(microseconds=1)  # the last instant of a day, as an end that is included
    return high if _begins_day(after) else None


def _begins_day(at: datetime) -> bool:
    zone = at.tzinfo
    return isinstance(zone, ZoneInfo) and day_start(at, zone) == at


def _local(moment: Moment | None, zone: ZoneInfo) -> datetime | None:
    try:
        return moment.at.astimezone(zone) if moment else None
    except OverflowError:  # the ends of the calendar
        return moment.at if moment else None


class _Sayer:
    """Says days and times; the year only where it is not this one."""

    def __init__(self, year: int) -> None:
        self._year = year

    def day(self, at: datetime) -> str:
        return at.strftime("%a %-d %b" if at.year == self._year else "%a %-d %b %Y")

    def clock(self, at: datetime) -> str:
        return at.strftime("%H:%M:%S" if at.second or at.microsecond else "%H:%M")

    def instant(self, at: datetime) -> str:
        return self.day(at) if _begins_day(at) else f"{self.day(at)}, {self.clock(at)}"
