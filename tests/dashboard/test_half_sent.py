"""Connections that send half a request, or none, to the server as it runs: they hold nobody up, and are ended."""

import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests import server as servers
from tests.fault_server import FaultServer
from tests.processes import PATIENCE, wait_until
from tests.server import Answer, Server

LINE = b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n"
FORM = b"POST /preferences/ HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nabc"
MANY = 30
PAGE = b'{"object": "list", "data": [], "has_more": false}'


class Gate:
    """A Copper that answers when it is told to."""

    def __init__(self) -> None:
        self.asked, self.open = 0, threading.Event()

    def __call__(self, connection: socket.socket) -> None:
        self.asked += 1
        self.open.wait(PATIENCE)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % len(PAGE) + PAGE)


@pytest.fixture(scope="module")
def gate() -> Gate:
    return Gate()


@pytest.fixture(scope="module")
def site(tmp_path_factory, gate) -> Iterator[Server]:
    """With one thread for pages, and two for a long answer."""
    with FaultServer(gate) as copper:
        env = servers.environment(
            tmp_path_factory.mktemp("site"),
            COPPER_API_URL=copper.url,
            LOGIN_REQUIRED="false",
            ALLOWED_HOSTS="localhost",
            COPPER_READ_TIMEOUT="120",
            SEARCH_TIME_BUDGET="60",
            LONG_ANSWERS="1",
            WEB_THREADS="1",
        )
        servers.migrate(env)
        with servers.gunicorn(env) as server:
            yield server
            gate.open.set()


def sent(stack: ExitStack, site: Server, raw: bytes) -> socket.socket:
    connection = stack.enter_context(site.connect())
    connection.sendall(raw)
    return connection


@pytest.mark.parametrize(
    "raw", [LINE, FORM, b"", b"GET"], ids=["half a head", "half a form", "nothing", "three letters"]
)
def test_they_hold_nobody_up_and_are_ended(site, raw):
    with ExitStack() as stack:
        crowd = [sent(stack, site, raw) for _ in range(MANY)]
        assert site.ask("Host: localhost", path="/preferences/").status == 200
        ended = [servers.read_all(connection) for connection in crowd]  # where nobody ends them this fails
    assert [Answer(said).status if said else None for said in ended] == [408 if raw else None] * MANY


def test_the_second_request_of_a_connection_is_no_different(site):
    with site.connect() as connection:
        connection.sendall(LINE + b"\r\n" + LINE)
        said = servers.read_all(connection)
    assert said.count(b"HTTP/1.1 200") == 1
    assert b"HTTP/1.1 408" in said


def test_a_request_that_comes_byte_by_byte_is_answered(site):
    with site.connect() as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for byte in LINE + b"Connection: close\r\n\r\n":
            connection.sendall(bytes([byte]))
        assert Answer(servers.read_all(connection)).status == 200


def test_several_at_once_are_answered_one_after_the_other(site):
    answer = site.send(3 * (LINE + b"\r\n") + LINE + b"Connection: close\r\n\r\n")
    assert answer.raw.count(b"HTTP/1.1 200") == 4


def test_who_asks_whether_to_send_is_told_to(site):
    form = FORM.replace(b"100\r\n", b"3\r\nExpect: 100-continue\r\nConnection: close\r\n").removesuffix(b"abc")
    with site.connect() as connection:
        connection.sendall(form)
        assert connection.recv(4096).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")
        connection.sendall(b"abc")
        assert b"HTTP/1.1 403" in servers.read_all(connection)  # it has no token


TOO_LONG = {
    "a form": (FORM.replace(b"100\r\n", b"99999999999\r\n"), 413),
    "a form whose length is no number any more": (FORM.replace(b"100\r\n", b"9" * 19 + b"\r\n"), 413),
    "a head": (b"GET /login/ HTTP/1.1\r\nX: " + b"a" * 70_000, 431),
}


@pytest.mark.parametrize(("raw", "status"), TOO_LONG.values(), ids=TOO_LONG)
def test_what_no_request_is_as_long_as_is_refused_before_it_is_sent(site, raw, status):
    """By the loop: a thread would wait for the rest, and be kept for good by who sends a byte now and then."""
    with site.connect() as connection:
        connection.sendall(raw)
        assert Answer(servers.read_all(connection)).status == status


def test_machines_are_answered_while_every_thread_for_pages_is_held(site, gate):
    with ExitStack() as stack:
        pages = [
            sent(stack, site, b"GET /tickets/tkt_%d/ HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n" % number)
            for number in range(MANY)
        ]
        wait_until(lambda: gate.asked >= 3, "all threads wait for Copper")
        for path in ("/healthz", "/readyz", "/metrics"):
            assert site.ask("Host: localhost", path=path).status == 200
        gate.open.set()
        assert all(servers.read_all(page) for page in pages)


@pytest.mark.parametrize("raw", [FORM, LINE, b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\na"])
def test_half_a_request_that_ends_is_not_taken_for_whole(site, raw):
    """As when a browser is closed while it sends: a note would be kept without its end."""
    with ExitStack() as stack:
        connection = sent(stack, site, raw)
        connection.shutdown(socket.SHUT_WR)
        assert Answer(servers.read_all(connection)).status == 400
