"""Lanes give exactly what the sequential walk gives: for any tickets, bounds, order of answers, faults and budgets."""

import random
import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tests.tickets_app.copper.walking.test_walk import ids, tickets_with_ties
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page, Ticket, Unreadable
from tickets_app.copper.walking import cuts, extent, parts
from tickets_app.copper.walking import plan as plans
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.lanes import lanes
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step, walk

NOW = Moment.of(START + timedelta(minutes=20)).microseconds


def moment(minute: float) -> Moment:
    return Moment.of(START + timedelta(minutes=minute))


@dataclass
class Runner:
    """Runs a plan without threads: answers come in a random order, some of them faults, until the patience is over."""

    copper: ModelCopper
    random: random.Random
    count: int = 4
    fault_rate: float = 0.0
    patience: int = 1_000_000  # answers
    leaves_after: int = 1_000_000  # answers
    most_under_way: int = 0
    after_each: list[str] = field(default_factory=list)

    def steps(self, plan: Plan) -> list[Step]:
        given, under_way = [], []
        for number in range(self.patience):
            plan.winding_down = number >= self.leaves_after
            self.begin(plan, under_way)
            if plan.winding_down and not under_way:
                return given
            assert under_way, "nothing is under way, and nothing is final"
            plan.finish(*under_way.pop(self.random.randrange(len(under_way))))
            while (step := plan.take()) is not None:
                given.append(step)
                if step.rest is None or step.failure:
                    return given
        return given

    def begin(self, plan: Plan, under_way: list[tuple[parts.Job, Step | Page | CopperError]]) -> None:
        while len(under_way) < self.count and (job := plan.next_job()) is not None:
            under_way.append((job, self.result(plan, job)))
        self.most_under_way = max(self.most_under_way, len(under_way))

    def result(self, plan: Plan, job: parts.Job) -> Step | Page | CopperError:
        try:
            return plan.run(job, self.fetch)
        except CopperError as error:
            return error

    def fetch(self, query: TicketQuery) -> Page:
        if self.random.random() < self.fault_rate:
            raise CopperError(*self.random.choice([(Kind.SERVER, "", 500), (Kind.RATE_LIMITED, "", 429)]))
        return self.copper.fetch(query)


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
    for name, value in {"SPAN": 6, "LEAST_SPLIT": 3, "MAX_LIMIT": 3, "ENOUGH": 2, "ROOM": 1}.items():
        holders = [module for module in (cuts, extent, parts, plans) if hasattr(module, name)]
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


def crowd(count: int, hits: set[int] = frozenset()) -> list[Ticket]:
    """Real sizes: a ticket a minute, newest first."""
    return [ticket(number, reference="hit" if number in hits else "") for number in reversed(range(count))]


@pytest.fixture
def real_sizes(small_parts, monkeypatch):
    monkeypatch.undo()


LATER = Moment.of(START + timedelta(days=10)).microseconds


def searched(copper: ModelCopper, text: str, census: Census, **options: object) -> list[Step]:
    query = TicketQuery(search_query=text, created_gte=Moment.of(START), limit=100)
    return Runner(copper, random.Random(1), 8, **options).steps(Plan(query, census, now=LATER))


def test_requests_of_a_first_and_a_second_search(real_sizes):
    copper, census = ModelCopper(crowd(5000, {70, 2500})), Census()
    sequential = len(list(walk(TicketQuery(search_query="hit", limit=100), copper.fetch))) and len(copper.asked)
    copper.asked.clear()
    assert ids(searched(copper, "hit", census)) == ["t2500", "t70"]
    assert len(copper.asked) <= 1.15 * sequential
    copper.asked.clear()
    assert searched(copper, "other", census)[-1].rest is None
    assert len(copper.asked) <= 1.05 * 50


def test_a_range_that_one_request_covers_costs_one(real_sizes):
    copper = ModelCopper(crowd(90, {3}))
    assert ids(searched(copper, "hit", Census())) == ["t3"]
    assert len(copper.asked) == 1


def test_no_part_is_begun_beyond_what_is_wanted(real_sizes):
    copper = ModelCopper(crowd(5000, set(range(0, 5000, 5))))  # 20 matches a request
    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    plan = Plan(query, Census(), now=LATER, wanted=50)
    runner, under_way = Runner(copper, random.Random(1), 8), []
    while True:
        while len(under_way) < 8 and (job := plan.next_job()) is not None:
            under_way.append((job, runner.result(plan, job)))
        if not under_way:
            break
        plan.finish(*under_way.pop(0))
    assert len(copper.asked) <= 3 + 8


def test_every_row_that_was_looked_at_is_counted_once(real_sizes):
    copper = ModelCopper(crowd(1234))
    assert sum(step.looked_at or 0 for step in searched(copper, "hit", Census())) == 1234


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"created": None}, id="no time"),
        pytest.param({"created": "2026-11-20T16:30:00Z"}, id="out of order"),
        pytest.param({"created": "yesterday"}, id="unreadable time"),
    ],
)
def test_lists_whose_times_are_odd_are_walked_in_sequence(real_sizes, odd):
    """Parts of the time are no parts of such a list (RELIABILITY.md, row 33)."""
    rows = crowd(900, {5, 420, 850})
    at = next(index for index, row in enumerate(rows) if row.id == "t420")
    rows[at] = Ticket("t420", {**rows[at].properties, **odd})

    class Unbounded(ModelCopper):
        """The odd row stays where it is, whatever the bounds."""

        def _in_bounds(self, query, row):
            return row.id == "t420" or super()._in_bounds(query, row)

    copper = Unbounded(rows)
    query = TicketQuery(search_query="hit", limit=100)
    steps = Runner(copper, random.Random(3), 8).steps(Plan(query, Census(), now=LATER))
    assert ids(steps) == ids(list(walk(query, copper.fetch))) == ["t850", "t420", "t5"]


def test_unreadable_rows_are_walked_in_sequence_too(real_sizes):
    tickets = crowd(250, {5})
    copper = ModelCopper(tickets)

    def fetch(query: TicketQuery) -> Page:
        page = copper.fetch(query)
        return Page((Unreadable("not an object"), *page.rows), page.has_more) if query.search_query is None else page

    plan, runner = Plan(TicketQuery(search_query="hit"), Census(), now=LATER), Runner(copper, random.Random(1))
    runner.fetch = fetch
    assert ids(runner.steps(plan)) == ["t5"]


def test_a_failure_stops_at_its_place_and_newer_parts_are_given_out(real_sizes):
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


def test_nothing_is_begun_beyond_a_failure(real_sizes):
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


def test_a_request_that_was_told_to_wait_is_asked_again(real_sizes):
    copper, refused = ModelCopper(crowd(300, {5})), []

    def fetch(query: TicketQuery) -> Page:
        if len(refused) < 7:
            refused.append(query)
            raise CopperError(Kind.RATE_LIMITED, status=429)
        return copper.fetch(query)

    runner = Runner(copper, random.Random(1), 8)
    runner.fetch = fetch
    assert ids(runner.steps(Plan(TicketQuery(search_query="hit"), Census(), now=LATER))) == ["t5"]


def test_copper_that_always_says_wait_ends_in_its_failure(real_sizes):
    def fetch(query: TicketQuery) -> Page:
        raise CopperError(Kind.RATE_LIMITED, status=429)

    runner = Runner(ModelCopper([]), random.Random(1), 8)
    runner.fetch = fetch
    steps = runner.steps(Plan(TicketQuery(search_query="hit"), Census(), now=LATER))
    assert [step.failure.status for step in steps] == [429]


def test_a_slow_reader_slows_the_walk_down(real_sizes):
    copper = ModelCopper(crowd(8000))
    plan = Plan(TicketQuery(limit=100, created_gte=Moment.of(START)), Census(), now=LATER)
    while (job := plan.next_job()) is not None:
        plan.finish(job, plan.run(job, copper.fetch))
    assert plans.MOST_AHEAD <= len(copper.asked) < plans.MOST_AHEAD + 8


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


# With threads


def test_threads_give_the_same_and_never_more_than_allowed_are_under_way(real_sizes):
    copper, lock = ModelCopper(crowd(3000, {5, 1500, 2990})), threading.Lock()
    under_way, most = 0, 0

    def fetch(query: TicketQuery, first: bool) -> Page:
        nonlocal under_way, most
        with lock:
            under_way += 1
            most = max(most, under_way)
            page = copper.fetch(query)
        threading.Event().wait(0.001)
        with lock:
            under_way -= 1
        return page

    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    left = threading.Event()
    steps = list(lanes(Plan(query, Census(), now=LATER), fetch, count=6, left=left.set))
    assert ids(steps) == ["t2990", "t1500", "t5"]
    assert 1 < most <= 6
    assert left.wait(10)


def test_nothing_is_begun_once_patience_is_over_and_what_is_under_way_ends(real_sizes):
    copper, patience, entered = ModelCopper(crowd(3000)), [10.0], threading.Semaphore(0)
    go, left = threading.Event(), threading.Event()

    def fetch(query: TicketQuery, first: bool) -> Page:
        page = copper.fetch(query)
        entered.release()
        if len(copper.asked) > 5:
            patience[0] = 0.0
            go.wait(10)
        return page

    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    walked = lanes(Plan(query, Census(), now=LATER), fetch, count=1, patience=lambda: patience[0], left=left.set)
    threading.Timer(0.0, lambda: [entered.acquire() for _ in range(6)] and go.set()).start()
    assert all(step.rest for step in walked)
    assert left.wait(10)
    assert len(copper.asked) == 6


def test_a_defect_is_raised_where_the_steps_are_waited_for(real_sizes):
    def fetch(query: TicketQuery, first: bool) -> Page:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        list(lanes(Plan(TicketQuery(search_query="hit"), Census(), now=LATER), fetch, count=2))
