"""Waiting before it is asked again: as Copper says, else with jitter; never beyond the deadline (RELIABILITY.md, rows 1 to 4)."""

import threading
from contextlib import ExitStack, suppress

import pytest

from tests.fault_server import FaultServer, answer
from tests.processes import wait_until
from tests.tickets_app.copper.http.clients import Clock, client_for, failure
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.breaker import FAILURES, PROBE_EVERY, Breaker
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import PROBE_CHECK, Retries


@pytest.mark.parametrize(("status", "slept"), [(429, 2.0), (503, 2.0), (502, 0.0)])
def test_retry_after_is_honoured_to_the_second(status, slept):
    clock = Clock()
    with FaultServer(answer({}, status, Retry_After="2"), answer()) as server:
        retries = Retries(sleep=clock.sleep, clock=clock, jitter=lambda low, _high: low)
        assert client_for(server.url, retries=retries).get("tickets", deadline=Deadline.after(5)).attempts == 2
    assert clock.slept == [slept]


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


@pytest.mark.parametrize("value", [None, "soon", "-5", "0.5", "1, 2", "٣", "9" * 5_000])
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
    with FaultServer(answer({}, 429, Retry_After="100")) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: pytest.fail("it must not wait")))
        error = failure(client, seconds=2)
        assert (error.kind, error.retry_after, len(server.requests)) == (Kind.RATE_LIMITED, 100.0, 1)
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


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("asked", "seconds"),
    [("999999999", 999_999_999.0), ("9" * 30, 1e30), ("Fri, 01 Jan 2100 00:00:00 GMT", 2_000_000_000.0)],
    ids=["11,574 days", "longer than there was time", "the year 2100"],
)
def test_a_pause_is_believed_up_to_a_bound(status, asked, seconds, caplog):
    clock = Clock()
    with FaultServer(answer({}, status, Retry_After=asked)) as server:
        client = client_for(server.url, retries=Retries(max_pause=120.0, sleep=clock.sleep, clock=clock))
        error = failure(client, seconds=8)
    assert error.retry_after == 120.0
    assert error.asked_pause == pytest.approx(seconds, rel=0.3)
    assert "COPPER_MAX_PAUSE" in caplog.text


def test_after_a_pause_that_was_cut_short_one_request_asks_and_the_others_wait_for_its_answer():
    clock, asks, answered = Clock(), threading.Event(), threading.Event()

    def slow(connection) -> None:
        asks.set()
        answered.wait(30)
        answer()(connection)

    with FaultServer(answer({}, 429, Retry_After="999999999"), slow, answer()) as server:
        client = client_for(server.url, retries=Retries(max_pause=120.0, sleep=clock.sleep, clock=clock))
        failure(client)
        assert failure(client, seconds=2).asked_pause == 999_999_999.0  # the others are told the same
        clock.now += 120.0
        first = threading.Thread(target=lambda: client.get("tickets", deadline=Deadline.after(30)))
        first.start()
        assert asks.wait(30)
        assert failure(client, seconds=0.05).kind is Kind.RATE_LIMITED  # while the probe is under way
        assert len(server.requests) == 2
        answered.set()
        first.join(30)
        client.get("tickets", deadline=Deadline.after(5))
        client.get("tickets", deadline=Deadline.after(5))
        assert len(server.requests) == 4  # Copper answered: all is as ever


LONG = 999_999_999.0  # seconds: a pause that is cut short


def pausing(*, first: int) -> tuple[Retries, Clock, ExitStack]:
    """The policy behind a pause that was cut short, with so many requests under way that were begun before it."""
    clock, under_way = Clock(), ExitStack()
    retries = Retries(max_pause=120.0, sleep=clock.sleep, clock=clock)
    for _ in range(first):
        under_way.enter_context(retries.turn(Deadline.after(60), 1))
    is_told(retries, LONG)
    return retries, clock, under_way


def must_wait(retries: Retries) -> bool:
    """Whether somebody who asks now, and has no time to wait, is not let through."""
    try:
        with retries.turn(Deadline.after(0.05), 1):
            return False
    except CopperError as error:
        assert error.kind is Kind.RATE_LIMITED
        return True


@pytest.mark.parametrize("comes", ["an answer", "a refusal", "a fault"])
def test_an_answer_to_what_was_asked_before_the_pause_is_no_answer_to_a_probe(comes):
    retries, clock, under_way = pausing(first=1)
    with suppress(CopperError), under_way:
        if comes != "an answer":
            raise CopperError(Kind.NOT_FOUND, status=404) if comes == "a refusal" else CopperError(Kind.TIMEOUT)
    with pytest.raises(CopperError) as caught:
        retries.wait_for_turn(Deadline.after(2))
    assert caught.value.asked_pause == LONG
    clock.now += 120.0
    with retries.turn(Deadline.after(60), 1):
        assert must_wait(retries)  # one at a time


@pytest.mark.parametrize("status", [404, 500])
def test_whatever_copper_answers_to_the_probe_ends_it(status):
    retries, clock, _ = pausing(first=0)
    clock.now += 120.0
    with suppress(CopperError), retries.turn(Deadline.after(60), 1):
        raise CopperError(Kind.SERVER, status=status)
    with retries.turn(Deadline.after(60), 1):
        assert not must_wait(retries)


def test_a_probe_without_an_answer_is_followed_by_another():
    retries, clock, _ = pausing(first=0)
    clock.now += 120.0
    for _ in range(2):
        with suppress(CopperError), retries.turn(Deadline.after(60), 1):
            raise CopperError(Kind.TIMEOUT)
    with retries.turn(Deadline.after(60), 1):
        assert must_wait(retries)


def test_a_probe_that_is_told_to_pause_for_a_moment_is_followed_by_another():
    retries, clock, _ = pausing(first=0)
    clock.now += 120.0
    is_told(retries, 3.0)
    clock.now += 3.0
    with retries.turn(Deadline.after(60), 1):
        assert must_wait(retries)


def test_who_waits_for_a_probe_is_told_how_long_that_is_and_what_was_asked_for():
    retries, clock, _ = pausing(first=0)
    clock.now += 120.0
    with (
        retries.turn(Deadline.after(60), 1),
        pytest.raises(CopperError) as caught,
        retries.turn(Deadline.after(0.05), 1),
    ):
        pytest.fail("it must not ask beside the probe")
    assert (caught.value.retry_after, caught.value.asked_pause) == (PROBE_CHECK, LONG)


def throttled(seconds: float) -> CopperError:
    return CopperError(Kind.RATE_LIMITED, status=429, retry_after=seconds)


def is_told(retries: Retries, seconds: float) -> None:
    with pytest.raises(CopperError), retries.turn(Deadline.after(60), 1):
        raise throttled(seconds)


def test_any_other_answer_of_coppers_ends_a_pause_that_was_cut_short():
    clock = Clock()
    retries = Retries(max_pause=120.0, sleep=clock.sleep, clock=clock)
    is_told(retries, 1_000_000.0)
    clock.now += 120.0
    with suppress(CopperError), retries.turn(Deadline.after(60), 1):
        raise CopperError(Kind.SERVER, status=500)
    with retries.turn(Deadline.after(60), 1), retries.turn(Deadline.after(0), 1):
        pass  # two at once: neither waits for what the other is told
    assert clock.slept == []


def test_a_shorter_pause_does_not_replace_a_longer_one():
    """Both requests were under way before the first of them was told to pause."""
    clock = Clock()
    retries = Retries(sleep=clock.sleep, clock=clock)
    with suppress(CopperError), retries.turn(Deadline.after(60), 1):
        is_told(retries, 30.0)
        raise throttled(1.0)
    retries.wait_for_turn(Deadline.after(60))
    assert sum(clock.slept) == 30.0


def test_a_pause_that_begins_while_somebody_waits_for_a_slot_is_kept():
    """The first holds the only slot and is told to pause: who waited for the slot does not ask in the pause."""
    first_asks, told = threading.Event(), threading.Event()

    def refuses(connection) -> None:
        first_asks.set()
        told.wait(30)
        answer({}, 429, Retry_After="100")(connection)

    with FaultServer(refuses, answer()) as server:
        client, errors = client_for(server.url, max_concurrency=1), []
        asking = [threading.Thread(target=lambda: errors.append(failure(client, seconds=20.0))) for _ in range(2)]
        asking[0].start()
        assert first_asks.wait(30)
        asking[1].start()
        wait_until(lambda: client._slots._waiting, "the second waits for the slot")
        told.set()
        for thread in asking:
            thread.join(60)
        assert [error.kind for error in errors] == [Kind.RATE_LIMITED] * 2
        assert len(server.requests) == 1


@pytest.mark.parametrize("kind", ["busy", "pause", "deadline"])
def test_what_was_never_sent_closes_no_breaker(kind):
    """Only an answer of Copper's says that Copper is well again."""
    now = [0.0]
    breaker = Breaker(clock=lambda: now[0])
    with FaultServer(answer({}, 501)) as server:
        client = client_for(server.url, breaker=breaker, max_concurrency=1)
        for _ in range(FAILURES):
            failure(client)
        assert failure(client).kind is Kind.FAILING
        now[0] += PROBE_EVERY
        if kind == "busy":
            with client._slots.hold("somebody", Deadline.after(5)):
                assert failure(client, seconds=1.2).kind is Kind.BUSY
        elif kind == "pause":
            is_told(client._retries, 50.0)
            assert failure(client, seconds=2).kind is Kind.RATE_LIMITED
        else:
            assert failure(client, seconds=0.0).kind in {Kind.TIMEOUT, Kind.BUSY}
        assert len(server.requests) == FAILURES
        assert breaker.since is not None
        assert failure(client).kind is Kind.FAILING


PASSING_STATUSES = [408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530]


@pytest.mark.parametrize("status", PASSING_STATUSES)
def test_what_may_be_over_soon_is_asked_again_like_a_502(status):
    retries = Retries(sleep=lambda _: None)
    with FaultServer(answer({}, status), answer()) as server:
        assert client_for(server.url, retries=retries).get("tickets", deadline=Deadline.after(8)).attempts == 2
    with FaultServer(answer({}, status)) as server:
        assert failure(client_for(server.url, retries=retries)).kind is Kind.SERVER


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 410, 422, 501, 505, 507, 508, 511, 525, 526])
def test_what_would_be_the_same_the_next_time_is_final(status):
    with FaultServer(answer({}, status)) as server:
        failure(client_for(server.url))
        assert len(server.requests) == 1
