"""Many who look at once, over one SQLite file: those of one process queue for it, and nobody's page is refused for the others."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, connections, transaction
from django.db.utils import load_backend

from audit import recording
from audit.models import Event, Kind

THREADS, EACH = 24, 40
AS_LONG_AS_IT_TAKES = 120.0  # seconds


@pytest.fixture
def file_database(tmp_path, django_db_blocker, settings, monkeypatch) -> Iterator[Callable[[], Any]]:
    """Makes the default connection of a thread one to a SQLite file, in which all that is recorded is needed."""
    database = connections.databases["default"] | {
        "ENGINE": "dashboard.database.sqlite",
        "NAME": str(tmp_path / "db.sqlite3"),
        "OPTIONS": {
            "timeout": AS_LONG_AS_IT_TAKES,
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA synchronous = OFF",  # a thousand syncs of a busy disk would show nothing more
        },
        "TEST": {},
    }

    @contextmanager
    def connected() -> Iterator[None]:
        usual = connections["default"]
        connections["default"] = load_backend(database["ENGINE"]).DatabaseWrapper(database, "default")
        try:
            yield
        finally:
            connection.close()
            connections["default"] = usual

    settings.AUDIT_REQUIRED = True
    with django_db_blocker.unblock(), connected():
        call_command("migrate", verbosity=0)
        yield connected


def at_once(threads: int, work: Callable[[], object]) -> Counter[object]:
    """What each of so many threads, which all begin together, gave or raised."""
    gave, begin = Counter[object](), threading.Barrier(threads)

    def one() -> None:
        begin.wait()
        try:
            gave[work()] += 1
        except Exception as error:
            gave[type(error)] += 1

    working = [threading.Thread(target=one) for _ in range(threads)]
    for thread in working:
        thread.start()
    for thread in working:
        thread.join()
    return gave


def test_none_is_refused(file_database, monkeypatch):
    """Whoever finds the file taken is refused at once here: so nobody may find it taken, however slow the machine is."""
    waiting_at_most = recording._waiting_at_most
    monkeypatch.setattr(recording, "_waiting_at_most", lambda _: waiting_at_most(0))
    monkeypatch.setattr(recording, "NEEDED_PATIENCE", AS_LONG_AS_IT_TAKES)

    def look() -> bool:
        with file_database():
            return all(recording.record(None, Kind.TICKET_VIEWED, needed=True) for _ in range(EACH))

    assert at_once(THREADS, look) == {True: THREADS}
    assert Event.objects.count() == THREADS * EACH


def test_who_holds_the_file_already_waits_for_nobody_who_waits_for_it(file_database, monkeypatch):
    """Within a transaction, such as that of a log-in: else each of the two waits for the other."""
    monkeypatch.setattr(recording, "NEEDED_PATIENCE", AS_LONG_AS_IT_TAKES)
    queue, waiting = recording._waiting_at_most, threading.Event()

    def look() -> bool:
        with file_database():
            return recording.record(None, Kind.TICKET_VIEWED, needed=True)

    def tell(seconds: float) -> AbstractContextManager[None]:
        waiting.set()
        return queue(seconds)

    gave = Counter[object]()
    other = threading.Thread(target=lambda: gave.update([look()]))
    with transaction.atomic():
        Event(at="2026-11-20T12:00:00Z", kind=Kind.SEARCHED).save()
        monkeypatch.setattr(recording, "_waiting_at_most", tell)
        other.start()
        assert waiting.wait(AS_LONG_AS_IT_TAKES)  # it is at the head of the queue, and waits for the file
        monkeypatch.setattr(recording, "_waiting_at_most", queue)
        monkeypatch.setattr(recording, "NEEDED_PATIENCE", 0.01)
        assert recording.record(None, Kind.LOGGED_IN, needed=True)
    other.join()
    assert gave == {True: 1}
    assert Event.objects.count() == 3


def test_a_queue_that_does_not_move_ends_with_the_patience(file_database, monkeypatch):
    monkeypatch.setattr(recording, "NEEDED_PATIENCE", 0.01)
    with recording._line_up, pytest.raises(recording.NotRecordedError):
        recording.record(None, Kind.TICKET_VIEWED, needed=True)
    assert recording.record(None, Kind.TICKET_VIEWED, needed=True)
