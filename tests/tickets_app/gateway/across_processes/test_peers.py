"""Processes share one limit and one request under way through Redis, and go on by themselves without it."""

import secrets
import threading
import time
from collections.abc import Callable

import pytest
from django.core.cache import cache

from tests import redis_server
from tests.tickets_app.copper.http.test_slots import Holder, wait_for
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.slots import Slots
from tickets_app.gateway.across_processes import peers as module
from tickets_app.gateway.across_processes.peers import LEASE, Peers
from tickets_app.gateway.across_processes.single_flight import Flights
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.answer_cache import Answers
from tickets_app.gateway.cache import Guard

OPTIONS = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.fixture(autouse=True)
def empty_cache():
    cache.clear()


@pytest.fixture
def process() -> Callable[..., Peers]:
    """Makes processes that know each other."""
    name = secrets.token_hex(4)
    return lambda url=redis_server.URL: Peers(url, OPTIONS, name, Guard())


def die(peers: Peers) -> None:
    """As `kill -9`: nothing is said any more."""
    peers._guard = lambda _use: None


def ask(answers: Answers, load: Callable[[], Kept], seconds: float = 10) -> Kept:
    return answers.get("k", load, Deadline.after(seconds), lambda _body: False)


@needs_redis
def test_two_processes_have_one_limit_together(process):
    one, other, admitted = Slots(4, pool=process()), Slots(4, pool=process()), []
    holders = [Holder(slots, "search", admitted) for _ in range(4) for slots in (one, other)]
    wait_for(lambda: len(admitted) == 4)
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(10)
    assert len(admitted) == 8
    assert max(one.in_flight, other.in_flight) == 0


@needs_redis
def test_never_more_than_the_limit_however_they_take_turns(process):
    pools, under_way, most, lock = [Slots(3, pool=process()) for _ in range(3)], 0, 0, threading.Lock()

    def work(slots: Slots, caller: int) -> None:
        nonlocal under_way, most
        for _ in range(20):
            with slots.hold(caller, Deadline.after(30)):
                with lock:
                    under_way += 1
                    most = max(most, under_way)
                threading.Event().wait(0.002)  # as long as a very fast answer
                with lock:
                    under_way -= 1

    threads = [threading.Thread(target=work, args=(slots, number)) for slots in pools for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert under_way == 0
    assert 1 < most <= 3


@needs_redis
def test_a_free_slot_goes_to_the_process_that_holds_none(process):
    peers, admitted = process(), []
    one, other = Slots(2, pool=peers), Slots(2, pool=process())
    first = [Holder(one, "search", admitted) for _ in range(2)]
    wait_for(lambda: one.in_flight == 2)
    queue = [Holder(one, "search", admitted) for _ in range(4)]
    wait_for(lambda: len(one._waiting) == 4)
    page = Holder(other, "page", admitted)
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) == 2)
    first[0].finish()
    assert page.admitted.wait(10)
    assert admitted == ["search", "search", "page"]
    for holder in [*first, *queue, page]:
        holder.end.set()
    for holder in [*first, *queue, page]:
        holder.thread.join(10)


@needs_redis
def test_the_slots_of_a_process_that_was_killed_are_free_again(process):
    dead, admitted = process(), []
    killed, other = Slots(2, pool=dead), Slots(2, pool=process())
    lost = [Holder(killed, "lost", admitted) for _ in range(2)]
    wait_for(lambda: killed.in_flight == 2)
    die(dead)
    started = time.monotonic()
    with other.hold("page", Deadline.after(10)), other.hold("page", Deadline.after(10)):
        assert time.monotonic() - started < LEASE + 8
    for holder in lost:
        holder.finish()


@needs_redis
def test_a_429_of_one_process_slows_all(process):
    one, other, admitted = Slots(4, pool=process()), Slots(4, pool=process()), []
    one.throttled(pause=5)
    holders = [Holder(one, "a", admitted)]
    wait_for(lambda: len(admitted) == 1)
    holders += [Holder(other, "b", admitted) for _ in range(3)]
    wait_for(lambda: len(admitted) == 2)
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.2)):
        pytest.fail("there are two slots for both")
    for holder in holders:
        holder.end.set()
    for holder in holders:
        holder.thread.join(10)
    assert len(admitted) == 4


@needs_redis
def test_redis_may_be_emptied_at_any_time(process):
    peers, admitted = process(), []
    one, other = Slots(2, pool=peers), Slots(2, pool=process())
    holders = [Holder(one, "a", admitted) for _ in range(2)]
    wait_for(lambda: one.in_flight == 2)
    peers._redis.delete(peers._key("alive"), peers._key("accounts"))
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) == 1)  # the sign of life says it anew
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.2)):
        pytest.fail("both slots are held")
    for holder in holders:
        holder.finish()
    with other.hold("b", Deadline.after(5)):
        assert other.in_flight == 1


def test_without_redis_each_process_has_its_own_limit(process, caplog):
    slots, admitted = Slots(2, pool=process("redis://127.0.0.1:9")), []
    holders = [Holder(slots, "a", admitted) for _ in range(3)]
    wait_for(lambda: len(admitted) == 2)
    holders[0].end.set()
    holders[1].end.set()
    wait_for(lambda: len(admitted) == 3)
    for holder in holders:
        holder.finish()
    assert [record.message for record in caplog.records] == [
        "The cache failed (ConnectionError); going on without it for 10 s"
    ]


@needs_redis
def test_slots_are_found_again_when_redis_goes_away_in_between(process):
    peers, admitted = process(), []
    slots, other = Slots(2, pool=peers), Slots(2, pool=process())
    guard = peers._guard
    first = Holder(slots, "a", admitted)
    wait_for(lambda: len(admitted) == 1)
    die(peers)
    second = Holder(slots, "a", admitted)  # by its own limit
    wait_for(lambda: len(admitted) == 2)
    peers._guard = guard
    wait_for(lambda: peers._redis.hlen(peers._key("accounts")) >= 1 and not slots._alone)
    with pytest.raises(CopperError), other.hold("b", Deadline.after(0.3)):
        pytest.fail("both slots are held")
    first.finish()
    second.finish()


class Loader:
    """A request to Copper that takes until it is told to end."""

    def __init__(self, result: Kept | CopperError) -> None:
        self.result, self.asked = result, 0
        self.begun, self.end = threading.Event(), threading.Event()

    def __call__(self) -> Kept:
        self.asked += 1
        self.begun.set()
        assert self.end.wait(20)
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
    return int(peers._redis.scard(peers._key("waiting:k")))


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
        thread.join(20)
    assert load.asked == 1
    assert found == [expected] * 51


@needs_redis
def test_the_lack_of_time_of_one_process_is_not_that_of_another(process):
    one, other = (Answers(60, flights=Flights(process())) for _ in range(2))
    slow = Loader(CopperError(Kind.TIMEOUT))
    leader, failed = many([one], slow, 1)
    assert slow.begun.wait(10)
    fine = Loader(Kept("mine", time.time()))
    fine.end.set()
    follower, found = many([other], fine, 1)
    wait_for(lambda: others_waiting(other) == 1)
    slow.end.set()
    for thread in leader + follower:
        thread.join(10)
    assert (failed, found) == ([(Kind.TIMEOUT, None, None)], ["mine"])


@needs_redis
def test_when_the_process_that_asks_is_killed_another_takes_over(process):
    dead = process()
    killed, other = Answers(60, flights=Flights(dead)), Answers(60, flights=Flights(process()))
    lost = Loader(Kept("lost", time.time()))
    leader, _ = many([killed], lost, 1)
    assert lost.begun.wait(10)
    die(dead)
    started = time.monotonic()
    assert ask(other, lambda: Kept("mine", time.time())).body == "mine"
    assert time.monotonic() - started > 0.5  # not before it is taken for dead
    lost.end.set()
    leader[0].join(10)


@needs_redis
def test_who_waits_for_another_process_does_not_wait_for_ever(process):
    one, other = (Answers(60, flights=Flights(process())) for _ in range(2))
    slow = Loader(Kept(1, time.time()))
    leader, _ = many([one], slow, 1)
    assert slow.begun.wait(10)
    with pytest.raises(CopperError) as refusal:
        ask(other, lambda: pytest.fail("it follows"), seconds=0.2)
    assert refusal.value.kind is Kind.TIMEOUT
    slow.end.set()
    leader[0].join(10)


@needs_redis
def test_what_another_process_kept_a_moment_ago_is_not_asked_for(process):
    answers = Answers(60, flights=Flights(process()))
    read, misses = answers._read, [None]
    answers._read = lambda key: misses.pop() if misses else read(key)  # it came after the first look
    Answers(60).get("k", lambda: Kept("kept", time.time()), Deadline.after(1), lambda _body: True)
    assert ask(answers, lambda: pytest.fail("it is there")).body == "kept"


@needs_redis
def test_where_nothing_is_kept_nothing_goes_to_other_processes(process):
    assert Answers(0, flights=Flights(process()))._others is None


def test_without_redis_everyone_asks_for_themselves(process):
    answers = Answers(60, flights=Flights(process("redis://127.0.0.1:9")))
    assert ask(answers, lambda: Kept("mine", time.time())).body == "mine"


@needs_redis
def test_nobody_listens_where_nothing_is_awaited(process, monkeypatch):
    monkeypatch.setattr(module, "LINGER", 0.1)
    peers = process()
    with Slots(1, pool=peers).hold("a", Deadline.after(5)):
        assert peers._thread is not None
    wait_for(lambda: peers._thread is None)
