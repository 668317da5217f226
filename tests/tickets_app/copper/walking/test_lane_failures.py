"""Lanes that fail: newer parts are given out, nothing is begun beyond the failure, and who is told to wait asks again."""

import random
from collections import Counter
from datetime import timedelta

import pytest

from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tests.tickets_app.copper.walking.runner import LATER, Runner, crowd, moment, searched
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import walk


def test_a_failure_stops_at_its_place_and_newer_parts_are_given_out():
    copper = ModelCopper(crowd(3000, {100, 2900}))
    broken = moment(1500)

    def fetch(query: TicketQuery) -> Page:
        page = copper.fetch(query)
        if any(row.created.order <= broken.order for row in page.tickets):
            raise CopperError(Kind.SERVER, status=500)
        return page

    runner = Runner(copper, random.Random(1), 8)
    runner.fetch = fetch
    census = Census()
    steps = runner.steps(Plan(TicketQuery(search_query="hit", created_gte=Moment.of(START)), census, now=LATER))
    assert ids(steps) == ["t2900"]
    assert steps[-1].failure.kind is Kind.SERVER
    assert steps[-1].rest.looked_to.order > broken.order
    rest = Runner(copper, random.Random(1), 8).steps(Plan(steps[-1].rest, census, now=LATER))
    assert ids(rest) == ["t100"]


def test_nothing_is_begun_beyond_a_failure():
    def fetch(query: TicketQuery) -> Page:
        asked.append(query)
        raise CopperError(Kind.SERVER, status=500)

    asked: list[TicketQuery] = []
    copper, census = ModelCopper(crowd(3000)), Census()
    searched(copper, "hit", census)
    plan = Plan(TicketQuery(search_query="other", created_gte=Moment.of(START)), census, now=LATER)
    first = plan.next_job()
    runner = Runner(copper, random.Random(1))
    runner.fetch = fetch
    plan.finish(first, runner.result(plan, first))
    assert plan.next_job() is None
    assert plan.take().failure.status == 500


def waiting(copper: ModelCopper, times: int) -> Runner:
    """A Copper that says 429 to each request so many times before it answers it."""

    def fetch(query: TicketQuery) -> Page:
        refused[query] += 1
        if refused[query] <= times:
            raise CopperError(Kind.RATE_LIMITED, status=429)
        return copper.fetch(query)

    refused: Counter[TicketQuery] = Counter()
    runner = Runner(copper, random.Random(1), 1)
    runner.fetch = fetch
    return runner


def test_a_request_that_was_told_to_wait_twenty_times_is_asked_again_and_so_is_the_next():
    runner = waiting(ModelCopper(crowd(300)), 20)
    steps = runner.steps(Plan(TicketQuery(limit=100), Census(), now=LATER))
    assert (len(ids(steps)), steps[-1].failure) == (300, None)
    assert len(runner.copper.asked) == 3


def test_a_request_that_is_told_to_wait_for_the_twenty_first_time_has_failed():
    steps = waiting(ModelCopper(crowd(300)), 21).steps(Plan(TicketQuery(limit=100), Census(), now=LATER))
    assert [step.failure.status for step in steps] == [429]


def test_copper_that_always_says_wait_ends_in_its_failure():
    def fetch(query: TicketQuery) -> Page:
        raise CopperError(Kind.RATE_LIMITED, status=429)

    runner = Runner(ModelCopper([]), random.Random(1), 8)
    runner.fetch = fetch
    steps = runner.steps(Plan(TicketQuery(search_query="hit"), Census(), now=LATER))
    assert [step.failure.status for step in steps] == [429]


@pytest.mark.parametrize("lanes", [1, 8])
@pytest.mark.parametrize("number", range(1, 13))
@pytest.mark.parametrize("more", [0, 300])
def test_whichever_request_fails_the_steps_end_and_their_rest_goes_on(more, number, lanes):
    """Also where more tickets than expected lie in a window that is searched while it is listed."""
    burst = [
        ticket(9000 + count, minute=2850 + count % 10, reference="hit" if count == 7 else "") for count in range(more)
    ]
    copper = ModelCopper(sorted([*crowd(3000, {5}), *burst], key=lambda row: row.created.order, reverse=True))
    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    expected, now = ids(list(walk(query, copper.fetch))), Moment.of(START + timedelta(minutes=3000)).microseconds
    asked = 0

    def fetch(query: TicketQuery) -> Page:
        nonlocal asked
        asked += 1
        if asked == number:
            raise CopperError(Kind.SERVER, status=500)
        return copper.fetch(query)

    runner, census = Runner(copper, random.Random(number), lanes), Census()
    runner.fetch = fetch
    steps = runner.steps(Plan(query, census, now=now))
    assert steps[-1].failure.status == 500
    rest = Runner(copper, random.Random(number), lanes).steps(Plan(steps[-1].rest, census, now=now))
    assert ids(steps) + ids(rest) == expected
