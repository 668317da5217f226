"""A site for programs that put it to the test: gunicorn as it is configured, made-up tickets, and people who are signed in."""

import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from copper_sandbox import Sandbox, Store
from tests import run_folder, server
from tests.processes import children
from tests.server import Server

HOST = "tickets.example.com"
TOKEN = "a" * 32  # what a form and its cookie both say, so that it is taken
NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOCATIONS = [{"id": "loc_a", "display_name": "Reno"}, {"id": "loc_b", "display_name": "Harbor Café"}]
SIGN_IN = """
import time
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
now = int(time.time())
for number in range({people}):
    person = User.objects.create_superuser(f"ada{{number or ''}}")
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(person.pk), person.get_session_auth_hash()
    session["_auth_user_backend"] = "dashboard.identity.backends.Accounts"
    session["began"] = session["seen"] = now
    session.create()
    print("session", session.session_key)
"""


def ready() -> None:
    """Make ready what the tests have at their start, for a program of its own: Django, and the static files."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    import django

    django.setup()
    run_folder.collect_static()


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, the Copper behind it, and the sessions of people who may do everything."""

    server: Server
    sandbox: Sandbox
    sessions: Sequence[str]

    @property
    def session(self) -> str:
        """The session of the first of them."""
        return self.sessions[0]

    def used(self) -> "Used":
        """What the processes that answer take at this moment, all together."""
        workers = children(self.server.process.pid) or [self.server.process.pid]
        return Used(*map(sum, zip(*map(_used_by, workers), strict=True)))


@dataclass(frozen=True, slots=True)
class Used:
    """Memory in kilobytes, threads, and open files and connections."""

    memory: int
    threads: int
    descriptors: int


def _used_by(pid: int) -> tuple[int, int, int]:
    told = (Path("/proc") / str(pid) / "status").read_text()
    lines = dict(line.split(":", 1) for line in told.splitlines() if ":" in line)
    descriptors = sum(1 for _ in (Path("/proc") / str(pid) / "fd").iterdir())
    return int(lines["VmRSS"].split()[0]), int(lines["Threads"]), descriptors


def few_tickets() -> Store:
    """Two hours of one day, a ticket a minute, the same each time."""
    tickets = [
        {
            "id": f"tkt_{number:05}",
            "created": (NOON - timedelta(minutes=number)).isoformat().replace("+00:00", "Z"),
            "reference": ("R-{}", "smith {}")[number % 2].format(number),
            "location": "loc_a",
        }
        for number in range(120)
    ]
    return Store(tickets=tickets, locations=LOCATIONS)


@contextmanager
def running(folder: Path, store: Store | None = None, *, people: int = 1, **more: str) -> Iterator[Site]:
    """Start it, with few tickets unless it is told which; `more` are settings."""
    with _emptied(more.get("DATABASE_URL", "")), Sandbox(store or few_tickets()) as sandbox:
        env = server.environment(folder, COPPER_API_URL=sandbox.url, LOG_LEVEL="ERROR", **more)
        server.migrate(env)
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", SIGN_IN.format(people=people)]
        said = subprocess.run(
            command, cwd=server.PROJECT, env=env, check=True, timeout=120, capture_output=True, text=True
        ).stdout
        sessions = [line.split()[-1] for line in said.splitlines() if line.startswith("session ")]
        with (folder / "server.log").open("w") as log, server.gunicorn(env, stdout=log, stderr=log) as running_server:
            yield Site(running_server, sandbox, sessions)


@contextmanager
def _emptied(database: str) -> Iterator[None]:
    """Leave a PostgreSQL as it was found: others are given the same one."""
    try:
        yield
    finally:
        if database:
            with psycopg.connect(database) as connection:
                connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
