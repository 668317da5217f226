"""Two machines: two gunicorns on two ports, one PostgreSQL, one Redis, nginx in front, and a sandbox that counts."""

import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from pathlib import Path
from types import SimpleNamespace
from urllib.parse import urlencode

import psycopg
import pytest

from copper_sandbox import Sandbox, Store
from tests import processes, redis_server, server
from tests.audit.conftest import postgres_url  # noqa: F401 - a fixture
from tests.deploy import test_nginx as nginx
from tests.pages.reading import Seen
from tests.server import Answer, Server, read_all

PASSWORD = "correct horse battery"
TICKETS, LIMIT, LATENCY = 1200, 4, 0.1  # the last in seconds


@dataclass
class Person:
    """Somebody with a browser: an address of their own, and cookies."""

    site: "Site"
    number: int = 1
    cookies: dict[str, str] = field(default_factory=dict)

    def ask(self, path: str, form: dict[str, str] | None = None, at: Server | None = None) -> Answer:
        """Send a request through nginx, or straight to one machine as nginx would."""
        body = urlencode(form or {}).encode()
        lines = [
            f"{'POST' if form else 'GET'} {path} HTTP/1.1",
            f"Host: {nginx.NAME}",
            "Connection: close",
            "Cookie: " + "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            f"Referer: https://{nginx.NAME}/",
            *([f"Content-Length: {len(body)}", "Content-Type: application/x-www-form-urlencoded"] if form else []),
            *(["X-Forwarded-Proto: https"] if at else []),
        ]
        with at.connect() if at else self._through_nginx() as connection:
            connection.sendall("\r\n".join([*lines, "", ""]).encode() + body)
            answer = Answer(read_all(connection))
        for line in answer.head.splitlines():
            if line.lower().startswith("set-cookie:"):
                self.cookies |= {name: one.value for name, one in SimpleCookie(line.split(":", 1)[1]).items()}
        return answer

    def _through_nginx(self) -> ssl.SSLSocket:
        context = ssl.create_default_context()
        self.site.proxy.authority.configure_trust(context)
        # An address of 127.0.0.0/8 each: nginx allows one address 40 connections.
        plain = socket.create_connection(
            ("127.0.0.1", self.site.proxy.https),
            timeout=processes.PATIENCE,
            source_address=(f"127.0.1.{self.number}", 0),
        )
        return context.wrap_socket(plain, server_hostname=nginx.NAME, suppress_ragged_eofs=True)

    def open(self, path: str, at: Server | None = None) -> Seen:
        answer = self.ask(path, at=at)
        return Seen(SimpleNamespace(content=answer.body, status_code=answer.status))

    def log_in(self, at: Server | None = None) -> Answer:
        self.ask("/login/", at=at)
        token = self.cookies["__Host-csrftoken"]
        return self.ask(
            "/login/", {"username": "sam", "password": PASSWORD, "csrfmiddlewaretoken": token, "next": "/tickets/"}, at
        )


@dataclass
class Site:
    """What runs."""

    sandbox: Sandbox
    machines: list[Server]
    proxy: nginx.Proxy

    def person(self, number: int = 1) -> Person:
        return Person(self, number)

    def people_waiting(self) -> float:
        """How many pages both machines are answering at this moment."""
        figures = "".join(one.ask("Host: 127.0.0.1", path="/metrics").body.decode() for one in self.machines)
        return sum(map(float, re.findall(r"^copper_tickets_requests_in_progress (\S+)$", figures, re.MULTILINE)))


def kill(machine: Server) -> None:
    """As a machine ends whose power fails: the server and its workers at once, whatever they do."""
    pid = machine.process.pid
    processes.kill(pid, *processes.children(pid))
    machine.process.wait(processes.PATIENCE)


CREATE_PEOPLE = f"""
from django.contrib.auth.models import Group, User
sam = User.objects.create_user("sam", password="{PASSWORD}")
sam.groups.add(Group.objects.get(name="viewer"))
"""


@pytest.fixture(scope="session")
def database(postgres_url, tmp_path_factory) -> Iterator[str]:  # noqa: F811 - the fixture imported above
    """A database with tables and somebody who may look."""
    env = server.environment(tmp_path_factory.mktemp("database"), DATABASE_URL=postgres_url)
    server.migrate(env)
    for command in (["create_roles"], ["shell", "--command", CREATE_PEOPLE]):
        subprocess.run([sys.executable, "manage.py", *command], cwd=server.PROJECT, env=env, check=True, timeout=60)
    yield postgres_url
    with psycopg.connect(postgres_url) as connection:
        connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")


@contextmanager
def running(database: str, folder: Path, **more: str) -> Iterator[Site]:
    """Start it all; skip where a part is missing."""
    if not redis_server.answers():
        pytest.skip(redis_server.HOW)
    if nginx.NGINX is None:
        pytest.skip("needs nginx: `apt install nginx-light`")
    with ExitStack() as stack:
        sandbox = stack.enter_context(Sandbox(Store.generate(tickets=TICKETS, days=30, seed=7), latency=LATENCY))
        env = server.environment(
            folder,
            CACHE_URL=redis_server.URL,
            COPPER_API_URL=sandbox.url,
            COPPER_MAX_CONCURRENCY=str(LIMIT),
            COPPER_READ_TIMEOUT="60",  # some tests hold the answers
            SEARCH_TIME_BUDGET="60",  # what is given up by us is still under way there, beyond the limit
            DATABASE_URL=database,
            WEB_THREADS="40",
            **more,
        )
        machines = [stack.enter_context(server.gunicorn(env)) for _ in range(2)]
        proxy = stack.enter_context(nginx.running(folder, *(machine.port for machine in machines)))
        yield Site(sandbox, machines, proxy)


@pytest.fixture(scope="module")
def site(database, tmp_path_factory) -> Iterator[Site]:
    """For tests that leave it whole: no machine is ever taken for dead."""
    with running(database, tmp_path_factory.mktemp("site"), TEST_PATIENT="yes") as found:
        yield found


@pytest.fixture
def frail_site(database, tmp_path) -> Iterator[Site]:
    """For tests that break it."""
    with running(database, tmp_path) as found:
        yield found
