"""Lanes with threads: the same result, never more under way than allowed, and an end for all of them."""

import threading

import pytest

from tests import thread_starts
from tests.patience import PATIENCE
from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tests.tickets_app.copper.walking.runner import LATER, crowd
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking import lanes as module
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.lanes import lanes
from tickets_app.copper.walking.parts import Job
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step


def test_threads_give_the_same_and_never_more_than_allowed_are_under_way():
    copper, lock, met = ModelCopper(crowd(3000, {5, 1500, 2990})), threading.Lock(), threading.Event()
    under_way, most = 0, 0

    def fetch(query: TicketQuery, **_: bool) -> Page:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            page = copper.fetch(query)
            if most > 1:
                met.set()
            has_company = len(copper.asked) > 10  # by then there is work for several
        if has_company:
            met.wait(PATIENCE)
        threading.Event().wait(0.001)
        with lock:
            under_way -= 1
        return page

    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    left = threading.Event()
    steps = list(lanes(Plan(query, Census(), now=LATER), fetch, count=6, left=left.set))
    assert ids(steps) == ["t2990", "t1500", "t5"]
    assert 1 < most <= 6
    assert left.wait(PATIENCE)


def test_nothing_is_begun_once_patience_is_over_and_what_is_under_way_ends():
    copper, patience, entered = ModelCopper(crowd(3000)), [10.0], threading.Semaphore(0)
    go, left = threading.Event(), threading.Event()

    def fetch(query: TicketQuery, **_: bool) -> Page:
        page = copper.fetch(query)
        entered.release()
        if len(copper.asked) > 5:
            patience[0] = 0.0
            go.wait(PATIENCE)
        return page

    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    walked = lanes(Plan(query, Census(), now=LATER), fetch, count=1, patience=lambda: patience[0], left=left.set)
    threading.Timer(0.0, lambda: [entered.acquire() for _ in range(6)] and go.set()).start()
    assert all(step.rest for step in walked)
    assert left.wait(PATIENCE)
    assert len(copper.asked) == 6


def test_a_defect_is_raised_where_the_steps_are_waited_for():
    def fetch(query: TicketQuery, **_: bool) -> Page:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(lanes(Plan(TicketQuery(search_query="hit"), Census(), now=LATER), fetch, count=2))


class Two(Plan):
    """Two requests at the same time; no more."""

    jobs = 2

    def next_job(self) -> Job | None:
        self.jobs -= 1
        return Job(self._parts[0], None, True) if self.jobs >= 0 else None


def test_a_defect_wakes_who_waits_while_other_requests_are_under_way(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 30.0)  # seconds: nobody looks by themselves
    slow, end = threading.Lock(), threading.Event()

    def fetch(query: TicketQuery, **_: bool) -> Page:
        if slow.acquire(blocking=False):
            end.wait(PATIENCE)
            return Page((), False)
        raise ZeroDivisionError

    steps = lanes(Two(TicketQuery(search_query="hit"), Census(), now=LATER), fetch, count=2, gone=lambda: True)
    try:
        with pytest.raises(ZeroDivisionError):
            list(steps)
    finally:
        end.set()


def test_a_lane_that_cannot_be_started_is_raised_and_leaves_nothing_under_way():
    left = threading.Event()
    steps = lanes(Two(TicketQuery(search_query="hit"), Census(), now=LATER), pytest.fail, count=2, left=left.set)
    with thread_starts.refused("copper-lane"), pytest.raises(RuntimeError, match="start new thread"):
        list(steps)
    assert left.is_set()


class Faulty(Two):
    """Cannot take in what came."""

    def finish(self, job: Job, result: Step | Page | CopperError) -> None:
        raise ZeroDivisionError


@pytest.mark.parametrize("comes", [Page((), False), CopperError(Kind.SERVER)], ids=["a page", "a failure"])
def test_a_defect_of_the_plan_reaches_who_waits(monkeypatch, comes):
    monkeypatch.setattr(module, "LOOK", 30.0)  # seconds: nobody looks by themselves
    slow, end, left = threading.Lock(), threading.Event(), threading.Event()

    def fetch(query: TicketQuery, **_: bool) -> Page:
        if slow.acquire(blocking=False):
            end.wait(PATIENCE)
        if isinstance(comes, CopperError):
            raise comes
        return comes

    plan = Faulty(TicketQuery(search_query="hit"), Census(), now=LATER)
    steps = lanes(plan, fetch, count=2, gone=lambda: True, left=left.set)
    try:
        with pytest.raises(ZeroDivisionError):
            list(steps)
        assert not left.is_set()
    finally:
        end.set()
    assert left.wait(PATIENCE)  # the other request ends, and nobody waits for it


def test_what_is_final_wakes_who_waits_while_other_requests_are_under_way(monkeypatch):
    monkeypatch.setattr(module, "LOOK", 30.0)  # seconds: nobody looks by themselves
    slow, end = threading.Lock(), threading.Event()

    def fetch(query: TicketQuery, **_: bool) -> Page:
        if slow.acquire(blocking=False):
            end.wait(PATIENCE)
            return Page((), False)
        return Page((ticket(1, reference="hit"),), False)

    steps = lanes(Two(TicketQuery(search_query="hit"), Census(), now=LATER), fetch, count=2, gone=lambda: True)
    try:
        assert ids([next(steps)]) == ["t1"]
    finally:
        end.set()
        steps.close()
