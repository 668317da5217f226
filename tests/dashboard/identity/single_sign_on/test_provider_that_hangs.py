"""A provider that takes requests and says nothing: few wait for it, the others are told at once, and pages keep their threads."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from types import SimpleNamespace

import pytest
from django.test import Client

from dashboard.identity import provider
from tests.dashboard.identity.conftest import apply
from tests.processes import PATIENCE, wait_until


class Silent:
    """Counts who asks; answers nobody until they are let go."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener, self.asked = listener, list[socket.socket]()
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        threading.Thread(target=self._take, daemon=True).start()

    def _take(self) -> None:
        while True:
            try:
                self.asked.append(self._listener.accept()[0])
            except OSError:  # the test is over
                return

    def let_go(self) -> None:
        for connection in self.asked:
            connection.close()


@pytest.fixture
def silent(settings) -> Iterator[Silent]:
    with socket.create_server(("127.0.0.1", 0), backlog=50) as listener:
        found = Silent(listener)
        apply(settings, OIDC_ISSUER=found.url, OIDC_CLIENT_ID="a", OIDC_GROUPS="ops=viewer")
        settings.OIDC_TIMEOUT = PATIENCE
        provider.forget()
        yield found
        found.let_go()
        listener.shutdown(socket.SHUT_RDWR)


def press() -> int:
    return Client().get("/login/sso/").status_code


@pytest.fixture
def few_wait(silent, monkeypatch) -> Iterator[list[Future[object]]]:
    """As many as may wait for it, and for a while."""
    monkeypatch.setattr(provider, "SOON", 10 * PATIENCE)
    with ThreadPoolExecutor(provider.AT_ONCE) as pool:
        try:
            waiting = [pool.submit(provider.get, silent.url) for _ in range(provider.AT_ONCE)]
            wait_until(lambda: len(silent.asked) == provider.AT_ONCE, "as many wait as may")
            yield waiting
        finally:
            silent.let_go()


def test_who_comes_behind_them_is_told_at_once(db, silent, few_wait, monkeypatch):
    monkeypatch.setattr(provider, "SOON", 0.0)
    assert [press() for _ in range(3)] == 3 * [503]
    assert len(silent.asked) == provider.AT_ONCE
    silent.let_go()
    assert all(one.exception(PATIENCE) for one in few_wait)
    monkeypatch.setattr(provider, "SOON", 10 * PATIENCE)
    monkeypatch.setattr(provider, "_ask", lambda _issuer: provider.Provider("http://localhost/a", "t", "j"))
    assert press() == 302


def test_while_it_may_still_be_well_they_wait_for_their_turn(silent, few_wait):
    with ThreadPoolExecutor(1) as pool:
        behind = pool.submit(provider.get, silent.url)
        wait_until(lambda: len(provider._turns._changed._waiters) == 1, "one waits for a turn")
        silent.asked[0].close()
        wait_until(lambda: len(silent.asked) == provider.AT_ONCE + 1, "it is their turn")
        silent.let_go()
        assert behind.exception(PATIENCE)


BEGINNINGS = {
    "nothing": b"",
    "a status line": b"HTTP/1.1 200 OK\r\n",
    "a header": b"HTTP/1.1 200 OK\r\nX-Long: ",
    "a body": b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n",
}


def drip(listener: socket.socket, beginning: bytes, left: threading.Event) -> None:
    """Answer whoever comes with a byte at a time, and never in full; `left` is set when nobody takes them any more."""
    with suppress(OSError), listener.accept()[0] as connection:  # ends when the test does
        connection.settimeout(PATIENCE)
        connection.recv(65_536)
        connection.sendall(beginning)
        until = time.monotonic() + PATIENCE
        try:
            while time.monotonic() < until:
                connection.sendall(b"x")
                time.sleep(0.02)
        except OSError:
            left.set()


@pytest.mark.parametrize("way", ["straight", "by a proxy"])
@pytest.mark.parametrize("beginning", BEGINNINGS)
def test_a_byte_now_and_then_is_no_answer(db, settings, monkeypatch, beginning, way):
    left = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        issuer = url if way == "straight" else "http://localhost:9"
        if way == "by a proxy":
            monkeypatch.setenv("http_proxy", url)
            monkeypatch.setenv("no_proxy", "")
        apply(settings, OIDC_ISSUER=issuer, OIDC_CLIENT_ID="a", OIDC_GROUPS="ops=viewer")
        settings.OIDC_TIMEOUT = 0.3
        provider.forget()
        dripping = threading.Thread(target=drip, args=(listener, BEGINNINGS[beginning], left))
        dripping.start()
        status = press()
        dripping.join(2 * PATIENCE)
        assert (status, left.is_set()) == (503, True)


def test_what_a_provider_says_of_itself_is_asked_for_once_an_hour(settings, monkeypatch):
    settings.OIDC_ISSUER = "https://id.example.com"
    now, asked = [1000.0], []
    monkeypatch.setattr(provider, "time", SimpleNamespace(monotonic=lambda: now[0]))
    monkeypatch.setattr(provider, "_ask", lambda issuer: asked.append(issuer) or object())
    provider.forget()
    try:
        for at, times in ((1000.0, 1), (1001.0, 1), (4600.0, 1), (4600.1, 2), (8200.0, 2)):
            now[0] = at
            provider.provider()
            assert len(asked) == times
    finally:
        provider.forget()
