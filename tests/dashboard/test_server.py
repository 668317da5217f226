"""The server as it runs: raw requests to a real gunicorn (RELIABILITY.md, rows 50, 57, 66), and its graceful stop (row 73)."""

import re
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from copper_sandbox import Sandbox, Store
from tests import server as servers
from tests.fault_server import FaultServer
from tests.processes import PATIENCE, wait_until
from tests.server import Server

HOST = "Host: tickets.example.com"
TLS = "X-Forwarded-Proto: https"


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Iterator[Server]:
    """Behind a proxy with TLS on this machine."""
    env = servers.environment(tmp_path_factory.mktemp("site"))
    servers.migrate(env)
    with servers.gunicorn(env) as server:
        yield server


@pytest.fixture(scope="module")
def stranger(tmp_path_factory) -> Iterator[Server]:
    """The same, where requests do not come from the proxy that is listed."""
    env = servers.environment(tmp_path_factory.mktemp("stranger"), TRUSTED_PROXIES="10.0.0.5")
    servers.migrate(env)
    with servers.gunicorn(env) as server:
        yield server


def test_a_page_over_tls_has_cookies_for_this_host_alone(site):
    answer = site.ask(HOST, TLS)
    assert answer.status == 200
    assert re.fullmatch(
        r"__Host-csrftoken=\w+; expires=.*; HttpOnly; Max-Age=\d+; Path=/; SameSite=Lax; Secure",
        answer.header("Set-Cookie"),
    )
    assert answer.header("Strict-Transport-Security") == "max-age=31536000; includeSubDomains"


def test_a_page_over_http_is_sent_to_tls(site):
    answer = site.ask(HOST)
    assert (answer.status, answer.header("Location")) == (301, "https://tickets.example.com/login/")
    assert answer.header("Set-Cookie") is None


HOSTS = {
    "none": [],
    "empty": ["Host:"],
    "another": ["Host: evil.example"],
    "user and host": ["Host: x@tickets.example.com"],
    "two": [HOST, "Host: evil.example"],
    "the same twice": [HOST, HOST],
    "a list": ["Host: tickets.example.com, evil.example"],
    "with a path": ["Host: tickets.example.com/evil"],
    "this machine's": ["Host: 127.0.0.1"],
}


@pytest.mark.parametrize("lines", HOSTS.values(), ids=HOSTS)
def test_a_host_that_is_not_ours_is_400(site, lines):
    assert site.ask(*lines, TLS).status == 400


def test_an_absolute_address_does_not_change_the_host(site):
    assert site.ask("Host: evil.example", TLS, path="http://tickets.example.com/login/").status == 400


FORGED = ["X-Forwarded-Host: evil.example", "X-Forwarded-Port: 81", "X-Forwarded-Prefix: /evil", "Forwarded: host=evil"]


@pytest.mark.parametrize(
    "header", [*FORGED, "X_Forwarded_Proto: https", "X-Forwarded_Proto: https", "Script-Name: /evil"]
)
def test_forged_headers_have_no_effect(site, header):
    answer = site.ask(HOST, header, path="/tickets/?limit=5")
    assert answer.header("Location") == "https://tickets.example.com/tickets/?limit=5"


@pytest.mark.parametrize(
    "header", [TLS, "X-Forwarded-Protocol: ssl", "X-Forwarded-Ssl: on", "X_Forwarded_Proto: https"]
)
def test_somebody_who_is_no_proxy_cannot_say_that_it_was_https(stranger, header):
    answer = stranger.ask(HOST, header)
    assert answer.status == 301
    assert answer.header("Strict-Transport-Security") is None


@pytest.mark.parametrize("path", ["/login/", "/tickets/", "/healthz", "/readyz", "/static/nowhere.css", "/nowhere"])
@pytest.mark.parametrize("method", ["TRACE", "PUT", "DELETE", "PATCH", "CONNECT", "PROPFIND"])
def test_a_method_that_no_page_has_is_405(site, method, path):
    answer = site.ask(HOST, TLS, method=method, path=path)
    assert answer.status == 405
    assert answer.header("Allow") == "GET, HEAD, POST, OPTIONS"
    assert answer.header("Content-Security-Policy")
    assert answer.header("Cross-Origin-Resource-Policy") == "same-origin"


@pytest.mark.parametrize("path", ["/login/", "/healthz", "/readyz", "/nowhere"])
def test_head_is_get_without_a_body(site, path):
    get, head = (site.ask(HOST, TLS, method=method, path=path) for method in ("GET", "HEAD"))
    assert (head.status, head.body) == (get.status, b"")
    assert head.header("Content-Type") == get.header("Content-Type")


@pytest.mark.parametrize(("path", "status"), [("/login/", 200), ("/healthz", 405), ("/readyz", 405), ("/nowhere", 404)])
def test_options_says_what_there_is_and_nothing_about_other_sites(site, path, status):
    answer = site.ask(HOST, TLS, "Origin: https://evil.example", method="OPTIONS", path=path)
    assert answer.status in {status, 302}
    assert "Access-Control" not in answer.head
    if status in {200, 405}:
        assert "GET" in answer.header("Allow")


SMUGGLED = {
    "length and chunked": b"POST /login/ HTTP/1.1\r\n%s\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /login/ HTTP/1.1\r\n%s\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\naaaaa",
    "a folded header": b"GET /login/ HTTP/1.1\r\n%s\r\nX-A: b\r\n c\r\n\r\n",
    "bare line feeds": b"GET /login/ HTTP/1.1\n%s\n\n",
    "space before the colon": b"GET /login/ HTTP/1.1\r\n%s\r\nX-A : b\r\n\r\n",
    "NUL in a header": b"GET /login/ HTTP/1.1\r\n%s\r\nX-A: b\0c\r\n\r\n",
    "CR in a header": b"GET /login/ HTTP/1.1\r\n%s\r\nX-A: b\rX-B: c\r\n\r\n",
}


@pytest.mark.parametrize("raw", SMUGGLED.values(), ids=SMUGGLED)
def test_what_two_servers_could_read_differently_is_refused(site, raw):
    assert site.send(raw % HOST.encode()).status == 400


@pytest.mark.parametrize(("length", "status"), [(7_900, 302), (8_000, 414), (60_000, 414), (100_000, 414)])
def test_an_address_that_is_far_too_long_is_414(site, length, status):
    answer = site.ask(HOST, TLS, path="/tickets/?search_query=" + "a" * length)
    assert answer.status == status
    if length in {8_000, 60_000}:  # what is longer comes to no page
        assert "This address is too long" in answer.body.decode()
        assert answer.header("Content-Security-Policy")


def test_too_many_parameters_are_400(site):
    assert site.ask(HOST, TLS, path="/tickets/?" + "&".join(["a"] * 1_001)).status in {302, 400}


def test_a_header_that_is_far_too_long_is_refused(site):
    assert site.ask(HOST, TLS, "X-A: " + "a" * 9_000).status in {400, 431}


class Gate:
    """A Copper that answers when it is told to."""

    def __init__(self, body: bytes) -> None:
        self.asked, self.open = threading.Event(), threading.Event()
        self.body = body

    def __call__(self, connection: socket.socket) -> None:
        self.asked.set()
        self.open.wait(PATIENCE)
        head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
        connection.sendall(head % len(self.body) + self.body)


@contextmanager
def held_page(folder: Path) -> Iterator[tuple[Server, socket.socket, Gate]]:
    """A server, and a page of it that waits for Copper."""
    gate = Gate(b'{"object": "list", "data": [], "has_more": false}')
    with FaultServer(gate) as copper:
        env = servers.environment(
            folder,
            COPPER_API_URL=copper.url,
            LOGIN_REQUIRED="false",
            ALLOWED_HOSTS="localhost",
            COPPER_READ_TIMEOUT="120",
            SEARCH_TIME_BUDGET="60",
            WEB_GRACEFUL_SECONDS=str(PATIENCE),
        )
        servers.migrate(env)
        with servers.gunicorn(env) as server, server.connect() as slow:
            slow.sendall(b"GET /tickets/?created%5Bgte%5D=2026-01-01T00:00:00Z HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert gate.asked.wait(PATIENCE), "the page never asked Copper"
            try:
                yield server, slow, gate
            finally:
                gate.open.set()


def test_a_stop_lets_a_page_in_flight_end_and_takes_no_new_one(tmp_path):
    with held_page(tmp_path) as (server, slow, gate):
        server.process.send_signal(signal.SIGTERM)
        wait_until(server.refuses, "new connections are refused")
        gate.open.set()
        answer = servers.Answer(servers.read_all(slow))
        assert answer.status == 200
        assert answer.body.rstrip().endswith(b"</html>")
        assert len(answer.body) == int(answer.header("Content-Length"))
        assert server.process.wait(timeout=PATIENCE) == 0


def test_a_stop_that_waits_for_nothing_does_not_wait_for_a_page(tmp_path):
    """Copper never answers it: it would take as long as PATIENCE."""
    with held_page(tmp_path) as (server, slow, _):
        server.process.send_signal(signal.SIGINT)
        assert servers.read_all(slow) == b""
        assert server.process.wait(timeout=PATIENCE / 2) == 0


def test_made_up_tickets_arrive_whole_over_the_real_server(tmp_path):
    with Sandbox(Store(tickets=[], locations=[])) as sandbox:
        env = servers.environment(
            tmp_path, COPPER_API_URL=sandbox.url, LOGIN_REQUIRED="false", ALLOWED_HOSTS="localhost"
        )
        servers.migrate(env)
        with servers.gunicorn(env) as server:
            assert server.ask("Host: localhost", path="/tickets/").status == 200


def test_a_reload_takes_a_new_key_from_its_file(tmp_path):
    """As new code: nothing that the server's own process has loaded stays in the workers of a reload."""
    (tmp_path / "key").write_text("no_key_of_coppers")
    with Sandbox(Store(tickets=[], locations=[])) as copper:
        there = {"COPPER_API_URL": copper.url, "COPPER_API_KEY_FILE": str(tmp_path / "key")}
        env = servers.environment(tmp_path, LOGIN_REQUIRED="false", ALLOWED_HOSTS="127.0.0.1", **there)
        del env["COPPER_API_KEY"]
        servers.migrate(env)
        with servers.gunicorn(
            env, level="info"
        ) as server:  # each of its lines is cleaned with the settings, which it loads
            assert server.ask("Host: 127.0.0.1", path="/tickets/").status != 200
            (tmp_path / "key").write_text("sk_test_new")
            server.process.send_signal(signal.SIGHUP)
            wait_until(
                lambda: server.ask("Host: 127.0.0.1", path="/tickets/").status == 200,
                "a new worker asks with the new key",
                server.process,
            )
