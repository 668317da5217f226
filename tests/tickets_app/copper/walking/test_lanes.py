"""Lanes give exactly what the sequential walk gives: for any tickets, bounds, order of answers, faults and budgets."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets_app.copper.walking.model import ModelCopper, ticket
from tests.tickets_app.copper.walking.runner import LATER, NOW, Runner, crowd, moment
from tests.tickets_app.copper.walking.test_walk import ids, tickets_with_ties
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page, Ticket
from tickets_app.copper.walking import cuts, extent, parts, survey
from tickets_app.copper.walking import plan as plans
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import walk

# From a few tickets to many, from all at one time to one a minute, from no match to nothing else.
shops = st.tuples(
    st.integers(0, 70), st.sampled_from([2, 6, 12, 40]), st.sampled_from([0.0, 0.04, 0.2, 1.0]), st.integers()
).map(lambda shape: shop(*shape))


def shop(count: int, minutes: int, share: float, seed: int) -> list[Ticket]:
    chance = random.Random(seed)
    times = [chance.randrange(minutes) for _ in range(count)]
    return tickets_with_ties(times, {number for number in range(count) if chance.random() < share})


bounds = st.sampled_from([None, -1, 0, 3, 3.5, 6, 9, 12, 20])


queries = st.builds(
    lambda low, high, searches, included: TicketQuery(
        search_query="hit" if searches else None,
        limit=100,
        **{"created_gte" if included else "created_gt": moment(low) if low is not None else None},
        **{"created_lt" if included else "created_lte": moment(high) if high is not None else None},
    ),
    bounds,
    bounds,
    st.booleans(),
    st.booleans(),
)


@pytest.fixture(autouse=True)
def small_parts(monkeypatch):
    """So that a few tickets are cut into many parts."""
    small = {"SPAN": 6, "LEAST_SPLIT": 3, "LEAST_SPLIT_OF_MANY": 2, "MANY": 2, "MAX_LIMIT": 3, "ENOUGH": 2, "ROOM": 1}
    for name, value in small.items():
        holders = [module for module in (cuts, extent, parts, plans, survey) if hasattr(module, name)]
        assert holders, name
        for module in holders:
            monkeypatch.setattr(module, name, value)
    monkeypatch.setattr("tickets_app.copper.walking.portions.MAX_LIMIT", 4)
    monkeypatch.setattr("tickets_app.copper.walking.portions.GROUP", 2)
    monkeypatch.setattr("tickets_app.copper.walking.portions.ROOM", 3)


@settings(max_examples=1000, deadline=None)
@given(
    shops,
    queries,
    st.integers(1, 8),
    st.integers(1, 9),
    st.sampled_from([0, 0, 0.1, 0.4]),
    st.integers(1, 40),
    st.booleans(),
    st.randoms(use_true_random=False),
)
def test_lanes_equal_the_walk(tickets, query, count, max_page, fault_rate, patience, remembers, rng):
    """Also when they are left and taken up again at any place, with or without what was known of the cuts."""
    copper = ModelCopper(tickets, max_page=max_page)
    expected = ids(list(walk(query, copper.fetch)))
    census, rest, found, cuts = Census(), query, [], None
    for _ in range(3000):
        runner = Runner(copper, rng, count, fault_rate, patience)
        plan = Plan(rest, census, now=NOW, cuts=cuts)
        steps = runner.steps(plan)
        found += ids(steps)
        assert runner.most_under_way <= count
        rest = steps[-1].rest if steps else rest
        if rest is None:
            break
        cuts = plan.dump() if remembers else None
        patience += 1
    assert found == expected


class PageReader(Runner):
    """Takes as many steps as fill a page, and then lets lanes go on for a few answers."""

    def page(self, plan: Plan, rest: TicketQuery, wanted: int) -> tuple[list[str], TicketQuery | None]:
        found, under_way, fits = [], [], True
        while rest is not None and fits and len(found) < wanted:
            if (step := plan.take()) is not None:
                found, rest, fits = found + ids([step]), step.rest, step.fits
            else:
                self.answer(plan, under_way)
        for _ in range(self.random.randrange(6)):  # while it is read
            self.answer(plan, under_way)
        return found, rest

    def answer(self, plan: Plan, under_way: list) -> None:
        self.begin(plan, under_way)
        if under_way:
            plan.finish(*under_way.pop(self.random.randrange(len(under_way))))


@settings(max_examples=320, deadline=None)
@given(shops, queries, st.integers(1, 8), st.integers(1, 9), st.integers(0, 9), st.randoms(use_true_random=False))
def test_pages_between_which_lanes_read_ahead_equal_the_walk(tickets, query, count, wanted, ahead, rng):
    """What was asked for and cut while a page was read moves no ticket; who comes next knows of it by the cuts."""
    copper, census = ModelCopper(tickets, max_page=3), Census()
    rest, cuts, found = query, None, []
    while rest is not None:
        plan = Plan(rest, census, now=NOW, wanted=wanted, ahead=ahead, cuts=cuts)
        page, rest = PageReader(copper, rng, count).page(plan, rest, wanted)
        found += page
        cuts = plan.dump()
        assert len(found) <= len(tickets)
    assert found == ids(list(walk(query, copper.fetch)))


@settings(max_examples=320, deadline=None)
@given(shops, queries, st.integers(1, 8), st.integers(1, 40), st.randoms(use_true_random=False))
def test_a_plan_that_winds_down_gives_all_that_it_asked_for(tickets, query, count, leaves_after, rng):
    """So that whoever goes on later asks nothing again; its rest goes on exactly behind."""
    query = query.without_search()
    copper = ModelCopper(tickets, max_page=3)
    pages: list[list[str]] = []

    class Noting(Runner):
        def fetch(self, query: TicketQuery) -> Page:
            page = super().fetch(query)
            if plan.winding_down and page.tickets and all(pages):  # an empty page says nothing of how far down it was
                assert page.tickets[0].created.order >= min(lowest), "begun further on"
            lowest.extend(row.created.order for row in page.tickets)
            pages.append([row.id for row in page.tickets])
            return page

    plan, lowest = Plan(query, Census(), now=NOW), []
    steps = Noting(copper, rng, count, leaves_after=leaves_after).steps(plan)
    found = ids(steps)
    assert [page for page in pages if page and not set(page) & set(found)] == []
    rest = steps[-1].rest if steps else query
    assert found + (ids(list(walk(rest.resolved(), copper.fetch))) if rest else []) == ids(
        list(walk(query, copper.fetch))
    )


class InOrder(random.Random):
    """Answers come in the order of their requests, and none fails."""

    def randrange(self, *bounds: int) -> int:  # type: ignore[override] # the one use is "which of so many"
        return 0

    def random(self) -> float:
        return 1.0


@pytest.mark.parametrize("seed", range(8))
def test_the_emptiness_below_the_oldest_ticket_is_not_cut_and_asked_again_and_again(seed):
    """An answer that ends the list ends it for all that was split off while it was under way.

    Before, half of these shops (20 days of 8 hours) went on for years into the past, one empty part after the other.
    """
    chance, day = random.Random(seed), 24 * 60
    minutes = [number * day + chance.randrange(8 * 60) for number in range(20) for _ in range(15)]
    copper = ModelCopper(tickets_with_ties(minutes, set()), max_page=3)
    runner = Runner(copper, InOrder(), count=8, patience=1000)
    steps = runner.steps(Plan(TicketQuery(), Census(), now=NOW + 20 * day * 60_000_000))
    assert len(ids(steps)) == 300
    assert len(copper.asked) <= 1.3 * 100


@settings(max_examples=320, deadline=None)
@given(shops, queries, queries, st.integers(1, 8), st.randoms(use_true_random=False), st.data())
def test_what_one_search_learned_is_only_a_hint_for_the_next(tickets, first, second, count, rng, data):
    """The second search finds what is there now, whatever came and went since the first."""
    copper, census = ModelCopper(list(tickets)), Census()
    Runner(copper, rng, count).steps(Plan(first, census, now=NOW))
    gone = data.draw(st.sets(st.sampled_from([row.id for row in tickets])) if tickets else st.just(set()))
    late = [ticket(1000 + number, minute=minute, reference="hit") for number, minute in enumerate([1, 5, 5, 11])]
    copper.tickets = sorted(
        [row for row in tickets if row.id not in gone] + late, key=lambda row: row.created.order, reverse=True
    )
    known = Census.load(census.dump())
    assert ids(Runner(copper, rng, count).steps(Plan(second, known, now=NOW))) == ids(list(walk(second, copper.fetch)))


@settings(max_examples=400, deadline=None)
@given(shops, st.integers(1, 12), st.integers(1, 6), st.booleans(), st.randoms(use_true_random=False))
def test_lanes_go_on_from_a_cursor_as_the_walk_does(tickets, limit, count, knows_time, rng):
    if not tickets:
        return
    copper = ModelCopper(tickets, max_page=rng.randint(1, 9))
    start = rng.choice(tickets)
    query = TicketQuery(
        search_query="hit", limit=limit, starting_after=Cursor(start.id, start.created if knows_time else None)
    )
    steps = Runner(copper, rng, count).steps(Plan(query, Census(), now=NOW))
    assert ids(steps) == ids(list(walk(query, copper.fetch)))


@given(shops, st.integers(1, 6), st.randoms(use_true_random=False))
def test_steps_are_final_and_their_rest_goes_on_exactly_behind_them(tickets, count, rng):
    copper, query = ModelCopper(tickets), TicketQuery(search_query="hit", limit=100)
    steps = Runner(copper, rng, count).steps(Plan(query, Census(), now=NOW))
    expected = ids(list(walk(query, copper.fetch)))
    for number in range(1, len(steps)):
        rest = steps[number - 1].rest
        assert ids(steps[:number]) + ids(list(walk(rest.resolved(), copper.fetch))) == expected


@pytest.mark.parametrize(
    "text",
    ["", "x", "[]", "[[1]]", "[[1, null, false, 3]]", "[[5, null, false, 1], [7, 5, true, 1], [null, 7, false, 1]]"],
)
def test_cuts_that_are_garbage_or_leave_a_gap_are_not_used(text):
    copper = ModelCopper(crowd(30, {3, 20}))
    steps = Runner(copper, random.Random(1)).steps(
        Plan(TicketQuery(search_query="hit"), Census(), now=LATER, cuts=text)
    )
    assert ids(steps) == ["t20", "t3"]
