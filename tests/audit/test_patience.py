"""An event waits shortly for a locked SQLite file, and leaves the patience of everything else as it was."""

import pytest
from django.db import OperationalError, connection

from audit import recording
from audit.models import Kind
from dashboard.database import patience as page_patience

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="what is not a file has other bounds"),
]


def patience() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> list[float]:
    """A clock that stands still."""
    now = [100.0]
    monkeypatch.setattr(recording.time, "monotonic", lambda: now[0])
    return now


@pytest.fixture
def usual(monkeypatch) -> int:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 7)
    return 7000


@pytest.mark.parametrize("fails", [False, True])
def test_it_is_as_it_was_after_an_event_was_written_and_after_one_was_not(usual, monkeypatch, fails):
    meanwhile = []

    def save(_event, *_args, **_options):
        meanwhile.append(patience())
        if fails:
            raise ValueError

    monkeypatch.setattr(recording.Event, "save", save)
    assert recording.record(None, Kind.TICKET_VIEWED) is not fails
    assert meanwhile == [recording.PATIENCE * 1000]
    assert patience() == usual


@pytest.mark.parametrize("required", [False, True])
def test_it_waits_longer_where_no_page_comes_without_it(usual, monkeypatch, settings, required):
    settings.AUDIT_REQUIRED = required
    meanwhile = []
    monkeypatch.setattr(recording.Event, "save", lambda *_, **__: meanwhile.append(patience()))
    recording.record(None, Kind.TICKET_VIEWED, needed=True)
    recording.record(None, Kind.TICKET_VIEWED)
    longer = int((recording.NEEDED_PATIENCE if required else recording.PATIENCE) * 1000)
    assert meanwhile == [longer, int(recording.PATIENCE * 1000)]
    assert patience() == usual


def test_what_is_needed_is_tried_each_time_and_brings_no_rest_to_others(usual, clock, monkeypatch, settings):
    settings.AUDIT_REQUIRED = True
    tries = []

    def fail(*_: object, **__: object) -> None:
        tries.append(clock[0])
        clock[0] += recording.SLOW * 2
        raise OperationalError

    monkeypatch.setattr(recording, "_rests_until", 0.0)
    monkeypatch.setattr(recording.Event, "save", fail)
    for _ in range(2):
        with pytest.raises(recording.NotRecordedError):
            recording.record(None, Kind.TICKET_VIEWED, needed=True)
    assert len(tries) == 2
    recording.record(None, Kind.LOGGED_OUT)  # this one begins a rest
    assert len(tries) == 3
    recording.record(None, Kind.LOGGED_OUT)
    assert len(tries) == 3
    with pytest.raises(recording.NotRecordedError):
        recording.record(None, Kind.TICKET_VIEWED, needed=True)
    assert len(tries) == 4


@pytest.mark.parametrize("left", [None, 0.3, -1.0])
def test_what_was_given_out_waits_longest_whatever_a_page_has_left_and_whoever_rests(usual, clock, monkeypatch, left):
    meanwhile = []
    monkeypatch.setattr(page_patience._here, "left", left)
    monkeypatch.setattr(recording, "_rests_until", clock[0] + recording.REST)
    monkeypatch.setattr(recording.Event, "save", lambda *_, **__: meanwhile.append(patience()))
    assert recording.record_given_out(None, Kind.EXPORTED)
    assert meanwhile == [recording.GIVEN_OUT_PATIENCE * 1000]
    assert page_patience.left() == left, "and that is not charged to the page"
