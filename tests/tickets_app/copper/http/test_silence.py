"""A Copper that takes requests and says nothing is left alone after some seconds, not after each of them ran out of time."""

import threading
from contextlib import ExitStack

import pytest

from tests.fault_server import FaultServer, answer
from tests.tickets_app.copper.http.clients import Clock, client_for, failure
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http import slots as module
from tickets_app.copper.http.breaker import PROBE_EVERY, SILENT_AT_ONCE, SILENT_FOR, Breaker
from tickets_app.copper.http.client import PATIENCE, PROBE_PATIENCE
from tickets_app.copper.http.deadline import Deadline


class Probing:
    """Other processes that have found out."""

    answer: str | None = None

    def may_probe(self, _seconds: float) -> bool:
        return True

    def are_probing(self) -> bool:
        return True

    def tell(self) -> None:
        return None

    def told(self) -> str | None:
        return self.answer


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def under_way():
    with ExitStack() as stack:
        yield stack


@pytest.mark.parametrize(
    ("requests", "seconds", "alone"),
    [
        (SILENT_AT_ONCE, SILENT_FOR, True),
        (SILENT_AT_ONCE, SILENT_FOR - 0.1, False),
        (SILENT_AT_ONCE - 1, 10 * SILENT_FOR, False),
    ],
)
def test_so_many_without_a_word_for_so_long(clock, under_way, requests, seconds, alone):
    breaker = Breaker(clock)
    for _ in range(requests):
        under_way.enter_context(breaker.watching())
    clock.sleep(seconds)
    assert breaker.is_left_alone() is alone
    assert breaker.wait_needed() == (PROBE_EVERY if alone else 0)
    assert (breaker.since is not None) is alone


def test_those_that_were_given_up_say_nothing_later(clock, under_way):
    breaker = Breaker(clock)
    for _ in range(SILENT_AT_ONCE):
        with breaker.watching():
            clock.sleep(1)
    under_way.enter_context(breaker.watching())
    clock.sleep(SILENT_FOR)
    assert not breaker.is_left_alone()


def test_an_answer_to_another_is_a_word(clock, under_way):
    breaker = Breaker(clock)
    for _ in range(SILENT_AT_ONCE):
        under_way.enter_context(breaker.watching())
    clock.sleep(SILENT_FOR - 1)
    breaker.succeeded()
    clock.sleep(SILENT_FOR - 1)
    assert not breaker.is_left_alone()
    clock.sleep(1)
    assert breaker.is_left_alone()
    breaker.succeeded()
    assert (breaker.is_left_alone(), breaker.since) == (False, None)


def test_a_copper_that_is_slow_but_answers_is_given_twice_as_long(clock, under_way):
    breaker = Breaker(clock)
    breaker.succeeded(seconds=6.0)
    for _ in range(SILENT_AT_ONCE):
        under_way.enter_context(breaker.watching())
    clock.sleep(11.9)
    assert not breaker.is_left_alone()
    clock.sleep(0.2)
    assert breaker.is_left_alone()


def test_that_it_was_slow_once_is_forgotten_over_quick_answers(clock, under_way):
    breaker = Breaker(clock)
    breaker.succeeded(seconds=14.0)
    for _ in range(50):
        breaker.succeeded(seconds=0.1)
    for _ in range(SILENT_AT_ONCE):
        under_way.enter_context(breaker.watching())
    clock.sleep(SILENT_FOR)
    assert breaker.is_left_alone()


def test_one_is_enough_where_another_process_found_out(clock, under_way):
    others = Probing()
    breaker = Breaker(clock, others)
    under_way.enter_context(breaker.watching())
    clock.sleep(SILENT_FOR - 0.1)
    assert not breaker.is_left_alone()
    clock.sleep(0.1)
    assert breaker.is_left_alone()
    others.answer = "it answers"
    assert breaker.wait_needed() == 0
    assert not breaker.is_left_alone()  # though its own request still waits


def test_whoever_waits_for_a_slot_is_told_and_so_is_who_comes_later(clock, monkeypatch):
    monkeypatch.setattr(module, "STILL_EVERY", 0.01)
    asked, goes_on = threading.Semaphore(0), threading.Event()

    def hold(connection) -> None:
        asked.release()
        goes_on.wait(60)
        answer()(connection)

    failures: list[CopperError] = []
    with FaultServer(hold) as server:
        client = client_for(server.url, max_concurrency=SILENT_AT_ONCE, breaker=Breaker(clock))
        assert client.worth_waiting() == PATIENCE
        ask = lambda: client.get("tickets", deadline=Deadline.after(120))  # noqa: E731 - short and used here only
        threads = [threading.Thread(target=ask) for _ in range(SILENT_AT_ONCE)]
        for thread in threads:
            thread.start()
        for _ in threads:
            assert asked.acquire(timeout=60)
        in_line = threading.Thread(target=lambda: failures.append(failure(client, seconds=120)))
        in_line.start()
        clock.sleep(SILENT_FOR)
        in_line.join(60)
        failures.append(failure(client, seconds=120))
        assert [(error.kind, error.attempts) for error in failures] == [(Kind.FAILING, 0)] * 2
        assert len(server.requests) == SILENT_AT_ONCE
        assert client.worth_waiting() == 0
        clock.sleep(PROBE_EVERY)
        assert client.worth_waiting() == PROBE_PATIENCE
        goes_on.set()
        for thread in threads:
            thread.join(60)
        assert client.worth_waiting() == PATIENCE
        client.close()
