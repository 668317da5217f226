"""A real gunicorn in a process of its own, and requests to it byte by byte."""

import os
import signal
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests import run_folder
from tests.patience import PATIENCE
from tests.processes import Process, held_port, started, wait_until
from tests.run_folder import PROJECT


@dataclass
class Answer:
    """What came back, as it came."""

    raw: bytes

    @property
    def status(self) -> int:
        return int(self.raw.split(b" ", 2)[1])

    @property
    def head(self) -> str:
        return self.raw.split(b"\r\n\r\n", 1)[0].decode("latin-1")

    @property
    def body(self) -> bytes:
        return self.raw.split(b"\r\n\r\n", 1)[1]

    def header(self, name: str) -> str | None:
        found = [
            line.split(":", 1)[1].strip()
            for line in self.head.splitlines()[1:]
            if line.lower().startswith(f"{name.lower()}:")
        ]
        assert len(found) <= 1, f"{name} more than once"
        return found[0] if found else None


@dataclass
class Server:
    """A running server: its process and its port."""

    process: Process
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def answers(self) -> bool:
        return self.ask("Host: x", path="/healthz").status == 200

    def refuses(self) -> bool:
        """Whether nobody listens there any more."""
        try:
            self.connect().close()
        except ConnectionRefusedError:
            return True
        return False

    def ask(self, *lines: str, method: str = "GET", path: str = "/login/") -> Answer:
        """Send a request of exactly these header lines; read until the server closes."""
        head = "\r\n".join([f"{method} {path} HTTP/1.1", *lines, "Connection: close", "", ""])
        return self.send(head.encode("latin-1"))

    def send(self, raw: bytes) -> Answer:
        with self.connect() as connection:
            connection.sendall(raw)
            return Answer(read_all(connection))


def read_all(connection: socket.socket) -> bytes:
    return b"".join(iter(lambda: connection.recv(65_536), b""))


def environment(folder: Path, **more: str) -> dict[str, str]:
    """The settings of a site for people on other machines, with a database in this folder. Its static files are there."""
    run_folder.collect_static()
    return run_folder.of_the_machine() | {
        "ALLOWED_HOSTS": "tickets.example.com",
        "COPPER_API_KEY": "sk_test_X",
        "COPPER_API_URL": "http://127.0.0.1:9/v1",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_start",
        "ENV_FILE": os.devnull,
        "SECRET_KEY": "long-and-random-" * 4,
        "WEB_WORKERS": "1",
        run_folder.VARIABLE: str(run_folder.folder()),
        **more,
    }


def migrate(env: dict[str, str]) -> None:
    """Make the tables; those of SQLite are copied."""
    kind, _, path = env["DATABASE_URL"].partition(":///")
    if kind == "sqlite":
        run_folder.copy_database(Path(path))
    else:
        run_folder.migrate(env["DATABASE_URL"])


@contextmanager
def gunicorn(env: dict[str, str], level: str = "warning", **more: Any) -> Iterator[Server]:
    """A server that listens; at the end it is stopped, without waiting for idle connections."""
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--log-level", level]
    with (
        held_port() as port,
        started(command, signal.SIGINT, cwd=PROJECT, env=env | {"PORT": str(port)}, **more) as process,
    ):
        server = Server(process, port)
        wait_until(server.answers, "the server answers", process)
        yield server
