"""Buckets of time: they join without a gap, and begin where the clock on the wall says so, also where clocks change."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment
from tickets_app.timeline.buckets import MOST, cut_time

ZONES = ["UTC", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata", "America/Santiago", "Pacific/Apia"]


def micro(at: datetime) -> int:
    return Moment.of(at.astimezone(UTC)).microseconds


def walls(low: datetime, high: datetime, zone: str) -> tuple[str, list[str]]:
    cut = cut_time(micro(low), micro(high), ZoneInfo(zone))
    edges = [Moment.of_microseconds(edge).at.astimezone(ZoneInfo(zone)) for edge in cut.edges]
    return cut.each, [f"{edge:%d %H:%M}" for edge in edges]


@given(
    st.datetimes(datetime(1990, 1, 1), datetime(2035, 1, 1)),
    st.timedeltas(timedelta(microseconds=1), timedelta(days=8000)),
    st.sampled_from(ZONES),
)
def test_every_time_is_in_one_bucket_and_there_are_never_too_many(start, length, zone):
    low = micro(start.replace(tzinfo=UTC))
    high = low + length // timedelta(microseconds=1)
    edges = cut_time(low, high, ZoneInfo(zone)).edges
    assert edges[0] <= low < high <= edges[-1]
    assert edges[1] > low
    assert edges[-2] < high
    assert list(edges) == sorted(set(edges))
    assert 2 <= len(edges) <= MOST + 1


@pytest.mark.parametrize(
    ("hours", "each"),
    [
        (1, "5 minutes"),
        (12, "15 minutes"),
        (24, "30 minutes"),
        (48, "1 hour"),
        (100, "3 hours"),
        (7 * 24, "6 hours"),
        (30 * 24, "1 day"),
        (200 * 24, "1 week"),
        (900 * 24, "1 month"),
        (9000 * 24, "1 year"),
    ],
)
def test_widths_are_those_that_people_think_in(hours, each):
    end = datetime(2026, 11, 20, tzinfo=UTC)
    assert walls(end - timedelta(hours=hours), end, "UTC")[0] == each


def test_an_hour_that_comes_twice_is_two_buckets():
    zone = ZoneInfo("America/New_York")
    each, edges = walls(datetime(2026, 11, 1, tzinfo=zone), datetime(2026, 11, 2, 12, tzinfo=zone), "America/New_York")
    assert each == "1 hour"
    assert edges[:5] == ["01 00:00", "01 01:00", "01 01:00", "01 02:00", "01 03:00"]


def test_hours_of_the_day_stay_where_clocks_change():
    zone = ZoneInfo("America/New_York")
    each, edges = walls(datetime(2026, 3, 6, tzinfo=zone), datetime(2026, 3, 11, tzinfo=zone), "America/New_York")
    assert each == "3 hours"
    assert edges[16:20] == ["08 00:00", "08 03:00", "08 06:00", "08 09:00"]


def test_days_begin_at_midnight_of_the_zone_also_where_there_is_none():
    zone = ZoneInfo("America/Santiago")
    each, edges = walls(datetime(2026, 9, 1, tzinfo=zone), datetime(2026, 9, 30, tzinfo=zone), "America/Santiago")
    assert each == "1 day"
    assert edges[5] == "06 01:00"  # clocks go from 00:00 to 01:00
    assert edges[4] == "05 00:00"


def test_a_week_begins_on_monday():
    zone = "Europe/Berlin"
    _, edges = walls(datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 7, 1, tzinfo=UTC), zone)
    assert edges[0] == "29 00:00"  # Monday, 29 December 2025


@pytest.mark.parametrize("year", [1, 9998])
def test_the_ends_of_the_calendar_have_no_histogram_or_a_right_one(year):
    low = micro(datetime(year, 1, 1, tzinfo=UTC))
    cut = cut_time(low, low + 300 * 86_400_000_000, ZoneInfo("Asia/Tokyo"))
    assert cut is None or cut.edges[0] <= low
