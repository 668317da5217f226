"""What odd requests are sent to: a gunicorn with a database of its own, made-up tickets, and somebody who is signed in."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg

from copper_sandbox import Sandbox, Store
from tests import server
from tests.processes import children
from tests.server import Server

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
LOCATIONS = [{"id": "loc_a", "display_name": "Reno"}, {"id": "loc_b", "display_name": "Harbor Café"}]
SIGN_IN = """
import time
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
ada, now = User.objects.create_superuser("ada"), int(time.time())
session = SessionStore()
session["_auth_user_id"], session["_auth_user_hash"] = str(ada.pk), ada.get_session_auth_hash()
session["_auth_user_backend"] = "django.contrib.auth.backends.ModelBackend"
session["began"] = session["seen"] = now
session.create()
print(session.session_key)
"""


@dataclass(frozen=True, slots=True)
class Site:
    """A running site, the Copper behind it, and the session of a person who may do everything."""

    server: Server
    sandbox: Sandbox
    session: str


@contextmanager
def running(folder: Path, **more: str) -> Iterator[Site]:
    """Start it; `more` are settings."""
    tickets = [
        {
            "id": f"tkt_{number:05}",
            "created": (NOON - timedelta(minutes=number)).isoformat().replace("+00:00", "Z"),
            "reference": ("R-{}", "smith {}")[number % 2].format(number),
            "location": "loc_a",
        }
        for number in range(120)
    ]
    with _emptied(more.get("DATABASE_URL", "")), Sandbox(Store(tickets=tickets, locations=LOCATIONS)) as sandbox:
        env = server.environment(folder, COPPER_API_URL=sandbox.url, LOG_LEVEL="ERROR", **more)
        server.migrate(env)
        command = [sys.executable, "manage.py", "shell", "--no-imports", "--command", SIGN_IN]
        said = subprocess.run(
            command, cwd=server.PROJECT, env=env, check=True, timeout=120, capture_output=True, text=True
        )
        with (folder / "server.log").open("w") as log, server.gunicorn(env, stdout=log, stderr=log) as running_server:
            yield Site(running_server, sandbox, said.stdout.split()[-1])


@contextmanager
def _emptied(database: str) -> Iterator[None]:
    """Leave a PostgreSQL as it was found: others are given the same one."""
    try:
        yield
    finally:
        if database:
            with psycopg.connect(database) as connection:
                connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


def memory(site: Site) -> tuple[int, int]:
    """Kilobytes and threads of the process that answers."""
    [worker] = children(site.server.process.pid)[:1] or [site.server.process.pid]
    told = Path(f"/proc/{worker}/status")
    if not os.access(told, os.R_OK):
        return 0, 0
    lines = dict(line.split(":", 1) for line in told.read_text().splitlines() if ":" in line)
    return int(lines["VmRSS"].split()[0]), int(lines["Threads"])
