"""An event waits shortly for a locked SQLite file, and leaves the patience of everything else as it was."""

import pytest
from django.db import connection

from audit import recording
from audit.models import Kind

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(connection.vendor != "sqlite", reason="what is not a file has other bounds"),
]


def patience() -> int:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        return cursor.fetchone()[0]


@pytest.fixture
def usual(monkeypatch) -> int:
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 7)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 7000")
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
