"""A connection to the file stays from page to page; never to a file that is no longer the one of that name."""

import os
import shutil
import sqlite3
from contextlib import closing
from types import SimpleNamespace

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, close_old_connections, connection, transaction
from django.db.backends.signals import connection_created

from tests.audit.test_looks import addresses
from tests.pages.conftest import made


@pytest.fixture
def file(sqlite_of_its_own):
    """With all tables, and one person."""
    close_old_connections()  # as before a page
    User.objects.create(username="ada")
    close_old_connections()  # as after it
    return sqlite_of_its_own


@pytest.fixture
def opened():
    """How often a file was opened."""
    times: list[int] = []

    def count(**_: object) -> None:
        times.append(1)

    connection_created.connect(count)
    yield times
    connection_created.disconnect(count)


def people() -> list[str]:
    """As a page finds them."""
    close_old_connections()
    found = list(User.objects.order_by("id").values_list("username", flat=True))
    close_old_connections()
    return found


def test_it_stays_from_page_to_page(file, opened):
    assert [people() for _ in range(3)] == [["ada"]] * 3
    assert opened == []


def test_what_another_process_writes_is_seen(file, opened):
    people()
    with closing(sqlite3.connect(file)) as other:
        other.execute("UPDATE auth_user SET username = 'grace'")
        other.commit()
    assert people() == ["grace"]


@pytest.mark.parametrize("how", [os.replace, shutil.copy], ids=["moved there", "written over it"])
def test_a_backup_that_is_put_in_its_place_is_what_the_next_page_shows(file, how):
    backup = file.with_name("backup.sqlite3")
    with closing(sqlite3.connect(file)) as own, closing(sqlite3.connect(backup)) as copy:
        own.backup(copy)
    User.objects.create(username="of later")
    assert people() == ["ada", "of later"]
    how(backup, file)
    assert people() == ["ada"]
    User.objects.create(username="anew")
    assert people() == ["ada", "anew"]
    with closing(sqlite3.connect(file)) as other:
        assert other.execute("SELECT count(*) FROM auth_user").fetchone() == (2,)
        assert other.execute("PRAGMA integrity_check").fetchone() == ("ok",)


def test_nothing_is_written_to_a_file_that_was_moved_away(file):
    people()
    away = file.rename(file.with_name("away.sqlite3"))
    with pytest.raises(OperationalError):
        people()
    away.rename(file)
    assert people() == ["ada"]


def test_after_an_error_the_next_page_has_a_new_one(file, opened):
    with pytest.raises(OperationalError), connection.cursor() as cursor:
        cursor.execute("SELECT nothing FROM nowhere")
    assert people() == ["ada"]
    assert opened == [1]


def test_the_journal_stays(file):
    """To delete it is two more waits for the disk in each commit."""
    User.objects.create(username="grace")
    assert file.with_name(f"{file.name}-journal").exists()


def test_a_page_that_waits_for_nothing_tells_it_only_once_how_long_it_may(file, rf, settings, monkeypatch):
    from dashboard.database import patience

    settings.DATABASE_TIMEOUT = 2
    clock = SimpleNamespace(at=100.0)
    monkeypatch.setattr(patience, "time", SimpleNamespace(monotonic=lambda: clock.at))

    def page(took: float) -> list[str]:
        told = []

        def ask(_request: object) -> list[str]:
            connection.ensure_connection()
            connection.connection.set_trace_callback(told.append)
            for _ in range(4):
                people()
                with patience.charged():
                    clock.at += took
            connection.connection.set_trace_callback(None)
            return [text for text in told if text.startswith("PRAGMA busy_timeout")]

        return patience.DatabasePatience(ask)(rf.get("/"))

    page(0.001)
    assert page(0.001) == []
    assert page(0.5) == [f"PRAGMA busy_timeout = {left}" for left in (1500, 1000, 500)]
    assert page(0.001) == ["PRAGMA busy_timeout = 2000"]


def test_who_waits_for_a_locked_file_waits_as_long_as_the_page_may(file, rf, monkeypatch, settings):
    from dashboard.database import patience

    settings.DATABASE_TIMEOUT = 0.5
    monkeypatch.setitem(connection.settings_dict["OPTIONS"], "timeout", 7)
    connection.close()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")

        def page(_request: object) -> float | None:
            with pytest.raises(OperationalError, match="locked"):
                connection.ensure_connection()
            return patience.left()

        assert patience.DatabasePatience(page)(rf.get("/")) < 0.05


def test_the_end_of_a_transaction_waits_for_who_reads_as_long_as_the_page_may(file, rf, settings):
    from dashboard.database import patience

    settings.DATABASE_TIMEOUT = 0.5
    with closing(sqlite3.connect(file, isolation_level=None)) as other:

        @transaction.atomic
        def write_beside_a_reader() -> None:
            User.objects.create(username="grace")
            other.execute("BEGIN")
            other.execute("SELECT * FROM auth_user").fetchone()

        def page(_request: object) -> float | None:
            with pytest.raises(OperationalError, match="locked"):
                write_beside_a_reader()
            return patience.left()

        assert patience.DatabasePatience(page)(rf.get("/")) < 0.05
    assert people() == ["ada"]


def test_no_page_leaves_a_lock_behind(file, client, serve):
    """A statement that was not read to its end would hold one for as long as the connection stays: nobody could write."""
    serve([made(number) for number in range(3)])
    client.force_login(User.objects.create_superuser("grace"))
    for path in [*addresses(), "/admin/", "/admin/auth/user/"]:
        for one in (path, f"{path}?search_query=R-1"):
            answer = client.get(one)
            b"".join(answer)
            close_old_connections()
            with closing(sqlite3.connect(file, timeout=0, isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                other.execute("ROLLBACK")
