"""All waits of one page for its database together take no longer than DATABASE_TIMEOUT: each gets what those before have left."""

import threading
from contextlib import suppress
from datetime import timedelta
from types import SimpleNamespace

import psycopg
import pytest
from django.contrib.auth.models import Group
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import HttpResponse

from audit import recording
from audit.models import Event, Kind
from dashboard.database import patience
from dashboard.database.postgresql import base
from tests.processes import PATIENCE, wait_until
from tickets_app.audit_pages import files
from tickets_app.copper.resources import Ticket
from tickets_app.notes import store


@pytest.fixture
def clock(monkeypatch) -> SimpleNamespace:
    """The clock of waits alone: it goes on where a test says so."""
    now = SimpleNamespace(at=100.0)
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: now.at))
    monkeypatch.setattr(base, "time", patience.time)
    return now


def on_a_page(rf, do):
    """What it gives when it is done while a page is made."""
    given = []
    patience.DatabasePatience(lambda _: given.append(do()) or HttpResponse())(rf.get("/"))
    return given[0]


def ask(times: int = 1) -> None:
    for _ in range(times):
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")


def busy_timeout() -> int:
    return connection.connection.execute("PRAGMA busy_timeout").fetchone()[0]


class Slow:
    """Each statement takes 0.8 s; notes how long SQLite may wait for a lock in each."""

    def __init__(self, clock: SimpleNamespace) -> None:
        self.clock, self.waits = clock, []

    def __call__(self, execute, *statement):
        given = execute(*statement)
        self.waits.append(busy_timeout())
        self.clock.at += 0.8
        return given

    def asked_without_end(self) -> int:
        """How many statements were begun before the time was up."""
        self.waits.clear()
        with connection.execute_wrapper(self), pytest.raises(OperationalError, match="in time"):
            ask(50)
        return len(self.waits)


on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="what is not a file has other bounds")


@on_sqlite
@pytest.mark.parametrize(("seconds", "begun"), [(2, 3), (5, 7)])
def test_no_statement_is_begun_once_the_time_is_up(db, rf, settings, clock, seconds, begun):
    settings.DATABASE_TIMEOUT = seconds
    slow = Slow(clock)
    assert [on_a_page(rf, slow.asked_without_end) for _ in range(2)] == [begun, begun], "each page has all of it"
    assert patience.left() is None
    ask()


@on_sqlite
def test_sqlite_waits_for_a_lock_as_long_as_is_left_and_after_the_page_as_usual(db, rf, settings, clock, monkeypatch):
    settings.DATABASE_TIMEOUT = 2
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 7)
    slow = Slow(clock)
    on_a_page(rf, slow.asked_without_end)
    assert slow.waits == pytest.approx([2000, 1200, 400], abs=10)
    ask()
    assert busy_timeout() == 7000


@on_sqlite
def test_an_event_waits_less_and_no_longer_than_the_page(db, rf, settings, clock, monkeypatch):
    settings.DATABASE_TIMEOUT, settings.AUDIT_REQUIRED = 2, True
    monkeypatch.setattr(recording, "time", SimpleNamespace(monotonic=lambda: 100.0))
    waits = []

    def record() -> None:
        for spent in (0.0, 1.9):
            with patience.charged():
                clock.at += spent
            with connection.execute_wrapper(note):
                recording.record(None, Kind.TICKET_VIEWED)

    def note(execute, sql, *rest):
        given = execute(sql, *rest)
        if sql.startswith("INSERT"):
            waits.append(busy_timeout())
        return given

    on_a_page(rf, record)
    assert waits == pytest.approx([200, 100], abs=10)


class Frozen:
    """A connection of psycopg's that answers the first question after 1.5 s and then none."""

    def __init__(self, clock: SimpleNamespace) -> None:
        self.clock, self.handed, self.ended = clock, [], []
        self.pgconn = SimpleNamespace(finish=lambda: self.ended.append(len(self.handed)))
        self.cancel_safe = lambda timeout: self.ended.append("told")

    def wait(self, work, *, interval, timeout):
        assert interval <= timeout
        self.handed.append(timeout)
        if len(self.handed) == 1:
            self.clock.at += 1.5
            return work
        self.clock.at += timeout
        raise psycopg.errors._WaitTimeout


@pytest.mark.parametrize("seconds", [2, 3.5])
def test_what_waits_for_postgresql_is_given_what_is_left(rf, settings, clock, seconds):
    settings.DATABASE_TIMEOUT = seconds
    frozen = Frozen(clock)

    def page() -> bool:
        assert base._wait(frozen, "answer") == "answer"
        assert not patience.is_over()
        with pytest.raises(psycopg.OperationalError, match="in time"):
            base._wait(frozen, "answer")
        return patience.is_over()

    assert on_a_page(rf, page)
    assert frozen.handed == pytest.approx([seconds, seconds - 1.5])
    assert frozen.ended == ["told", 2], "what is under way is given up"
    assert clock.at == pytest.approx(100.0 + seconds)


@pytest.fixture
def handed(monkeypatch) -> list[tuple[float, float]]:
    """For each wait of psycopg's the seconds that it was given, and those that were left."""
    waits, wait = [], psycopg.Connection.wait

    def noted(own, work, interval=0.1, timeout=None):
        if patience.left() is not None:
            waits.append((timeout, patience.left()))
        return wait(own, work, interval=interval, timeout=timeout)

    monkeypatch.setattr(psycopg.Connection, "wait", noted)
    return waits


def read_again(server) -> None:
    server.freeze()
    ask()


def commit(server) -> None:
    """The transaction's end is no statement of Django's."""
    with transaction.atomic():
        Group.objects.create(name="of nobody")
        server.freeze()


@pytest.mark.parametrize("do", [read_again, commit])
def test_a_frozen_postgresql_is_waited_for_once(postgres_of_the_module, rf, settings, handed, do):
    settings.DATABASE_TIMEOUT = 0.5
    ask()  # it is connected

    def page() -> bool:
        with pytest.raises(OperationalError, match="did not answer"):
            do(postgres_of_the_module)
        waits = len(handed)
        connection.close()
        for _ in range(3):
            with suppress(InterfaceError), pytest.raises(OperationalError):
                ask()
        assert len(handed) == waits, "nothing else is begun"
        return patience.is_over()

    try:
        assert on_a_page(rf, page)
    finally:
        postgres_of_the_module.thaw()
    assert all(left <= given <= 0.5 for given, left in handed)


def test_what_waits_for_a_lock_keeps_no_connection_once_nobody_waits_for_it(postgres_of_the_module, rf, settings):
    """Else who opens a page whose table is locked takes one of few for as long as that lasts, and soon no page comes at all."""
    settings.DATABASE_TIMEOUT = 0.5
    connections = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"

    def page() -> None:
        with pytest.raises(OperationalError, match="did not answer"):
            Group.objects.count()
        connection.close()

    with psycopg.connect(postgres_of_the_module.url) as other:
        other.execute("LOCK TABLE auth_group IN ACCESS EXCLUSIVE MODE")
        for _ in range(3):
            on_a_page(rf, page)
        wait_until(lambda: other.execute(connections).fetchone() == (0,), "none waits for the lock")
    on_a_page(rf, Group.objects.count)


def test_a_frozen_postgresql_keeps_nothing_for_good_where_no_page_is_made(postgres_of_the_module, monkeypatch):
    """As at the end of a file: there a wait without an end would take a thread and a place."""
    monkeypatch.setattr(recording, "GIVEN_OUT_PATIENCE", 0.5)
    monkeypatch.setattr(store, "WAIT", 0.5)
    monkeypatch.setattr(files, "WAIT", 0.5)
    rows = [Ticket("tkt_1", {})]

    def audit_file() -> list[str]:
        sent = []
        with pytest.raises(OperationalError, match="did not answer"):
            sent.extend(files.lines(Event.objects.order_by("-id"), "ndjson", lambda *_: None))
        return sent

    for do, given in (
        (lambda: recording.record_given_out(None, Kind.EXPORTED), False),
        (lambda: store.cells(rows), [store.UNREAD]),
        (audit_file, [files.ndjson_end("INCOMPLETE after 0 rows")]),
    ):
        ask()  # it is connected
        postgres_of_the_module.freeze()
        try:
            assert do() == given
        finally:
            postgres_of_the_module.thaw()
            connection.close()


@pytest.mark.parametrize(("needed", "milliseconds"), [(False, 200), (True, 1500)])
def test_postgresql_itself_knows_how_long_an_event_may_wait_for_a_lock(
    postgres_of_its_own, settings, needed, milliseconds
):
    """What its trigger notes is what the server keeps to; the next statement has its usual patience again."""
    settings.AUDIT_REQUIRED = True
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        usual = cursor.fetchone()
        cursor.execute("CREATE TABLE noted AS SELECT current_setting('lock_timeout')::interval AS patience WHERE false")
        cursor.execute(
            "CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN"
            " INSERT INTO noted VALUES (current_setting('lock_timeout')::interval); RETURN NEW; END $$"
        )
        cursor.execute("CREATE TRIGGER note BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION note()")
        assert recording.record(None, Kind.TICKET_VIEWED, needed=needed)
        cursor.execute("SELECT patience FROM noted")
        assert cursor.fetchall() == [(timedelta(milliseconds=milliseconds),)]
        cursor.execute("SHOW lock_timeout")
        assert cursor.fetchone() == usual


def test_what_was_given_out_does_not_wait_for_a_frozen_server_for_good(postgres_of_its_own, monkeypatch):
    """At the end of a file no page's patience is left to end it: without its own a thread, and a stop, would wait on."""
    monkeypatch.setattr(recording, "GIVEN_OUT_PATIENCE", 0.5)
    assert recording.record_given_out(None, Kind.EXPORTED, rows=1)
    postgres_of_its_own.freeze()
    waited_for = threading.Timer(PATIENCE, postgres_of_its_own.thaw)  # who waits on is answered then
    waited_for.start()
    try:
        assert not recording.record_given_out(None, Kind.EXPORTED, rows=7)
    finally:
        waited_for.cancel()
