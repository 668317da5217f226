"""Places while Redis is slow or away: who looks is told what was found last, and holds no thread for the others’ sake."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import redis

from tests import redis_server
from tests.tickets_app.gateway.test_places import Clock
from tickets_app.gateway.across_processes import board as boards
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.cache import Guard
from tickets_app.gateway.places import PRESENT, Places, Waiting


class Slow(Board):
    """A board that answers when it may."""

    def __init__(self) -> None:
        super().__init__(Guard())
        self.asked, self.may = threading.Semaphore(0), threading.Event()
        self.may.set()

    def change(self, change: Callable[[dict[str, Any], float], Any]) -> Any:
        self.asked.release()
        assert self.may.wait(60)
        return super().change(change)


class Line:
    """Somebody has the one place, and three wait."""

    def __init__(self) -> None:
        self.board = Slow()
        self.places = Places(self.board, here=1, in_all=0)
        assert self.places.take("a") is None
        for number, person in enumerate("bcd"):
            assert self.places.take(person) == Waiting(number, number, False)

    @contextmanager
    def asking(self, person: str) -> Iterator[None]:
        """Somebody looks, and Redis does not answer yet."""
        while self.board.asked.acquire(blocking=False):
            pass  # what was asked before
        self.board.may.clear()
        asks = threading.Thread(target=self.places.look, args=(person,))
        asks.start()
        try:
            assert self.board.asked.acquire(timeout=60)
            yield
            assert asks.is_alive(), "Redis has still not answered"
        finally:
            self.board.may.set()
            asks.join(60)


@pytest.fixture
def clock(monkeypatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(boards, "time", clock)
    return clock


@pytest.fixture
def line(clock) -> Line:
    return Line()


def test_who_looks_meanwhile_is_told_what_was_found_last(line):
    """Each held a thread for as long as all before them asked one after the other: no page came for many seconds."""
    with line.asking("b"):
        assert line.places.look("c") == Waiting(1, 1, False)
        assert line.places.look("d") == Waiting(2, 2, False)


def test_whoever_asks_next_asks_for_them_too(line, clock):
    with line.asking("b"):
        line.places.look("c")
    clock.now += PRESENT + 1
    assert line.places.look("d") == Waiting(1, 2, False), "b does not ask any more, and c is there"
    line.places.leave("b")
    with line.asking("d"):
        assert line.places.look("c") == Waiting(0, 1, False)


def test_who_left_meanwhile_is_not_asked_for(line):
    with line.asking("b"):
        line.places.look("c")
    line.places.leave("c")
    assert line.places.look("d") == Waiting(1, 2, False)


def test_a_place_is_taken_only_once_redis_has_answered(line):
    found: list[Waiting | None] = []
    line.places.give_back("a")
    with line.asking("c"):
        takes = threading.Thread(target=lambda: found.append(line.places.take("b")))
        takes.start()
        assert line.places.look("d") == Waiting(2, 2, False)
        assert found == []
    takes.join(60)
    assert found == [None]


def test_who_is_new_here_waits_for_redis_and_is_told_as_soon_as_anybody_is(line):
    found: list[Waiting | None] = []
    with line.asking("b"):
        looks = threading.Thread(target=lambda: found.append(line.places.look("new")))
        looks.start()
        assert line.places.look("c") == Waiting(1, 1, False)
        assert found == []
    looks.join(60)
    assert found == [Waiting(3, 3, False)]
    assert not line.places._asking - {"c"}


def test_what_was_told_is_kept_for_those_in_line_alone(line):
    line.places.take("x")
    line.places.leave("x")
    line.places.look("b")
    assert set(line.places._told) == {"b", "c", "d"}


@pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
def test_a_place_that_was_given_back_while_redis_was_away_is_free_once_its_process_asks_again():
    """The person was told for half a minute that another export of theirs was being made."""
    key = f"test-{secrets.token_hex(8)}"
    mine, theirs = (Board(Guard(), redis_server.URL, {}, key) for _ in range(2))
    one, other = (Places(board, here=2, in_all=2) for board in (mine, theirs))
    assert [one.take("a"), one.take("b")] == [None, None]
    guard, mine._guard = mine._guard, lambda _use: None
    one.give_back("a")
    mine._guard = guard
    assert other.take("a") == Waiting(0, 0, True)
    assert one.look("c") is not None, "a comes before"
    assert other.take("a") is None
    assert other.take("b") == Waiting(1, 1, True), "this one is held"
    with redis.Redis.from_url(redis_server.URL) as own:
        own.delete(key)
