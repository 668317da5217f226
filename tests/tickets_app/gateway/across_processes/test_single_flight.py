"""Processes make one request for all that ask the same at the same time, and ask for themselves without Redis."""

import threading
import time
from collections.abc import Callable

import pytest

from tests import redis_server
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.test_slots import wait_for
from tests.tickets_app.gateway.across_processes.conftest import SHORT, die
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import answer_cache
from tickets_app.gateway.across_processes.single_flight import Flights
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.answer_cache import Answers

needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.fixture(autouse=True)
def no_wait_is_long(monkeypatch):
    """On no machine: how many may wait for long is not what is looked at."""
    monkeypatch.setattr(answer_cache, "SOON", 600.0)


def ask(answers: Answers, load: Callable[[], Kept], seconds: float = PATIENCE) -> Kept:
    return answers.get("k", load, Deadline.after(seconds), lambda _body: False)


class Loader:
    """A request to Copper that takes until it is told to end."""

    def __init__(self, result: Kept | CopperError) -> None:
        self.result, self.asked = result, 0
        self.begun, self.end = threading.Event(), threading.Event()

    def __call__(self) -> Kept:
        self.asked += 1
        self.begun.set()
        assert self.end.wait(PATIENCE)
        if isinstance(self.result, CopperError):
            raise self.result
        return self.result


def many(answers: list[Answers], load: Callable[[], Kept], number: int) -> tuple[list[threading.Thread], list[object]]:
    found: list[object] = []

    def reader(at: Answers) -> None:
        try:
            found.append(ask(at, load).body)
        except CopperError as error:
            found.append((error.kind, error.status, error.request_id))

    threads = [threading.Thread(target=reader, args=(answers[n % len(answers)],)) for n in range(number)]
    for thread in threads:
        thread.start()
    return threads, found


def waiting(answers: Answers) -> int:
    return sum(len(flight.landed._cond._waiters) for flight in list(answers._flights.values()))


def others_waiting(answers: Answers) -> int:
    """The processes that Redis knows to wait for the request: what a process only means to do says nothing."""
    peers = answers._others._peers
    return int(peers._redis.hlen(peers._key("asking:k")))


RESULTS = {
    "an answer": (Kept({"x": "\ud800"}, time.time(), 2.0), {"x": "\ud800"}),
    "a failure": (
        CopperError(Kind.SERVER, status=500, request_id="req_1", attempts=3),
        (Kind.SERVER, 500, "req_1"),
    ),
}


@needs_redis
@pytest.mark.parametrize("case", RESULTS)
def test_fifty_at_once_in_three_processes_ask_once(process, case):
    result, expected = RESULTS[case]
    answers = [Answers(60, flights=Flights(process())) for _ in range(3)]
    load = Loader(result)
    threads, found = many(answers, load, 51)
    wait_for(lambda: sum(map(waiting, answers)) == 48 and others_waiting(answers[0]) == 2)
    load.end.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert load.asked == 1
    assert found == [expected] * 51


@needs_redis
def test_the_lack_of_time_of_one_process_is_not_that_of_another(process):
    one, other = (Answers(60, flights=Flights(process())) for _ in range(2))
    slow = Loader(CopperError(Kind.TIMEOUT))
    leader, failed = many([one], slow, 1)
    assert slow.begun.wait(PATIENCE)
    fine = Loader(Kept("mine", time.time()))
    fine.end.set()
    follower, found = many([other], fine, 1)
    wait_for(lambda: others_waiting(other) == 1)
    slow.end.set()
    for thread in leader + follower:
        thread.join(PATIENCE)
    assert (failed, found) == ([(Kind.TIMEOUT, None, None)], ["mine"])


@needs_redis
def test_when_the_process_that_asks_is_killed_another_takes_over(process):
    dead = process(lease=SHORT)
    killed, other = Answers(60, flights=Flights(dead)), Answers(60, flights=Flights(process(lease=SHORT)))
    lost = Loader(Kept("lost", time.time()))
    leader, _ = many([killed], lost, 1)
    assert lost.begun.wait(PATIENCE)
    die(dead)
    assert ask(other, lambda: Kept("mine", time.time()), seconds=60).body == "mine"
    lost.end.set()
    leader[0].join(PATIENCE)


@needs_redis
def test_who_waits_for_another_process_does_not_wait_for_ever(process):
    one, other = (Answers(60, flights=Flights(process())) for _ in range(2))
    slow = Loader(Kept(1, time.time()))
    leader, _ = many([one], slow, 1)
    assert slow.begun.wait(PATIENCE)
    with pytest.raises(CopperError) as refusal:
        ask(other, lambda: pytest.fail("it follows"), seconds=0.2)
    assert refusal.value.kind is Kind.TIMEOUT
    slow.end.set()
    leader[0].join(PATIENCE)


@needs_redis
def test_what_another_process_kept_a_moment_ago_is_not_asked_for(process):
    answers = Answers(60, flights=Flights(process()))
    read, misses = answers._read, [None]
    answers._read = lambda key, seconds: misses.pop() if misses else read(key, seconds)  # it came after the first look
    Answers(60).get("k", lambda: Kept("kept", time.time()), Deadline.after(1), lambda _body: True)
    assert ask(answers, lambda: pytest.fail("it is there")).body == "kept"


@needs_redis
def test_where_nothing_is_kept_nothing_goes_to_other_processes(process):
    assert Answers(0, flights=Flights(process()))._others is None


def test_without_redis_everyone_asks_for_themselves(process):
    answers = Answers(60, flights=Flights(process("redis://127.0.0.1:9")))
    assert ask(answers, lambda: Kept("mine", time.time())).body == "mine"
