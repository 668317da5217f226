"""Lanes that fail: newer parts are given out, nothing is begun beyond the failure, and who is told to wait asks again."""

import random

from tests.tickets_app.copper.walking.model import START, ModelCopper
from tests.tickets_app.copper.walking.runner import LATER, Runner, crowd, moment, searched
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.plan import Plan


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


def test_a_request_that_was_told_to_wait_is_asked_again():
    copper, refused = ModelCopper(crowd(300, {5})), []

    def fetch(query: TicketQuery) -> Page:
        if len(refused) < 7:
            refused.append(query)
            raise CopperError(Kind.RATE_LIMITED, status=429)
        return copper.fetch(query)

    runner = Runner(copper, random.Random(1), 8)
    runner.fetch = fetch
    assert ids(runner.steps(Plan(TicketQuery(search_query="hit"), Census(), now=LATER))) == ["t5"]


def test_copper_that_always_says_wait_ends_in_its_failure():
    def fetch(query: TicketQuery) -> Page:
        raise CopperError(Kind.RATE_LIMITED, status=429)

    runner = Runner(ModelCopper([]), random.Random(1), 8)
    runner.fetch = fetch
    steps = runner.steps(Plan(TicketQuery(search_query="hit"), Census(), now=LATER))
    assert [step.failure.status for step in steps] == [429]
