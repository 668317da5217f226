"""Where an answer of before is at hand nobody waits for long; what comes later is kept for the next one."""

import threading
import time

import pytest
import time_machine

from tests import thread_starts
from tests.caches import clear
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import answer_cache
from tickets_app.gateway.answer_cache import Answers, Kept
from tickets_app.gateway.beside import Beside


@pytest.fixture
def goes_on():
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def answers():
    """One answer was given a minute ago. Nobody waits for another."""
    clear()
    answers = Answers(10, stale_seconds=3600, worth_waiting=lambda: 0.001)
    with time_machine.travel(1_800_000_000, tick=False) as clock:
        answers.get("k", lambda: Kept("before", time.time()), Deadline.after(60), lambda _: True)
        clock.shift(60)
        yield answers


def get(answers: Answers, load, *, stale: bool = True, key: str = "k") -> Kept:
    return answers.get(key, load, Deadline.after(60), lambda _: True, stale=stale)


def held(goes_on: threading.Event):
    def load() -> Kept:
        assert goes_on.wait(60)
        return Kept("now", time.time())

    return load


def test_who_has_one_leaves_and_the_next_one_has_what_came(answers, goes_on):
    kept = get(answers, held(goes_on))
    assert (kept.body, kept.instead_of.kind, kept.instead_of.since) == ("before", Kind.TIMEOUT, time.time())
    goes_on.set()
    wanted = get(answers, lambda: pytest.fail("it is asked already"), stale=False)
    assert (wanted.body, wanted.instead_of) == ("now", None)


def test_who_has_none_waits(answers, goes_on):
    threading.Timer(0.05, goes_on.set).start()
    assert get(answers, held(goes_on), key="another").body == "now"


def test_a_failure_comes_through(answers, monkeypatch):
    monkeypatch.setattr(answers, "_worth_waiting", lambda: 60.0)

    def fail() -> Kept:
        raise CopperError(Kind.NOT_FOUND)

    with pytest.raises(CopperError) as refusal:
        get(answers, fail)
    assert refusal.value.kind is Kind.NOT_FOUND


def test_too_many_who_wait_for_the_same_are_shown_what_was_before(answers, goes_on, monkeypatch):
    monkeypatch.setattr(answer_cache, "SOON", 0.0)
    monkeypatch.setattr(answer_cache, "FOLLOWERS", 0)
    monkeypatch.setattr(answers, "_beside", Beside(0))
    kept = get(answers, held(goes_on))
    assert (kept.body, kept.instead_of.kind) == ("before", Kind.BUSY)


def test_while_copper_is_left_alone_nobody_waits_for_a_flight_that_hangs(answers, goes_on, monkeypatch):
    get(answers, held(goes_on))
    monkeypatch.setattr(answers, "_worth_waiting", lambda: 0.0)

    def refuse() -> Kept:
        raise CopperError(Kind.FAILING)

    assert get(answers, refuse).instead_of.kind is Kind.FAILING


def test_where_the_system_gives_no_thread_it_is_waited_for(answers):
    with thread_starts.refused("copper-answer"):
        assert get(answers, lambda: Kept("now", time.time())).body == "now"
