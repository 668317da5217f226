"""/readyz while what it asks says nothing: one request waits for that, and the others get what is known."""

import threading
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from django.http import HttpResponse
from django.test import Client

from dashboard.operations import health
from tests.processes import PATIENCE

PARTS = {"database": "ok", "cache": "ok", "migrations": "ok"}


class Silent:
    """A database that answers when it may."""

    def __init__(self) -> None:
        self.asked, self.waited_for, self.may = 0, threading.Event(), threading.Event()

    def __call__(self) -> None:
        self.asked += 1
        self.waited_for.set()
        assert self.may.wait(PATIENCE)


class Turn:
    """A lock that says when somebody waits for it."""

    def __init__(self) -> None:
        self._lock, self.waited_for = threading.Lock(), threading.Event()
        self.patience: float | None = None

    def acquire(self, timeout: float) -> bool:
        self.patience = timeout
        if self._lock.acquire(blocking=False):
            return True
        self.waited_for.set()
        return self._lock.acquire(timeout=timeout)

    def release(self) -> None:
        self._lock.release()


@pytest.fixture
def silent(monkeypatch) -> Silent:
    silent = Silent()
    monkeypatch.setattr(health, "_one_asks", health._OneAsks())
    monkeypatch.setattr(health, "_all_applied", lambda: None)
    monkeypatch.setattr(health, "_ask_database", silent)
    return silent


class Asking:
    """Requests in threads of their own."""

    def __init__(self) -> None:
        self._threads: list[threading.Thread] = []
        self._answers: list[HttpResponse] = []

    def begin(self) -> None:
        self._threads.append(threading.Thread(target=lambda: self._answers.append(Client().get("/readyz"))))
        self._threads[-1].start()

    @property
    def under_way(self) -> bool:
        return any(thread.is_alive() for thread in self._threads)

    def answers(self) -> list[HttpResponse]:
        for thread in self._threads:
            thread.join(PATIENCE)
        return self._answers


@pytest.fixture
def asking(silent) -> Iterator[Asking]:
    asking = Asking()
    yield asking
    silent.may.set()
    asking.answers()


def known(response: HttpResponse) -> dict[str, str]:
    return {name: response.json()[name] for name in PARTS}


def test_the_others_get_what_was_found_before(silent, asking, client, monkeypatch):
    silent.may.set()
    assert known(client.get("/readyz")) == PARTS
    silent.may.clear()
    silent.waited_for.clear()
    monkeypatch.setattr(health, "BRIEF", 0.0)
    asking.begin()
    assert silent.waited_for.wait(PATIENCE)
    second = client.get("/readyz")
    assert (second.status_code, known(second)) == (200, PARTS)
    assert asking.under_way, "the first waits still"


def test_before_anything_is_known_it_is_not_ready(silent, asking, client, monkeypatch):
    monkeypatch.setattr(health, "BRIEF", 0.0)
    asking.begin()
    assert silent.waited_for.wait(PATIENCE)
    response = client.get("/readyz")
    assert (response.status_code, known(response)) == (503, dict.fromkeys(PARTS, "unknown"))
    assert response.json()["ready"] is False


def test_who_comes_meanwhile_gets_what_the_first_finds(silent, asking, monkeypatch):
    monkeypatch.setattr(health, "BRIEF", PATIENCE)
    health._one_asks.turn = turn = Turn()
    asking.begin()
    assert silent.waited_for.wait(PATIENCE)
    asking.begin()
    assert turn.waited_for.wait(PATIENCE)
    silent.may.set()
    assert [known(answer) for answer in asking.answers()] == [PARTS, PARTS]
    assert silent.asked == 1


def test_they_wait_for_a_second_from_its_beginning(silent, asking, client, monkeypatch):
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(health, "time", SimpleNamespace(monotonic=lambda: clock.now))
    health._one_asks.turn = turn = Turn()
    asking.begin()
    assert silent.waited_for.wait(PATIENCE)
    clock.now += 0.75
    assert client.get("/readyz").status_code == 503
    assert turn.patience == health.BRIEF - 0.75
