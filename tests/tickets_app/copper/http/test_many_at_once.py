"""Many requests through one client: never more at a time than allowed, and a breaker that spares a Copper that is down."""

import threading
import time

import pytest

from copper_sandbox import Sandbox, Store
from tests.fault_server import LIST, FaultServer, answer, silence
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.clients import Clock, client_for, failure
from tickets_app.copper.errors import Kind
from tickets_app.copper.http.breaker import FAILURES, LOOK_AGAIN, PROBE_EVERY, WITHIN, Breaker
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import MAX_ATTEMPTS, Retries


def test_never_more_in_flight_than_allowed_and_who_finds_no_slot_in_time_is_told():
    started, release, most, now = threading.Semaphore(0), threading.Event(), [], []

    def hold(connection) -> None:
        now.append(1)
        most.append(len(now))
        started.release()
        release.wait(PATIENCE)
        now.pop()
        answer()(connection)

    with FaultServer(hold) as server:
        client = client_for(server.url, max_concurrency=3)
        threads = [
            threading.Thread(target=client.get, args=("tickets",), kwargs={"deadline": Deadline.after(20)})
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for _ in range(3):
            started.acquire(timeout=PATIENCE)
        error = failure(client, seconds=0.3)
        assert (error.kind, error.attempts) == (Kind.BUSY, 0)
        release.set()
        for thread in threads:
            thread.join(PATIENCE)
        assert max(most) == 3
        assert len(server.requests) == 6


@pytest.mark.parametrize(("seconds", "opens"), [(WITHIN, True), (WITHIN + 1, False)])
def test_the_breaker_counts_failures_of_the_last_seconds_only(seconds, opens):
    clock = Clock()
    breaker = Breaker(clock=clock)
    for number in range(FAILURES):
        clock.now = 1000.0 + seconds * number / (FAILURES - 1)
        assert breaker.wait_needed() == 0
        breaker.failed()
    assert bool(breaker.wait_needed()) is opens


def test_the_breaker_opens_fails_fast_and_heals_by_one_probe():
    clock = Clock()
    down = [answer({}, 500)]
    with FaultServer(*down) as server:
        client = client_for(server.url, breaker=Breaker(clock=clock), retries=Retries(sleep=lambda _: None))
        while (error := failure(client)).kind is not Kind.FAILING:
            assert len(server.requests) < FAILURES + MAX_ATTEMPTS
        assert 0 < error.retry_after <= PROBE_EVERY
        assert error.since == pytest.approx(time.time(), abs=60)
        before = len(server.requests)
        assert failure(client).kind is Kind.FAILING
        assert len(server.requests) == before
        server.behaviours[:] = [answer()]
        clock.sleep(PROBE_EVERY)
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST


class Told:
    """Another process probes, and tells that Copper answered."""

    answer: str | None = None

    def may_probe(self, _seconds: float) -> bool:
        return False

    def are_probing(self) -> bool:
        return True

    def told(self) -> str | None:
        return self.answer


class Guarded(Breaker):
    """Says so where what threads share is changed, or gone through, without the lock."""

    class _List(list):
        def __init__(self, breaker: "Guarded", *items: object) -> None:
            super().__init__(*items)
            self._breaker = breaker

        def __getattribute__(self, name: str):
            if not name.startswith("_"):
                self._breaker.is_guarded(name)
            return super().__getattribute__(name)

        def __iter__(self):
            self._breaker.is_guarded("the list")
            return super().__iter__()

    def __init__(self, clock: Clock, others: "Told | None" = None) -> None:
        super().__init__(clock, others)
        self._under_way = self._List(self)
        self.unguarded: set[str] = set()

    def __setattr__(self, name: str, value: object) -> None:
        if "unguarded" in vars(self) and name != "_told":  # which is only compared
            self.is_guarded(name)
        super().__setattr__(name, value)

    def is_guarded(self, name: str) -> None:
        if not self._lock._is_owned():
            self.unguarded.add(name)


def test_what_threads_share_of_the_breaker_is_changed_under_its_lock_alone():
    clock = Clock()
    breaker = Guarded(clock)
    with breaker.watching(), breaker.watching(), breaker.watching():
        clock.sleep(10 * WITHIN)
        assert breaker.is_left_alone()
        clock.sleep(PROBE_EVERY)
        assert breaker.wait_needed() == 0.0
        breaker.succeeded()
    for _ in range(FAILURES):
        breaker.failed()
    assert breaker.is_left_alone()
    assert breaker.unguarded == set()


def test_nor_is_it_otherwise_where_processes_tell_each_other():
    clock, others = Clock(), Told()
    breaker = Guarded(clock, others)
    breaker.failed()
    clock.sleep(PROBE_EVERY)
    assert breaker.wait_needed() == LOOK_AGAIN, "another process probes"
    others.answer = "it answered"
    assert breaker.wait_needed() == 0.0
    assert breaker.unguarded == set()


def test_an_answer_while_others_are_asked_keeps_it_closed():
    class Slow:
        """Copper answers a request of ours while the other processes are asked what they see."""

        def are_probing(self) -> bool:
            return True

        def told(self) -> None:
            if not answered:
                answered.append(True)
                breaker.succeeded()

        def may_probe(self, seconds: float) -> bool:
            return True

        def tell(self) -> None:
            return None

    answered: list[bool] = []
    breaker = Breaker(clock=Clock(), others=Slow())
    breaker.failed()
    assert (breaker.wait_needed(), breaker.since) == (0.0, None)


def test_a_few_failures_over_a_long_time_do_not_open_the_breaker():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES * 3):
        breaker.failed()
        clock.sleep(5)
    assert breaker.wait_needed() == 0


def test_only_one_request_probes_at_a_time():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES):
        breaker.failed()
    clock.sleep(PROBE_EVERY)
    assert [breaker.wait_needed() for _ in range(3)] == [0.0, PROBE_EVERY, PROBE_EVERY]


def test_a_hurried_caller_says_nothing_about_coppers_health():
    with FaultServer(silence()) as server:
        client = client_for(server.url)
        for _ in range(FAILURES + 1):
            assert failure(client, seconds=0.02).kind is Kind.TIMEOUT


def test_connections_that_copper_closed_while_they_were_idle_cost_no_attempt():
    """Also where all of them were: each request that meets a closed one takes a new one, and no failure is counted."""
    with Sandbox(Store.generate(tickets=10, days=1), latency=0.02) as sandbox:
        client = client_for(sandbox.url)
        answers: list[int] = []

        def ask() -> None:
            answers.append(client.get("tickets", deadline=Deadline.after(20)).attempts)

        for _ in range(6):
            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            sandbox.hang_up()
        assert answers == [1] * 48
