"""Business days of stores, to the second, on days of 23 and 25 hours and others: a table written by hand."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from tickets_app.copper.moments import Moment
from tickets_app.filters import bar
from tickets_app.filters.clock import day_at
from tickets_app.filters.days import whole_days
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import Parameters
from tickets_app.filters.times import day_bounds
from tickets_app.filters.typed_times import Edge, read_typed
from tickets_app.models import LocationClock

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)
READER = ZoneInfo("Asia/Tokyo")  # whose days are none of these

# Zone, hour at which the day turns over, day, its first instant, the first of the next day, hours between them.
TABLE = """
America/Los_Angeles  0 2026-03-08  2026-03-08T08:00:00Z 2026-03-09T07:00:00Z 23
America/Los_Angeles  4 2026-03-07  2026-03-07T12:00:00Z 2026-03-08T11:00:00Z 23
America/Los_Angeles  4 2026-03-08  2026-03-08T11:00:00Z 2026-03-09T11:00:00Z 24
America/Los_Angeles  2 2026-03-07  2026-03-07T10:00:00Z 2026-03-08T10:00:00Z 24
America/Los_Angeles  2 2026-03-08  2026-03-08T10:00:00Z 2026-03-09T09:00:00Z 23
America/Los_Angeles  0 2026-11-01  2026-11-01T07:00:00Z 2026-11-02T08:00:00Z 25
America/Los_Angeles  4 2026-10-31  2026-10-31T11:00:00Z 2026-11-01T12:00:00Z 25
America/Los_Angeles  1 2026-10-31  2026-10-31T08:00:00Z 2026-11-01T08:00:00Z 24
America/Los_Angeles  1 2026-11-01  2026-11-01T08:00:00Z 2026-11-02T09:00:00Z 25
America/Los_Angeles 23 2026-10-31  2026-11-01T06:00:00Z 2026-11-02T07:00:00Z 25
America/Los_Angeles  4 2026-11-20  2026-11-20T12:00:00Z 2026-11-21T12:00:00Z 24
America/New_York     0 2026-03-08  2026-03-08T05:00:00Z 2026-03-09T04:00:00Z 23
America/New_York     3 2026-03-07  2026-03-07T08:00:00Z 2026-03-08T07:00:00Z 23
America/New_York     3 2026-03-08  2026-03-08T07:00:00Z 2026-03-09T07:00:00Z 24
America/New_York     5 2026-10-31  2026-10-31T09:00:00Z 2026-11-01T10:00:00Z 25
America/New_York     1 2026-11-01  2026-11-01T05:00:00Z 2026-11-02T06:00:00Z 25
Europe/Berlin        0 2026-03-29  2026-03-28T23:00:00Z 2026-03-29T22:00:00Z 23
Europe/Berlin        2 2026-03-28  2026-03-28T01:00:00Z 2026-03-29T01:00:00Z 24
Europe/Berlin        2 2026-03-29  2026-03-29T01:00:00Z 2026-03-30T00:00:00Z 23
Europe/Berlin        6 2026-03-28  2026-03-28T05:00:00Z 2026-03-29T04:00:00Z 23
Europe/Berlin        0 2026-10-25  2026-10-24T22:00:00Z 2026-10-25T23:00:00Z 25
Europe/Berlin        2 2026-10-24  2026-10-24T00:00:00Z 2026-10-25T00:00:00Z 24
Europe/Berlin        2 2026-10-25  2026-10-25T00:00:00Z 2026-10-26T01:00:00Z 25
Europe/Berlin        6 2026-10-24  2026-10-24T04:00:00Z 2026-10-25T05:00:00Z 25
Australia/Lord_Howe  0 2026-10-04  2026-10-03T13:30:00Z 2026-10-04T13:00:00Z 23.5
Australia/Lord_Howe  2 2026-10-03  2026-10-02T15:30:00Z 2026-10-03T15:30:00Z 24
Australia/Lord_Howe  2 2026-10-04  2026-10-03T15:30:00Z 2026-10-04T15:00:00Z 23.5
Australia/Lord_Howe  0 2026-04-05  2026-04-04T13:00:00Z 2026-04-05T13:30:00Z 24.5
Australia/Lord_Howe  4 2026-04-04  2026-04-03T17:00:00Z 2026-04-04T17:30:00Z 24.5
America/Havana       0 2025-03-08  2025-03-08T05:00:00Z 2025-03-09T05:00:00Z 24
America/Havana       0 2025-03-09  2025-03-09T05:00:00Z 2025-03-10T04:00:00Z 23
America/Havana       0 2025-11-01  2025-11-01T04:00:00Z 2025-11-02T04:00:00Z 24
America/Havana       0 2025-11-02  2025-11-02T04:00:00Z 2025-11-03T05:00:00Z 25
America/Havana       4 2025-03-08  2025-03-08T09:00:00Z 2025-03-09T08:00:00Z 23
America/Havana       4 2025-11-01  2025-11-01T08:00:00Z 2025-11-02T09:00:00Z 25
America/Nuuk        23 2026-03-27  2026-03-28T01:00:00Z 2026-03-29T01:00:00Z 24
America/Nuuk        23 2026-03-28  2026-03-29T01:00:00Z 2026-03-30T00:00:00Z 23
"""
ROWS = [tuple(line.split()) for line in TABLE.strip().splitlines()]


def form_of(**values: str) -> TicketFilterForm:
    return TicketFilterForm(Parameters(values, frozenset()), zone=READER, now=NOW)


@pytest.mark.parametrize(("zone", "hour", "day", "start", "end", "hours"), ROWS)
def test_a_business_day_is_right_to_the_second(db, zone, hour, day, start, end, hours):
    LocationClock.objects.create(location="loc_a", zone=zone, turns_over=int(hour))
    form = form_of(location="loc_a", business_day=day)
    assert form.is_valid(), form.errors
    low, high = form.query.created_gte, form.query.created_lt
    assert (low.order, high.order) == (Moment.parse(start).order, Moment.parse(end).order)
    assert high.at - low.at == timedelta(hours=float(hours))
    assert form.has_local_times
    assert form.business_day == date.fromisoformat(day)


@pytest.mark.parametrize(("zone", "hour", "day", "start", "end", "hours"), ROWS)
def test_days_from_and_to_are_the_same_and_are_known_by_their_bounds(db, zone, hour, day, start, end, hours):
    LocationClock.objects.create(location="loc_a", zone=zone, turns_over=int(hour))
    typed = form_of(location="loc_a", **{"created[gte]": day, "created[lt]": day})
    assert typed.is_valid(), typed.errors
    bounds = typed.query.created_gte, typed.query.created_lt
    assert [bound.order for bound in bounds] == [Moment.parse(start).order, Moment.parse(end).order]
    of_it = date.fromisoformat(day)
    assert whole_days(typed.query, ZoneInfo(zone), int(hour)) == {"created_gte": of_it, "created_lt": of_it}
    linked = form_of(location="loc_a", **{"created[gte]": str(bounds[0]), "created[lt]": str(bounds[1])})
    assert linked.is_valid()
    assert linked.business_day == of_it
    assert not linked.has_local_times
    year = "" if of_it.year == NOW.year else f" {of_it.year}"
    assert bar.of(linked).time == f"Business day {of_it:%a %-d %b}{year}"


@pytest.mark.parametrize(("zone", "hour", "day", "start", "end", "hours"), ROWS)
def test_each_instant_is_of_one_day(zone, hour, day, start, end, hours):
    of_it, second = date.fromisoformat(day), timedelta(seconds=1)
    first, after = (datetime.fromisoformat(text) for text in (start, end))
    instants = [first - second, first, after - second, after]
    on = [day_at(at, ZoneInfo(zone), int(hour)) for at in instants]
    assert on == [of_it - timedelta(days=1), of_it, of_it, of_it + timedelta(days=1)]


@pytest.mark.parametrize(("zone", "hour", "day", "start", "end", "hours"), ROWS)
def test_exact_bounds_mean_the_same_day(zone, hour, day, start, end, hours):
    whose = ZoneInfo(zone), int(hour)
    first, last, following = (read_typed(day, READER, NOW, day=edge, whose=whose) for edge in Edge)
    assert (first.order, following.order) == (Moment.parse(start).order, Moment.parse(end).order)
    assert last.microseconds + 1 == following.microseconds


@pytest.mark.parametrize("zone", sorted({row[0] for row in ROWS}))
@pytest.mark.parametrize("hour", [0, 1, 2, 3, 4, 23])
def test_days_follow_one_another_without_a_gap_for_two_years(zone, hour):
    days = [date(2026, 1, 1) + timedelta(days=number) for number in range(730)]
    bounds = [day_bounds(day, ZoneInfo(zone), hour) for day in days]
    assert all(before[1].order == after[0].order for before, after in pairwise(bounds))
    assert all(start.order < end.order for start, end in bounds)


def test_a_day_that_a_zone_went_past_is_none(db):
    LocationClock.objects.create(location="loc_a", zone="Pacific/Apia")  # over the date line, without 30 December 2011
    form = form_of(location="loc_a", business_day="2011-12-30")
    assert form.errors["business_day"] == ["There was no such day: clocks there went past it."]
    assert form_of(location="loc_a", business_day="2011-12-29").is_valid()
