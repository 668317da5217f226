"""The stores' clocks as pages ask for them: seldom read, known at once after a change here, kept while the database is away."""

from unittest.mock import patch
from zoneinfo import ZoneInfo

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from tickets_app.models import LocationClock
from tickets_app.stores import clocks
from tickets_app.stores.clocks import StoreClock, store_clock, store_clocks


@pytest.fixture
def reno(db) -> LocationClock:
    return LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)


@pytest.fixture
def away():
    with patch.object(clocks, "_read", side_effect=OperationalError("away")) as read:
        yield read


def test_a_location_has_its_clock_or_none(reno):
    assert store_clock("loc_a") == StoreClock(ZoneInfo("America/Los_Angeles"), 4)
    assert [store_clock(other) for other in ("loc_b", "", None, "a\0b")] == [None] * 4


def test_the_database_is_asked_once_for_all_of_them(reno):
    with CaptureQueriesContext(connection) as queries:
        for number in range(100):
            store_clock(f"loc_{number}")
    assert len(queries) == 1


def test_what_is_changed_here_is_known_at_once(reno):
    assert store_clock("loc_a").turns_over == 4
    reno.turns_over = 5
    reno.save()
    assert store_clock("loc_a").turns_over == 5
    reno.delete()
    assert store_clock("loc_a") is None


def test_what_another_process_changed_is_known_after_a_while(reno):
    assert store_clock("loc_a").turns_over == 4
    LocationClock.objects.update(turns_over=5)  # of which this process hears nothing
    assert store_clock("loc_a").turns_over == 4
    with patch.object(clocks.time, "monotonic", return_value=clocks.time.monotonic() + clocks.FRESH):
        assert store_clock("loc_a").turns_over == 5


def test_while_the_database_is_away_what_was_known_goes_on_being_so(reno, away, caplog):
    away.side_effect = [{"loc_a": StoreClock(ZoneInfo("UTC"))}, OperationalError("away"), AssertionError("asked again")]
    assert store_clock("loc_a")
    clocks.forget_soon()
    assert (store_clock("loc_a"), store_clocks().known) == (StoreClock(ZoneInfo("UTC")), True)
    assert store_clock("loc_a"), "within a few seconds it is not asked again"
    assert caplog.text.count("could not be read") == 1


def test_what_was_never_read_is_not_known_to_be_missing(away):
    assert (store_clock("loc_a"), store_clocks().known) == (None, False)
    with pytest.raises(OperationalError):
        clocks.demand()


def test_a_zone_that_this_machine_does_not_know_is_not_set_and_logged(db, caplog):
    LocationClock.objects.create(location="loc_a", zone="Mars/Olympus")
    assert (store_clock("loc_a"), store_clocks().known) == (None, True)
    assert "Mars/Olympus" in caplog.text
