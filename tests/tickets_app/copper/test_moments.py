"""Moments keep what they were, to the last digit."""

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.moments import Moment


@pytest.mark.parametrize(
    "text",
    [
        None,
        1763647200,
        "",
        "2026-11-20",
        "2026-11-20T09:00:00",  # no zone
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:00:00+05:60",
        "2026-11-20T23:59:60Z",
        "0001-01-01T00:00:00+14:00",  # before the calendar once in UTC: OverflowError, not ValueError (RELIABILITY.md, 44)
        "9999-12-31T23:59:59-12:00",
        "2026-11-20T09:00:00+5:00",
        "٢٠٢٦-11-20T09:00:00Z",
        "2026-11-20T09:00:00Z" * 9,
    ],
)
def test_what_is_no_exact_time_is_none(text):
    assert Moment.parse(text) is None


@pytest.mark.parametrize("text", ["2026-11-20T09:00:00Z", "2026-11-20t09:00z", "2026-11-20 09:00:00.123456789+14:00"])
def test_the_spelling_is_kept(text):
    assert str(Moment.parse(text)) == text


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        *((text, text) for text in ("2026-11-20T09:00Z", "2026-11-20T09:00-05:00", "2026-11-20T09:00:00.120+05:30")),
        ("2026-11-20 09:00-05:00", "2026-11-20T09:00:00-05:00"),
        ("2026-11-20t09:00Z", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00z", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00-00:00", "2026-11-20T09:00:00Z"),
        ("2026-11-20T09:00:00,5Z", "2026-11-20T09:00:00.5Z"),
        ("2026-11-20T09:00.5Z", "2026-11-20T09:00:00.5Z"),
    ],
)
def test_what_is_right_reaches_copper_as_it_is_and_the_rest_in_one_spelling(text, sent):
    moment = Moment.parse(text)
    assert str(moment.plain) == sent
    assert moment.plain.order == moment.order == Moment.parse(sent).order


def test_order_sees_the_instant_and_all_nine_digits():
    moments = [
        Moment.parse(text)
        for text in (
            "2026-11-20T09:00:00.000000001Z",
            "2026-11-20T10:00:00.000000002+01:00",
            "2026-11-20T09:00:00.000001Z",
        )
    ]
    assert sorted(moments, key=lambda moment: moment.order) == moments
    assert Moment.parse("2026-11-20T09:00:00Z").order == Moment.parse("2026-11-20T04:00:00-05:00").order


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.timezones()))
def test_a_datetime_comes_back_as_it_was(at):
    moment = Moment.of(at)
    assert moment.at is at
    if (at.utcoffset().seconds % 60) == 0:
        assert Moment.parse(moment.text).order == moment.order
