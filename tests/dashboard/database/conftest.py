"""A PostgreSQL of the test's own, which can be killed, frozen and made read-only; and SQLite in a file, locked and full."""

import os
import shutil
import signal
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
from django.contrib.contenttypes.models import ContentType
from django.core.management import call_command
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created
from django.db.utils import load_backend

from dashboard.database.postgresql import base
from tests.pages.conftest import clock, no_answers_kept, pages, serve  # noqa: F401 - fixtures
from tests.processes import PATIENCE, held_port, wait_until

BIN = max(Path("/usr/lib/postgresql").glob("*/bin"), default=None)
AS_POSTGRES = {"user": "postgres", "group": "postgres", "cwd": "/"}
HOW = "needs PostgreSQL's server and root, to start one of its own: apt install postgresql"


class Postgres:
    """One server in a folder: an empty one, or one with what another had when it stopped."""

    def __init__(self, folder: Path, like: "Postgres | None" = None) -> None:
        self.folder, self.port = folder, 0
        self._process: subprocess.Popen[bytes] | None = None
        new = [f"{BIN}/initdb", "-A", "trust", "-U", "postgres", "--no-sync", "--wal-segsize=1", "-D"]
        command = ["cp", "-a", f"{like.folder}/data"] if like else new
        subprocess.run([*command, f"{folder}/data"], check=True, capture_output=True, timeout=120, **AS_POSTGRES)

    def start(self) -> None:
        with held_port() as port:
            self.port = self.port or port
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        command = [f"{BIN}/postgres", "-D", f"{self.folder}/data", *options.split()]
        self._process = subprocess.Popen(command, stderr=subprocess.DEVNULL, **AS_POSTGRES)
        wait_until(self._answers, "PostgreSQL answers")

    def _answers(self) -> bool:
        with suppress(psycopg.OperationalError):
            psycopg.connect(self.url, connect_timeout=5).close()
            return True
        return False

    @property
    def url(self) -> str:
        return f"postgres://postgres@127.0.0.1:{self.port}/postgres"

    def _signal(self, number: signal.Signals) -> None:
        """To the server and each of its processes, which are no group."""
        top = self._process.pid
        children = Path(f"/proc/{top}/task/{top}/children").read_text().split()
        for one in (top, *map(int, children)):
            with suppress(ProcessLookupError):
                os.kill(one, number)

    def kill(self) -> None:
        self._signal(signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> None:
        """With all that it knows in its files."""
        self._process.send_signal(signal.SIGINT)
        self._process.wait(PATIENCE)

    def freeze(self) -> None:
        self._signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self._signal(signal.SIGCONT)

    def run(self, sql: str) -> None:
        with psycopg.connect(self.url, autocommit=True) as own:
            own.execute(sql)

    @property
    def settings(self) -> dict[str, object]:
        """Of a connection to it."""
        return connections.databases["default"] | {
            "ENGINE": "dashboard.database.postgresql",
            "NAME": "postgres",
            "USER": "postgres",
            "PASSWORD": "",
            "HOST": "127.0.0.1",
            "PORT": str(self.port),
            "OPTIONS": {"connect_timeout": 2},
            "TEST": {},
        }


@contextmanager
def running(like: Postgres | None = None) -> Iterator[Postgres]:
    if BIN is None or os.geteuid() != 0:
        pytest.skip(HOW)
    folder = Path(tempfile.mkdtemp(prefix="copper-tickets-postgres-", dir="/var/tmp"))  # which postgres may enter
    shutil.chown(folder, "postgres")
    server = Postgres(folder, like)
    try:
        server.start()
        yield server
    finally:
        with suppress(OSError):
            server.thaw()
            server.kill()
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def as_default(settings: dict[str, object], django_db_blocker, *, new: bool = False) -> Iterator[None]:
    usual = connections["default"]
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    ContentType.objects.clear_cache()  # they have other numbers there
    with django_db_blocker.unblock():
        try:
            if new:
                call_command("migrate", verbosity=0)
                call_command("create_roles", verbosity=0)
            connection.close()
            yield
        finally:
            with suppress(Exception):
                connection.close()
            connections["default"] = usual
            ContentType.objects.clear_cache()


# Tables are made once by each process of a run, and copied for each test.


@pytest.fixture(scope="session")
def postgres_with_tables(django_db_blocker) -> Iterator[Postgres]:
    """It has stopped."""
    with running() as server:
        with as_default(server.settings, django_db_blocker, new=True):
            pass
        server.stop()
        yield server


@pytest.fixture(scope="session")
def sqlite_with_tables(tmp_path_factory, django_db_blocker) -> Path:
    file = tmp_path_factory.mktemp("tables") / "db.sqlite3"
    with as_default(in_a_file(file), django_db_blocker, new=True):
        pass
    return file


@pytest.fixture
def postgres_of_its_own(postgres_with_tables, django_db_blocker, monkeypatch) -> Iterator[Postgres]:
    monkeypatch.setattr(base, "REST", 0.0)  # what is well again is asked at once
    with running(postgres_with_tables) as server, as_default(server.settings, django_db_blocker):
        yield server


@pytest.fixture(scope="module")
def server_of_the_module(postgres_with_tables) -> Iterator[Postgres]:
    with running(postgres_with_tables) as server:
        yield server


@pytest.fixture
def postgres_of_the_module(server_of_the_module, db, django_db_blocker, monkeypatch) -> Iterator[Postgres]:
    """One for all tests of a module: what one of them writes is there for the next."""
    monkeypatch.setattr(base, "REST", 0.0)
    with as_default(server_of_the_module.settings, django_db_blocker):
        yield server_of_the_module


@pytest.fixture
def sqlite_of_its_own(sqlite_with_tables, tmp_path, django_db_blocker) -> Iterator[Path]:
    file = Path(shutil.copy(sqlite_with_tables, tmp_path))
    with as_default(in_a_file(file), django_db_blocker):
        yield file


def in_a_file(file: Path) -> dict[str, object]:
    """Settings of a connection."""
    return connections.databases["default"] | {"NAME": str(file), "TEST": {}}


def _add_events_for_ever(own: sqlite3.Connection) -> None:
    columns = "at, kind, user_id, user_name, address, request_id, subject"
    while True:
        own.execute(f"INSERT INTO audit_event ({columns}, facts) SELECT {columns}, '{{}}' FROM audit_event LIMIT 1")


@contextmanager
def full(file: Path) -> Iterator[None]:
    """SQLite as on a disk without a byte left: a file that may not grow, and whose table of events is filled to its last page."""

    def may_not_grow(connection: BaseDatabaseWrapper, **_: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA max_page_count = 1")  # SQLite makes that as many as there are

    with closing(sqlite3.connect(file, isolation_level=None)) as own:
        own.execute("PRAGMA max_page_count = 1")
        with pytest.raises(sqlite3.OperationalError, match="full"):
            _add_events_for_ever(own)
    connection.close()
    connection_created.connect(may_not_grow)
    try:
        yield
    finally:
        connection_created.disconnect(may_not_grow)
        connection.close()


@contextmanager
def locked(file: Path) -> Iterator[None]:
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    try:
        yield
    finally:
        other.close()
