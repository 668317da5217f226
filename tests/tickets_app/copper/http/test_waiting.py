"""Waiting before it is asked again: as Copper says, else with jitter; never beyond the deadline (RELIABILITY.md, rows 1 to 4)."""

import pytest

from tests.fault_server import FaultServer, answer
from tests.tickets_app.copper.http.clients import Clock, client_for, failure
from tickets_app.copper.errors import Kind
from tickets_app.copper.http.breaker import Breaker
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import Retries


def test_retry_after_is_honoured_to_the_second():
    clock = Clock()
    with FaultServer(answer({}, 429, Retry_After="2"), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock))
        assert client.get("tickets", deadline=Deadline.after(5)).attempts == 2
    assert clock.slept == [2.0]


@pytest.mark.parametrize(
    ("date", "until", "wait"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:03 GMT", [3.0]),
        ("Tue, 24 Nov 2020 12:00:00 GMT", "Tue, 24 Nov 2020 12:00:02 GMT", [2.0]),  # Copper's clock is years behind
        ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 11:00:00 GMT", []),  # already past
    ],
)
def test_retry_after_as_a_date_is_measured_by_coppers_own_clock(date, until, wait):
    clock = Clock()
    with FaultServer(answer({}, 429, Date=date, Retry_After=until), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock))
        client.get("tickets", deadline=Deadline.after(5))
    assert clock.slept == wait


@pytest.mark.parametrize("value", [None, "soon", "-5", "0.5", "1, 2", "٣"])
def test_without_a_usable_retry_after_the_wait_is_our_own_with_full_jitter(value):
    clock, asked = Clock(), []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    headers = {"Retry_After": value.encode().decode("latin-1")} if value else {}
    with FaultServer(answer({}, 429, **headers), answer({}, 429, **headers), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock, jitter=jitter))
        client.get("tickets", deadline=Deadline.after(30))
    assert asked == [(0, 1.0), (0, 2.0)]
    assert clock.slept == [1.0, 2.0]


def test_a_wait_beyond_the_deadline_fails_at_once_and_says_how_long():
    with FaultServer(answer({}, 429, Retry_After="86400")) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: pytest.fail("it must not wait")))
        error = failure(client, seconds=2)
        assert (error.kind, error.retry_after, len(server.requests)) == (Kind.RATE_LIMITED, 86400.0, 1)
        # The others do not ask either while the pause lasts.
        assert failure(client, seconds=2).kind is Kind.RATE_LIMITED
        assert len(server.requests) == 1


def test_faults_are_waited_for_with_full_jitter_from_50_ms():
    clock, asked = Clock(), []
    retries = Retries(sleep=clock.sleep, clock=clock, jitter=lambda low, high: asked.append((low, high)) or high)
    with FaultServer(answer({}, 500)) as server:
        failure(client_for(server.url, retries=retries))
    assert asked[:2] == [(0, 0.05), (0, 0.1)]
    assert clock.slept == [0.05, 0.1]


def test_in_an_outage_retries_are_a_tenth_of_the_requests_and_ten():
    never_opens = Breaker(clock=iter(range(0, 10**9, 1000)).__next__)
    with FaultServer(answer({}, 500)) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: None), breaker=never_opens)
        for _ in range(60):
            failure(client)
        assert 60 < len(server.requests) <= 60 + 10 + 6
