"""Stretches of time as clocks on the wall of a zone show them: hours, days, weeks, right where clocks change."""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.filters.clock import day_start

MOST = 48  # buckets: on a desk's screen each is wide enough to be hit (24 px)
SLOT = 20  # units of the drawing that a bucket is wide, with the gap beside it
_DAY = timedelta(days=1)
Days = Callable[[date], date]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a time was cut: `edges` in microseconds since 1970, oldest first, and what lies between two of them."""

    edges: tuple[int, ...]
    each: str


def cut_time(low: int, high: int, zone: ZoneInfo) -> Cut | None:
    """Cut the time from `low` to `high` (microseconds) into at most MOST buckets; the outer ones reach over its ends.

    None where a zone's calendar does not reach so far.
    """
    try:
        start, end = _local(low, zone), _local(max(low, high - 1), zone)
        for number, (each, about, _) in enumerate(_WIDTHS):
            if (end - start) / about > MOST:
                continue
            found = _around(_edges(number, start.date(), end.date(), zone), low, high)
            if len(found) - 1 <= MOST:
                return Cut(found, each)
    except (OverflowError, ValueError):
        return None
    return None


def _local(microseconds: int, zone: ZoneInfo) -> datetime:
    return Moment.of_microseconds(microseconds).at.astimezone(zone)


@lru_cache(256)  # lists up to now have other ends each time, and lie in the same days
def _edges(width: int, first: date, last: date, zone: ZoneInfo) -> tuple[int, ...]:
    """All edges of that width in these days, in microseconds, oldest first. Raises what `cut_time` takes for no calendar."""
    edges = _WIDTHS[width][2](first, last, zone)
    return tuple(sorted({Moment.of(edge.astimezone(UTC)).microseconds for edge in edges}))


def _around(edges: tuple[int, ...], low: int, high: int) -> tuple[int, ...]:
    """The edges from the last one at or before `low` to the first one at or after `high`."""
    return edges[max(0, bisect_right(edges, low) - 1) : bisect_left(edges, high) + 1]


Edges = Callable[[date, date, ZoneInfo], Iterator[datetime]]


def _minutes(minutes: int) -> Edges:
    """Parts of an hour, counted from the start of each day: an hour that comes twice is two."""

    def edges(start: date, end: date, zone: ZoneInfo) -> Iterator[datetime]:
        for day in _days_of(start, end):
            at, stop = (day_start(one, zone).astimezone(UTC) for one in (day, day + _DAY))
            while at < stop:
                yield at
                at += timedelta(minutes=minutes)
            yield stop

    return edges


def _hours(hours: int) -> Edges:
    """Some hours, by the clock on the wall: where it is set back or forward, one of them is longer or shorter."""

    def edges(start: date, end: date, zone: ZoneInfo) -> Iterator[datetime]:
        for day in _days_of(start, end):
            yield day_start(day, zone)
            for hour in range(hours, 24, hours):
                yield datetime.combine(day.date(), time(hour), tzinfo=zone)
            yield day_start(day + _DAY, zone)

    return edges


def _dates(first: Days, after: Days) -> Edges:
    """Whole days: from the `first` of the bucket that a day is in to the one `after` that."""

    def edges(start: date, end: date, zone: ZoneInfo) -> Iterator[datetime]:
        at = first(start)
        while True:
            yield day_start(datetime.combine(at, time()), zone)
            if at > end:
                return
            at = after(at)

    return edges


def _days_of(start: date, end: date) -> Iterator[datetime]:
    day = datetime.combine(start, time())
    while day.date() <= end:
        yield day
        day += _DAY


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _years(years: int) -> tuple[str, timedelta, Edges]:
    def first(day: date) -> date:
        return date(max(1, day.year - day.year % years), 1, 1)

    def after(day: date) -> date:
        return date(day.year - day.year % years + years, 1, 1)

    return ("1 year" if years == 1 else f"{years} years"), years * timedelta(days=365), _dates(first, after)


# What a bucket is called, about how long it is, and where its edges are; the finest that gives few enough is taken.
_WIDTHS: tuple[tuple[str, timedelta, Edges], ...] = (
    *((f"{minutes} minutes", timedelta(minutes=minutes), _minutes(minutes)) for minutes in (5, 15, 30)),
    ("1 hour", timedelta(hours=1), _minutes(60)),
    ("3 hours", timedelta(hours=3), _hours(3)),
    ("6 hours", timedelta(hours=6), _hours(6)),
    ("1 day", _DAY, _dates(lambda day: day, lambda day: day + _DAY)),
    ("1 week", 7 * _DAY, _dates(lambda day: day - day.weekday() * _DAY, lambda day: day + 7 * _DAY)),
    ("1 month", 30 * _DAY, _dates(lambda day: day.replace(day=1), _next_month)),
    *(_years(years) for years in (1, 10, 100, 1000)),
)
