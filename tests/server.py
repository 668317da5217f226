"""A real gunicorn in a process of its own, and requests to it byte by byte."""

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).parents[1]
TRIES, PAUSE = 400, 0.05  # of waiting until a port is listened on; seconds between them


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port: int = server.getsockname()[1]
    return port


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

    process: subprocess.Popen[str]
    port: int

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=30)

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
    """The settings of a site for people on other machines, with a database in this folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return kept | {
        "ALLOWED_HOSTS": "tickets.example.com",
        "COPPER_API_KEY": "sk_test_X",
        "COPPER_API_URL": "http://127.0.0.1:9/v1",
        "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
        "ENV_FILE": os.devnull,
        "PYTHONDONTWRITEBYTECODE": "1",
        "SECRET_KEY": "long-and-random-" * 4,
        "WEB_WORKERS": "1",
        **more,
    }


def migrate(env: dict[str, str]) -> None:
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=PROJECT, env=env, check=True, timeout=120)


@contextmanager
def gunicorn(env: dict[str, str]) -> Iterator[Server]:
    """A server that listens; it is stopped at the end, gently first."""
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--log-level", "warning"]
    with subprocess.Popen(command, cwd=PROJECT, env=env | {"PORT": str(port)}, text=True) as process:
        server = Server(process, port)
        try:
            wait_until_served(server)
            yield server
        finally:
            process.send_signal(signal.SIGINT)
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()


def wait_until_served(server: Server) -> None:
    pause = threading.Event()
    for _ in range(TRIES):
        assert server.process.poll() is None, "the server stopped"
        try:
            if server.ask("Host: x", path="/healthz").status == 200:
                return
        except OSError:
            pause.wait(PAUSE)
    raise AssertionError("the server never answered")
