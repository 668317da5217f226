"""Many requests through one client: never more at a time than allowed, and a breaker that spares a Copper that is down."""

import threading
import time

import pytest

from copper_sandbox import Sandbox, Store
from tests.fault_server import LIST, FaultServer, answer, silence
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.clients import Clock, client_for, failure
from tickets_app.copper.errors import Kind
from tickets_app.copper.http.breaker import FAILURES, PROBE_EVERY, WITHIN, Breaker
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
