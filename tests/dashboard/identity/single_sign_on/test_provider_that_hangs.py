"""A provider that takes requests and says nothing: few wait for it, the others are told at once, and pages keep their threads."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

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
