"""The connection to the database in an export: let go of while it lasts, another one at its end, and no place held for it."""

from collections.abc import Callable

import psycopg
import pytest
from django.db import OperationalError, connection

from audit import recording, trail
from audit.models import Event, Kind
from tests.audit.conftest import any_database, postgres, postgres_url  # noqa: F401 - fixtures
from tests.pages.conftest import made
from tests.processes import wait_until
from tests.tickets_app.export.reading import body
from tickets_app.copper.resources import Ticket
from tickets_app.gateway import shared
from tickets_app.models import Note
from tickets_app.notes import store

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def end_connections(postgres, postgres_url) -> Callable[[], None]:  # noqa: F811 - the fixtures
    """As when PostgreSQL is started anew, or something between forgot a connection that nobody used."""

    def end() -> None:
        with psycopg.connect(postgres_url, autocommit=True) as own:
            others = "FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
            assert own.execute(f"SELECT pg_terminate_backend(pid) {others}").fetchall()
            wait_until(lambda: not own.execute(f"SELECT pid {others}").fetchall(), "they ended")

    return end


def told() -> list[tuple[int, bool]]:
    events = Event.objects.filter(kind=Kind.EXPORTED)
    return [(event.facts["rows"], event.facts["complete"]) for event in events]


@pytest.mark.usefixtures("postgres")
@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
def test_a_file_that_is_sent_takes_no_connection(transactional_db, client, serve, file_format):
    serve([made(number) for number in range(250)])
    response = client.get(f"/tickets/export.{file_format}")
    parts = iter(response.streaming_content)
    assert connection.connection is not None
    next(parts)
    assert connection.connection is None
    list(parts)
    assert told() == [(250, True)]


def test_what_was_given_out_is_recorded_though_the_connection_ended(transactional_db, end_connections):
    Event.objects.count()
    end_connections()
    trail.exported(None, [], file_format="csv", rows=7, complete=True)
    assert told() == [(7, True)]


def test_notes_are_read_though_the_connection_ended(transactional_db, end_connections):
    Note.objects.create(live=False, ticket="tkt_1", author="ada", at="2026-11-20T12:00Z", text="Hello", folded="hello")
    rows = [Ticket("tkt_1", {})]
    end_connections()
    assert store.cells(rows) == ["2026-11-20T12:00Z ada: Hello"]


def test_what_fails_twice_is_lost_and_counted_once(any_database, monkeypatch):  # noqa: F811 - the fixture
    def fail(*_: object, **__: object) -> None:
        tries.append(connection.connection)
        raise OperationalError

    tries, lost = [], recording.lost._value.get()
    monkeypatch.setattr(Event, "save", fail)
    trail.exported(None, [], file_format="csv", rows=7, complete=True)
    assert len(tries) == 2
    if any_database == "postgresql":  # what is in memory keeps its one connection
        assert tries[0] is not tries[1], "the second is on a new one"
    assert recording.lost._value.get() == lost + 1


@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
def test_the_place_is_free_before_the_trail_is_told(client, serve, settings, monkeypatch, file_format):
    settings.LONG_ANSWERS = 1
    serve([made(1)])
    free = []

    def exported(*_: object, **__: object) -> None:
        free.append(shared.parts().places.take("user-902") is None)
        shared.parts().places.give_back("user-902")

    monkeypatch.setattr(trail, "exported", exported)
    body(client.get(f"/tickets/export.{file_format}"))
    assert free == [True]
