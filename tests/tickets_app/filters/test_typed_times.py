"""Times as people type them: exactly what they mean in four zones, or what there is to choose from, or a refusal."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets_app.filters.typed_table import CHOICES, NOWS, OFFSETS, TABLE
from tickets_app.copper.moments import Moment
from tickets_app.filters.typed_times import HELP, Edge, TypedTimeError, read_typed

NEW_YORK = ZoneInfo("America/New_York")
NOW = datetime(2026, 11, 24, 15, 30, 12, 345678, tzinfo=UTC)


def at(zone: str, wall: str) -> str:
    """The wall's time in ISO 8601, with the offset that stands in the table."""
    offset = next(offset for since, offset in reversed(OFFSETS[zone]) if since <= wall)
    day, _, clock = wall.partition(" ")
    return f"{day}T{clock or '00:00'}{':00' if clock.count(':') < 2 else ''}{offset}"


def now_in(zone: str, wall: str) -> datetime:
    return datetime.fromisoformat(at(zone, wall)).astimezone(UTC)


def test_the_table_is_as_long_as_was_promised():
    assert len({typed.strip().lower() for typed, *_ in TABLE}) >= 60
    assert len(OFFSETS) == 4


@pytest.mark.parametrize("zone", OFFSETS)
@pytest.mark.parametrize("side", range(len(NOWS)), ids=["July", "November"])
@pytest.mark.parametrize("row", TABLE, ids=lambda row: row[0])
def test_what_is_typed_means_what_the_table_says(zone, side, row):
    typed, meant, now = row[0], row[1 + side], now_in(zone, NOWS[side])
    read = read_typed(typed, ZoneInfo(zone), now)
    assert read.order == Moment.parse(at(zone, meant)).order
    assert read.at.isoformat()[-6:] == at(zone, meant)[-6:]
    if len(meant) == len("2026-11-20"):  # a whole day
        after = at(zone, f"{datetime.fromisoformat(meant) + timedelta(days=1):%Y-%m-%d}")
        assert read_typed(typed, ZoneInfo(zone), now, day=Edge.NEXT).order == Moment.parse(after).order
        last = read_typed(typed, ZoneInfo(zone), now, day=Edge.LAST)
        assert last.at.astimezone(UTC) + timedelta(microseconds=1) == datetime.fromisoformat(after)
    else:
        assert {read_typed(typed, ZoneInfo(zone), now, day=edge).order for edge in Edge} == {read.order}


@pytest.mark.parametrize(("zone", "typed", "choices"), CHOICES)
def test_what_can_be_read_in_more_than_one_way_is_left_to_choose(zone, typed, choices):
    with pytest.raises(TypedTimeError, match=r"\?$") as refusal:
        read_typed(typed, ZoneInfo(zone), now_in(zone, NOWS[1]))
    assert [choice.isoformat() for choice in refusal.value.choices] == choices
    for reading in refusal.value.readings:  # a look-up tells them, to be typed
        assert read_typed(reading.words, ZoneInfo(zone), now_in(zone, NOWS[1])).at.isoformat() == reading.at.isoformat()


def test_choices_of_days_are_the_edge_that_is_asked_for():
    with pytest.raises(TypedTimeError) as refusal:
        read_typed("11/12", NEW_YORK, NOW, day=Edge.NEXT)
    assert [choice.isoformat() for choice in refusal.value.choices] == [
        "2026-11-13T00:00:00-05:00",
        "2025-12-12T00:00:00-05:00",
    ]
    assert [reading.words for reading in refusal.value.readings] == ["Thu 12 Nov 2026", "Thu 11 Dec 2025"]


def test_today_is_the_zones_and_not_the_servers():
    late = datetime(2026, 11, 24, 3, tzinfo=UTC)  # still the 23rd in New York, well into the 24th in Lord Howe
    for zone, today in (
        ("America/New_York", "2026-11-23"),
        ("UTC", "2026-11-24"),
        ("Australia/Lord_Howe", "2026-11-24"),
    ):
        assert read_typed("today", ZoneInfo(zone), late).text.startswith(today)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("2026-11-20 09:00", "2026-11-20T09:00:00-05:00"),
        ("2026-07-20 09:00:30", "2026-07-20T09:00:30-04:00"),
        ("2026-11-20 09:00:00.25", "2026-11-20T09:00:00.25-05:00"),
        ("2026-11-20T09:00:00Z", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00:00.123456789+05:30", "2026-11-20T09:00:00.123456789+05:30"),
        ("2026-11-20T09:00:00 01:00", "2026-11-20T09:00:00+01:00"),
        # whatever is typed, one spelling reaches Copper
        ("2026-11-25 09:00-05:00", "2026-11-25T09:00:00-05:00"),
        ("2026-11-25 09:00 -05:00", "2026-11-25T09:00:00-05:00"),
        ("2026-11-25 09:00 05:30", "2026-11-25T09:00:00+05:30"),
        ("2026-11-25T09:00:00 0530", "2026-11-25T09:00:00+05:30"),  # as strftime("%z") has it, without its plus
        ("2026-11-25T09:00 0530", "2026-11-25T09:00:00+05:30"),
        ("2026-11-25 09:00:00.25 00", "2026-11-25T09:00:00.25+00:00"),  # as PostgreSQL has it
        ("2026-11-25T09:00:00 05", "2026-11-25T09:00:00+05:00"),
        ("2026-11-25 09:00 0530", None),  # a time and another
        ("2026-11-25 09:00 05", None),
        ("2026-11-25t09:00:00z", "2026-11-25T09:00:00Z"),
        ("2026-11-25 09:00z", "2026-11-25T09:00:00Z"),
        ("2026-11-25 09:00:00 Z", "2026-11-25T09:00:00Z"),
        ("2026-11-25t09:00:00,1234567-05:00", "2026-11-25T09:00:00.1234567-05:00"),
        ("2026-11-25T09:00:00-00:00", "2026-11-25T09:00:00Z"),
        ("1850-01-01 12:00", "1850-01-01T16:56:02Z"),
        # offsets in all usual spellings, and as the page says them
        ("2026-11-20T19+01", "2026-11-20T19:00:00+01:00"),
        ("20261120T1900+0100", "2026-11-20T19:00:00+01:00"),
        ("2026-11-20T19:00 +0530", "2026-11-20T19:00:00+05:30"),
        ("20 Nov 2026 7pm utc", "2026-11-20T19:00:00Z"),
        ("20 Nov 2026 7pm UTC-8", None),
        ("Fri 20 Nov 2026, 17:45:00 UTC+05:45", "2026-11-20T17:45:00+05:45"),
        ("Fri 20 Nov 2026, 14:03:22 EST", "2026-11-20T14:03:22-05:00"),
        ("1 Nov 2026, 01:30 EDT", "2026-11-01T01:30:00-04:00"),
        ("1 Nov 2026, 01:30 EST", "2026-11-01T01:30:00-05:00"),
        ("Sun 1 Nov 2026, 01:30 EDT (UTC−04:00)", "2026-11-01T01:30:00-04:00"),
        ("\u200e20\u2009Nov\u30002026\u200e", "2026-11-20T00:00:00-05:00"),
        ("2026—11—20", "2026-11-20T00:00:00-05:00"),
        ("20 Nov, 12 noon", "2026-11-20T12:00:00-05:00"),
        ("20 Nov 2027", "2027-11-20T00:00:00-05:00"),
        ("Nov 20, 1930", "1930-11-20T00:00:00-05:00"),
        ("Fri\u00a020\u202fNov 2026", "2026-11-20T00:00:00-05:00"),
        ("2026\u201111\u201120", "2026-11-20T00:00:00-05:00"),
    ],
)
def test_offsets_and_spellings_are_kept_exactly(typed, meant):
    if meant is None:
        with pytest.raises(TypedTimeError):
            read_typed(typed, NEW_YORK, NOW)
    else:
        assert read_typed(typed, NEW_YORK, NOW).text == meant


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("never", HELP),
        ("next friday", HELP),
        ("last week", HELP),
        ("Nov 2026", HELP),  # which day?
        ("2026-11-21Z", HELP),  # a day has no offset
        ("2026-324", HELP),  # a day of the year, or a hyphen too few?
        ("2026-W47-5", HELP),
        ("1", HELP),
        ("20 Nov 19", HELP),  # a year or an hour?
        ("20 Nov 1900", "Is 1900 a time or a year? Type 20 nov 19:00, or 1900-11-20."),
        ("Nov 20 2030", "Type nov 20 20:30, or 2030-11-20."),
        ("fri 1930", "Type fri 19:30, or 1930-11-20."),
        ("20 Nov 24:00", "midnight as 00:00 of the day that begins then"),
        ("19.30", "times as 7pm or 19:30"),
        ("19:00 20:00", HELP),
        ("20.11. 19", HELP),
        ("２０２６-11-20", HELP),
        ("2026-11-20\n09:00", HELP),
        ("-2026-11-20", HELP),
        ("2026-11-20T09:00:00.1234567890Z", HELP),
        ("2026-11-20T09:00:00+05:30:15", HELP),
        ("2026-02-30", "no such date"),
        ("31.4.", "no such date"),
        ("30 Feb", "no such date"),
        ("13/13", "no such date"),
        ("2026-13-01 10:00", "no such date"),
        ("2026-11-20 24:00", "no such date"),
        ("2026-11-20 09:60", "no such date"),
        ("13pm", "no such date"),
        ("0am", "no such date"),
        ("2026-11-20T23:59:60Z", "no such date"),
        ("2026-11-20T09:00+24:00", "no such date"),
        ("0000-01-01", "no such date"),
        ("20 Nov 14:03 CET", "No clock in America/New_York shows 14:03 CET then"),
        ("1 Jul 14:03 EST", "No clock"),
        ("fri 19:00-05:00", "type the date in full"),
        ("19:00Z", "type the date in full"),
        ("11/12 19:00Z", "type the date in full"),
        ("0001-01-01T00:00+14:00", "no such date"),
        ("2026-11-20" + "0" * 5000, "too long"),
    ],
)
def test_what_is_no_time_is_refused_with_a_sentence(typed, why):
    with pytest.raises(TypedTimeError) as refusal:
        read_typed(typed, NEW_YORK, NOW)
    assert why in str(refusal.value)
    assert str(refusal.value).endswith(".")
    assert refusal.value.choices == ()


@pytest.mark.parametrize("edge", Edge)
@given(typed=st.text(max_size=80) | st.text("0123456789:./-+ apmtzfrinov", max_size=24))
def test_nothing_that_can_be_typed_breaks_the_reading(edge, typed):
    try:
        assert read_typed(typed, NEW_YORK, NOW, day=edge).at.tzinfo is not None
    except TypedTimeError as error:
        assert str(error)


@pytest.mark.parametrize("typed", ["20 Nov", "fri", "yesterday", "1 Nov", "8 Mar", "11/20 7pm", "12am"])
@given(now=st.datetimes(datetime(1975, 1, 1), datetime(2090, 1, 1)), zone=st.sampled_from([*OFFSETS, "Africa/Cairo"]))
def test_what_is_filled_in_is_never_in_the_future(typed, now, zone):
    now = now.replace(tzinfo=UTC)
    try:
        read = read_typed(typed, ZoneInfo(zone), now)
    except TypedTimeError as error:
        assert error.choices
        return
    assert read.at.astimezone(ZoneInfo(zone)).date() <= now.astimezone(ZoneInfo(zone)).date()


SPANS = [
    ("20 Nov 2026 19:30-20:15", "20 nov 2026 19:30", "20 nov 2026 20:15"),
    ("2026-11-20 19:30-21", "2026-11-20 19:30", "2026-11-20 21:00"),
    ("2026-11-20 19:30–23:59", "2026-11-20 19:30", "2026-11-20 23:59"),
    ("2026-11-20 09:00-11:00", "2026-11-20 09:00", "2026-11-20 11:00"),
    ("yesterday 19:30 - 2015", "yesterday 19:30", "yesterday 20:15"),
    ("08:30-09:15", "08:30", "09:15"),
    ("fri 7pm-9pm", "fri 7:00pm", "fri 9:00pm"),
    ("7pm - 9pm 20 Nov", "7:00pm 20 nov", "9:00pm 20 nov"),
    ("20 Nov — 21 Nov", "20 nov", "21 nov"),
    ("fri-mon", "fri", "mon"),
    ("20 Nov 7pm to 21 Nov 2am", "20 nov 7:00pm", "21 nov 2:00am"),
]


@pytest.mark.parametrize(("typed", "begin", "end"), SPANS)
def test_a_span_of_time_is_no_time_with_its_offset_and_is_told_to_be_typed_in_two_fields(typed, begin, end):
    with pytest.raises(TypedTimeError, match=f"type {begin} in From, and {end} in To"):
        read_typed(typed, NEW_YORK, NOW)
    assert read_typed(begin, NEW_YORK, NOW).at < read_typed(end, NEW_YORK, NOW).at


OFFSETS_TYPED = [
    "2026-11-20 03:00-05:00",  # that of the zone
    "2026-11-20T03:00-09:00",
    "20 Nov 2026 03:00 -09:00",
    "2026-11-20 03:00:00-09:00",
    "20 Nov 2026 19:00-09",
]


@pytest.mark.parametrize("typed", OFFSETS_TYPED)
def test_what_is_an_offset_stays_one(typed):
    """That of the zone; with a T or seconds, which a span has not; behind a space; one that ends before it would have begun."""
    read = read_typed(typed, NEW_YORK, NOW).at
    assert read.isoformat()[-6:] == f"-{typed.rpartition('-')[2][:2]}:00"
    assert f"{read:%H}" == ("19" if "19:00" in typed else "03")


ADVISED = [
    ("20 Nov 7pm PST", "2026-11-20T19:00:00-08:00"),
    ("fri 7pm CEST", "2026-11-20T19:00:00-05:00"),  # an offset that we do not know: an example's
    ("11/12 19:00 CST", "2026-11-12T19:00:00-06:00"),
    ("20 Nov 7pm -06:00", "2026-11-20T19:00:00-06:00"),
    ("fri 19:00 -06:00", "2026-11-20T19:00:00-06:00"),
    ("20 Nov 19:00 - 06:00", "2026-11-20T19:00:00-06:00"),
    ("7pm +01:00", "2026-11-24T19:00:00+01:00"),
]


@pytest.mark.parametrize(("typed", "meant"), ADVISED)
def test_what_is_advised_for_an_offset_can_be_typed(typed, meant):
    with pytest.raises(TypedTimeError) as refusal:
        read_typed(typed, NEW_YORK, NOW)
    advised = str(refusal.value).removesuffix(".").rpartition("such as ")[2].rpartition("UTC, type ")[2]
    assert str(read_typed(advised, NEW_YORK, NOW)) == meant
