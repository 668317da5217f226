"""A list's time in a few words: whole days as days, and the year only where it is another."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.filters.time_words import time_words

NOW = datetime(2026, 11, 29, 12, tzinfo=UTC)


def said(zone: str, range_name: str | None = None, **bounds: str) -> str:
    query = TicketQuery(**{name: Moment.parse(text) for name, text in bounds.items()})
    return time_words(query, range_name, ZoneInfo(zone), NOW)


@pytest.mark.parametrize(
    ("zone", "bounds", "words"),
    [
        ("UTC", {}, "Any time"),
        ("UTC", {"created_gte": "2026-11-20T00:00:00Z", "created_lt": "2026-11-21T00:00:00Z"}, "Fri 20 Nov"),
        ("UTC", {"created_gte": "2026-11-20T00:00:00Z", "created_lte": "2026-11-20T23:59:59.999999Z"}, "Fri 20 Nov"),
        (
            "UTC",
            {"created_gte": "2026-11-16T00:00:00Z", "created_lt": "2026-11-23T00:00:00Z"},
            "Mon 16 Nov – Sun 22 Nov",
        ),
        (
            "UTC",
            {"created_gte": "2026-11-20T18:00:00Z", "created_lt": "2026-11-20T23:00:00Z"},
            "Fri 20 Nov, 18:00 – 23:00",
        ),
        (
            "UTC",
            {"created_gte": "2026-11-20T18:00:00Z", "created_lt": "2026-11-21T02:00:05Z"},
            "Fri 20 Nov, 18:00 – Sat 21 Nov, 02:00:05",
        ),
        ("UTC", {"created_gte": "2026-11-20T00:00:00Z"}, "Since Fri 20 Nov"),
        ("UTC", {"created_gt": "2026-11-20T09:30:00Z"}, "Since Fri 20 Nov, 09:30"),
        ("UTC", {"created_lt": "2026-11-20T09:30:00Z"}, "Before Fri 20 Nov, 09:30"),
        ("UTC", {"created_gte": "2025-11-20T00:00:00Z", "created_lt": "2025-11-21T00:00:00Z"}, "Thu 20 Nov 2025"),
        # The day of the change has 25 hours in Berlin, and what is a day there is none in UTC.
        (
            "Europe/Berlin",
            {"created_gte": "2026-10-24T22:00:00Z", "created_lt": "2026-10-25T23:00:00Z"},
            "Sun 25 Oct",
        ),
        (
            "UTC",
            {"created_gte": "2026-10-24T22:00:00Z", "created_lt": "2026-10-25T23:00:00Z"},
            "Sat 24 Oct, 22:00 – Sun 25 Oct, 23:00",
        ),
        ("UTC", {"created_lt": "2026-11-20T00:00:00Z"}, "Up to Thu 19 Nov"),
        ("UTC", {"created_gt": "2026-11-20T23:59:59.999999Z"}, "After Fri 20 Nov"),
        ("Asia/Tokyo", {"created_gte": "9999-12-31T23:00:00Z"}, "Since 9999-12-31T23:00:00Z"),
    ],
)
def test_bounds_in_words(zone, bounds, words):
    assert said(zone, **bounds) == words


def test_a_relative_time_is_said_by_its_name():
    assert said("UTC", "7d", created_gte="2026-11-22T12:00:00Z") == "Last 7 days"
