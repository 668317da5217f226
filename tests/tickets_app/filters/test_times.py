"""Times as people read them, relative ranges, and clock changes wherever there are any."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment
from tickets_app.filters.clock import day_end, day_start
from tickets_app.filters.fields import PlaceField
from tickets_app.filters.times import (
    RANGES,
    RowTimes,
    resolve_range,
    show,
    show_for_typing,
    show_short,
    show_short_day,
    zone_city,
    zone_place,
)
from tickets_app.filters.typed_times import TypedTimeError, read_typed

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 30, 12, 345678, tzinfo=UTC)


def _changes(zone: ZoneInfo, year: int) -> list[datetime]:
    """The instants of a year, to the minute, at which the zone's offset changes."""
    found, at = [], datetime(year, 1, 1, tzinfo=UTC)
    while at.year == year:
        after = at + timedelta(days=4)
        if at.astimezone(zone).utcoffset() != after.astimezone(zone).utcoffset():
            low, high = at, after
            while high - low > timedelta(minutes=1):
                middle = (low + (high - low) / 2).replace(second=0, microsecond=0)
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high)
        at = after
    return found


@pytest.mark.parametrize("year", range(2020, 2031))
def test_around_every_clock_change_of_every_zone_a_time_is_read_back_or_refused_with_choices(year):
    """RELIABILITY.md, row 46. What is read shows the wall clock as typed; what is refused was no single instant."""
    checked = 0
    for name in sorted(available_timezones() - {"Factory", "localtime"}):
        zone = ZoneInfo(name)
        for change in _changes(zone, year):
            before = (change - timedelta(minutes=1)).astimezone(zone)
            shift = (change.astimezone(zone).utcoffset() - before.utcoffset()) / timedelta(minutes=1)
            wall = before.replace(tzinfo=None) + timedelta(
                minutes=1 + (abs(shift) / 2 if shift > 0 else -abs(shift) / 2)
            )
            with pytest.raises(TypedTimeError) as refusal:
                read_typed(f"{wall:%Y-%m-%d %H:%M:%S}", zone, NOW)
            earlier, later = refusal.value.choices
            assert earlier.astimezone(UTC) < later.astimezone(UTC)
            shown = [choice.replace(tzinfo=None) for choice in (earlier, later)]
            assert shown == [wall, wall] if shift < 0 else shown[0] < wall < shown[1]
            clear = (change + timedelta(hours=30)).astimezone(zone)
            assert read_typed(f"{clear:%Y-%m-%d %H:%M:%S}", zone, NOW).at == clear
            checked += 1
    assert checked > 100


@pytest.mark.parametrize(
    ("zone", "day", "start"),
    [
        ("America/New_York", (2026, 11, 1), "2026-11-01T00:00:00-04:00"),
        ("America/Sao_Paulo", (2018, 11, 4), "2018-11-04T01:00:00-02:00"),  # clocks went from 00:00 to 01:00
        ("Africa/Cairo", (2026, 4, 24), "2026-04-24T01:00:00+03:00"),
    ],
)
def test_a_day_starts_at_its_first_instant_also_where_midnight_is_skipped(zone, day, start):
    first = day_start(datetime(*day), ZoneInfo(zone))
    assert first.isoformat() == start
    previous = datetime(*day) - timedelta(days=1)
    assert day_end(previous, ZoneInfo(zone)).astimezone(UTC) + timedelta(microseconds=1) == first.astimezone(UTC)


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("1h", ("2026-11-24T09:30:12-05:00", None)),
        ("24h", ("2026-11-23T10:30:12-05:00", None)),
        ("7d", ("2026-11-17T10:30:12-05:00", None)),
        ("30d", ("2026-10-25T11:30:12-04:00", None)),
        ("today", ("2026-11-24T00:00:00-05:00", None)),
        ("yesterday", ("2026-11-23T00:00:00-05:00", "2026-11-24T00:00:00-05:00")),
        ("this-week", ("2026-11-23T00:00:00-05:00", None)),
        ("last-week", ("2026-11-16T00:00:00-05:00", "2026-11-23T00:00:00-05:00")),
        ("this-month", ("2026-11-01T00:00:00-04:00", None)),
        ("last-month", ("2026-10-01T00:00:00-04:00", "2026-11-01T00:00:00-04:00")),
    ],
)
def test_a_relative_range_means_these_bounds_now(name, bounds):
    low, high = resolve_range(name, NOW, NEW_YORK)
    assert (low.text, high and high.text) == bounds


def test_every_range_of_the_contract_is_there():
    assert set(RANGES) >= {"1h", "24h", "7d", "30d", "today", "yesterday"}


@pytest.mark.parametrize(
    ("at", "this", "last"),
    [
        ("2026-11-23T00:00:00+00:00", "2026-11-23", "2026-11-16"),  # a Monday begins its week
        ("2026-11-29T23:59:59+00:00", "2026-11-23", "2026-11-16"),  # and Sunday ends it
        ("2027-01-01T12:00:00+00:00", "2026-12-28", "2026-12-21"),
    ],
)
def test_weeks_begin_on_monday(at, this, last):
    now, utc = datetime.fromisoformat(at), ZoneInfo("UTC")
    assert resolve_range("this-week", now, utc)[0].text == f"{this}T00:00:00Z"
    assert [bound.text for bound in resolve_range("last-week", now, utc)] == [f"{last}T00:00:00Z", f"{this}T00:00:00Z"]


def test_months_and_weeks_are_the_zones():
    now = datetime(2027, 1, 1, 3, tzinfo=UTC)  # still New Year's Eve in New York, a Thursday
    assert resolve_range("this-month", now, NEW_YORK)[0].text == "2026-12-01T00:00:00-05:00"
    assert resolve_range("last-month", now, ZoneInfo("UTC"))[0].text == "2026-12-01T00:00:00Z"


@pytest.mark.parametrize(
    ("zone", "city", "place"),
    [
        ("America/New_York", "New York", "New York (EST)"),
        ("UTC", "UTC", "UTC"),
        ("Asia/Kathmandu", "Kathmandu", "Kathmandu (UTC+05:45)"),
    ],
)
def test_a_zone_is_called_by_its_city(zone, city, place):
    assert (zone_city(ZoneInfo(zone)), zone_place(ZoneInfo(zone), NOW)) == (city, place)


def test_yesterday_is_25_hours_long_on_the_day_after_clocks_were_set_back():
    low, high = resolve_range("yesterday", datetime(2026, 11, 2, 15, tzinfo=UTC), NEW_YORK)
    assert high.at - low.at == timedelta(hours=25)


def test_times_are_shown_in_the_zone():
    moment = Moment.parse("2026-11-20T14:03:22.481Z")
    assert show(moment, NEW_YORK) == "Fri 20 Nov 2026, 09:03:22 EST"
    assert show_short(moment, NEW_YORK, NOW) == "20 Nov, 09:03 EST"
    assert show_short(moment, NEW_YORK, NOW, marked=False) == "20 Nov, 09:03"
    assert show_short(moment, NEW_YORK, NOW.replace(year=2027)) == "20 Nov 2026, 09:03 EST"


@pytest.mark.parametrize("text", ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"])
def test_a_time_at_the_end_of_the_calendar_is_shown_raw_where_the_zone_has_no_day_for_it(text):
    zone = NEW_YORK if text.startswith("0") else ZoneInfo("Pacific/Kiritimati")
    assert show(Moment.parse(text), zone) == text


@given(
    st.datetimes(datetime(1900, 1, 2), datetime(2100, 1, 1)),
    st.sampled_from(["UTC", "America/New_York", "Asia/Kolkata"]),
)
def test_a_shown_bound_can_be_typed_again_and_means_the_same(at, zone_name):
    zone, moment = ZoneInfo(zone_name), Moment.of(at.replace(tzinfo=UTC))
    assert read_typed(show_for_typing(moment, zone), zone, NOW).order == moment.order


def test_an_ambiguous_bound_is_shown_with_its_offset():
    assert show_for_typing(Moment.parse("2026-11-01T01:30:00-05:00"), NEW_YORK) == "2026-11-01T01:30:00-05:00"


def test_times_of_rows_are_said_in_full_and_in_three_parts_also_around_clock_changes():
    said = RowTimes(NEW_YORK, 2026)
    for text, parts in (
        ("2026-11-20T14:03:22.987Z", ("Fri 20 Nov", "09:03:22", "EST")),
        ("2026-11-01T05:59:59Z", ("Sun 1 Nov", "01:59:59", "EDT")),
        ("2026-11-01T06:00:00Z", ("Sun 1 Nov", "01:00:00", "EST")),
        ("2027-01-01T04:59:59Z", ("Thu 31 Dec", "23:59:59", "EST")),
        ("2027-01-01T05:00:00Z", ("Fri 1 Jan 2027", "00:00:00", "EST")),
        ("0001-01-01T00:00:00Z", ("", "0001-01-01T00:00:00Z", "")),
    ):
        moment = Moment.parse(text)
        assert (said.whole(moment), said.parts(moment)) == (show(moment, NEW_YORK), parts)


def test_the_day_alone_is_that_of_the_zone():
    assert show_short_day(Moment.parse("2026-11-20T03:00:00Z"), NEW_YORK) == "19 Nov"
    assert show_short_day(Moment.parse("0001-01-01T00:00:00Z"), NEW_YORK) == ""


@pytest.mark.parametrize("text", ["yesterday", "20 Nov", "11/20", "2026 at 7pm", "2026-11-20 7 pm"])
def test_where_a_list_goes_on_is_never_said_in_words(text):
    with pytest.raises(ValidationError, match="does not say where to go on"):
        PlaceField(NEW_YORK, "Place").clean(text)
    assert PlaceField(NEW_YORK, "Place").clean("2026-11-20T09:00:00Z") is not None
