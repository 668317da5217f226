"""The time of a list in a few words, as its filter bar says it: `Fri 20 Nov`, `Fri 20 Nov, 18:00 – 23:00`, `Last 7 days`."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.filters.clock import local
from tickets_app.filters.days import whole_days
from tickets_app.filters.times import RANGES
from tickets_app.filters.typed_times import Whose

ANY = "Any time"


def time_words(
    query: TicketQuery, range_name: str | None, zone: ZoneInfo, now: datetime, store: Whose | None = None
) -> str:
    """Say a list's bounds in `zone`; `range_name` is the relative range in force, `now` tells which year goes without saying.

    `store`: whose days are meant, where they are a store's.
    """
    if range_name:
        return RANGES[range_name][0]
    if query.low is None and query.high is None:
        return ANY
    say = _Sayer(zone, now.astimezone(zone).year)
    days = whole_days(query, *(store or (zone, 0)))
    if not days:
        return _instants(query.low, query.high, say)
    words = _days(days, say)
    return f"Business day {words}" if store and len(days) == 2 and len({*days.values()}) == 1 else words


def _days(days: dict[str, date], say: "_Sayer") -> str:
    first, after = days.get("created_gte"), days.get("created_gt")
    last = days.get("created_lte") or days.get("created_lt")
    if first and last:
        return say.day(first) if first == last else f"{say.day(first)} – {say.day(last)}"
    start = f"Since {say.day(first)}" if first else f"After {say.day(after)}" if after else ""
    if last:
        return f"{start}, up to {say.day(last)}" if start else f"Up to {say.day(last)}"
    return start


def _instants(low: Moment | None, high: Moment | None, say: "_Sayer") -> str:
    if low is None or high is None:
        return f"Since {say.instant(low)}" if low else f"Before {say.instant(high)}" if high else ANY
    start, end = local(low, say.zone), local(high, say.zone)
    if start and end and start.date() == end.date():
        return f"{say.day(start.date())}, {say.clock(start)} – {say.clock(end)}"
    return f"{say.instant(low)} – {say.instant(high)}"


class _Sayer:
    """Says days and times of a zone; the year only where it is not this one."""

    def __init__(self, zone: ZoneInfo, year: int) -> None:
        self.zone, self._year = zone, year

    def day(self, day: date) -> str:
        return f"{day:%a %-d %b}" if day.year == self._year else f"{day:%a %-d %b %Y}"

    def clock(self, at: datetime) -> str:
        return f"{at:%H:%M:%S}" if at.second or at.microsecond else f"{at:%H:%M}"

    def instant(self, moment: Moment) -> str:
        at = local(moment, self.zone)
        return f"{self.day(at.date())}, {self.clock(at)}" if at else moment.text
