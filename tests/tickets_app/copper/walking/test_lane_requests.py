"""What lanes ask for: hardly more than the walk does, nothing beyond what is wanted, and odd lists in sequence."""

import random
from datetime import timedelta

import pytest

from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tests.tickets_app.copper.walking.runner import LATER, Runner, crowd, searched
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.moments import LAST, Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Page, Ticket, Unreadable
from tickets_app.copper.walking import plan as plans
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.extent import Extent
from tickets_app.copper.walking.parts import Part
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import walk


def test_requests_of_a_first_and_a_second_search():
    copper, census = ModelCopper(crowd(5000, {70, 2500})), Census()
    sequential = len(list(walk(TicketQuery(search_query="hit", limit=100), copper.fetch))) and len(copper.asked)
    copper.asked.clear()
    assert ids(searched(copper, "hit", census)) == ["t2500", "t70"]
    assert len(copper.asked) <= 1.15 * sequential
    copper.asked.clear()
    assert searched(copper, "other", census)[-1].rest is None
    assert len(copper.asked) <= 1.05 * 50


def test_more_tickets_of_one_time_than_a_page_holds_cost_hardly_more_and_only_they_are_walked_by_cursors():
    """Before, all that lay below them in that part was walked in sequence, too."""
    at_once = [ticket(9000 + number, minute=2500) for number in range(130)]
    tickets = sorted([*crowd(5000), *at_once], key=lambda row: row.created.order, reverse=True)
    copper = ModelCopper(tickets)
    assert ids(searched(copper, "hit", Census())) == []
    assert len(copper.asked) <= 1.12 * 2 * 52
    assert len([query for query in copper.asked if query.starting_after]) <= 4


def test_the_newest_window_is_searched_before_anything_is_listed():
    """Also where enough is known around it that it would be surveyed."""
    copper, census = ModelCopper(crowd(5000, {4990})), Census()
    census.sample(0, 60_000_000, 1)
    census.note(Moment.of(START).microseconds, Moment.of(START + timedelta(minutes=30)).microseconds, 30)
    assert ids(searched(copper, "hit", census)) == ["t4990"]
    assert (copper.asked[0].search_query, copper.asked[0].created_lt) == ("hit", None)


def test_what_was_walked_before_a_page_was_left_is_asked_for_again_and_not_cut_anew():
    """So answers that are kept are found again, whatever was under way then; nothing is asked a second time."""
    tickets = crowd(8000, set(range(0, 8000, 19)))
    copper, census, kept = ModelCopper(tickets), Census(), {}
    rest, cuts, found = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100), None, []

    class Keeping(Runner):
        def fetch(self, query: TicketQuery) -> Page:
            question = tuple(query.params())
            if question not in kept:
                kept[question] = super().fetch(query)
            return kept[question]

    for _ in range(200):
        plan = Plan(rest, census, now=LATER, wanted=100, ahead=100, cuts=cuts)
        steps = Keeping(copper, random.Random(1), 8, patience=23).steps(plan)
        found += ids(steps)
        rest, cuts = steps[-1].rest if steps else rest, plan.dump()
        if rest is None:
            break
    assert found == [row.id for row in tickets if row.properties["reference"]]
    assert len(copper.asked) <= 1.06 * 8000 / 96  # a window ends at the last of the five or six matches in its 100 rows


def test_what_the_page_before_listed_while_this_one_began_is_not_listed_again():
    """Its last surveys end when the next page has read its cuts already; what they say is learned, not kept."""
    copper, census = ModelCopper(crowd(5000)), Census()
    runner, under_way = Runner(copper, random.Random(1), 8), []
    rest = TicketQuery(search_query="none", created_gte=Moment.of(START), limit=100)
    before = Plan(rest, census, now=LATER)
    for _ in range(30):
        runner.begin(before, under_way)
        before.finish(*under_way.pop(0))
        while step := before.take():
            rest = step.rest
    for answered in under_way:
        before.finish(*answered)
    jobs = [job for _ in range(8) if (job := before.next_job())]
    following = Plan(rest, census, now=LATER, cuts=before.dump())
    for job in jobs:
        runner.result(before, job)
    assert runner.steps(following)[-1].rest is None
    listed = [tuple(asked.params()) for asked in copper.asked if asked.search_query is None]
    assert len([job for job in jobs if job.survey]) > 1
    assert len(listed) == len(set(listed))


def test_a_range_that_one_request_covers_costs_one():
    copper = ModelCopper(crowd(90, {3}))
    assert ids(searched(copper, "hit", Census())) == ["t3"]
    assert len(copper.asked) == 1


def asked_without_a_start(census: Census, **end: Moment) -> list[tuple[object, ...]]:
    """The kind, the low end and the place of each request of a search that finds nothing."""
    copper = ModelCopper(crowd(1000))
    plan = Plan(TicketQuery(search_query="none", limit=100, **end), census, now=LATER)
    assert Runner(copper, random.Random(1), 8).steps(plan)[-1].rest is None
    return [(query.search_query, query.low, query.cursor) for query in copper.asked]


@pytest.mark.parametrize("name", ["created_lt", "created_lte"])
def test_an_end_that_is_still_to_come_is_none(name):
    """Cut by an average up to the year 9999, a part would be ten years, and what was learned of no use to others."""
    census, other = Census(), Census()
    assert asked_without_a_start(census, **{name: LAST}) == asked_without_a_start(other)
    assert census.dump() == other.dump()


def test_where_a_survey_ends_the_list_nothing_below_it_is_asked_for():
    """It was asked for without an end: what was split off since holds nothing either."""
    assert len(asked_without_a_start(Census())) <= 40


def test_no_part_is_begun_beyond_what_is_wanted():
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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("lanes", [1, 8])
@pytest.mark.parametrize("more", [0, 300])
def test_every_row_that_was_looked_at_is_counted_once(more, lanes, seed):
    """Whichever answer comes first where a window is searched and listed at the same time."""
    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    chance = random.Random(seed)
    minutes = sorted(chance.choices(range(3000), k=3000) + chance.choices(range(2850, 2860), k=more), reverse=True)
    copper = ModelCopper([ticket(number, minute=minute) for number, minute in enumerate(minutes)])
    now = Moment.of(START + timedelta(minutes=3000)).microseconds
    steps = Runner(copper, random.Random(seed), lanes).steps(Plan(query, Census(), now=now))
    assert sum(step.looked_at or 0 for step in steps) == 3000 + more
    assert all(step.counted for step in steps)


def test_a_window_that_is_searched_while_it_is_listed_costs_nothing_more():
    """Also where nothing lies below it, and where it holds more tickets of one time than a page."""
    copper = ModelCopper(crowd(150))
    query = TicketQuery(search_query="hit", created_gte=Moment.of(START - timedelta(hours=3)), limit=100)
    now = Moment.of(START + timedelta(minutes=150)).microseconds
    assert ids(Runner(copper, random.Random(1), 8).steps(Plan(query, Census(), now=now))) == []
    assert len(copper.asked) == 4
    at_once = [ticket(9000 + number, minute=4880, reference="hit" if number == 1 else "") for number in range(130)]
    tickets = sorted([*crowd(5000, {4850, 4840}), *at_once], key=lambda row: row.created.order, reverse=True)
    query = TicketQuery(search_query="hit", created_gte=Moment.of(START), limit=100)
    now = Moment.of(START + timedelta(minutes=5000)).microseconds
    copper = ModelCopper(tickets)
    assert ids(Runner(copper, random.Random(1), 8).steps(Plan(query, Census(), now=now))) == ["t9001", "t4850", "t4840"]
    assert len(copper.asked) <= 1.15 * 2 * 52


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({"created": None}, id="no time"),
        pytest.param({"created": "2026-11-20T16:30:00Z"}, id="out of order"),
        pytest.param({"created": "yesterday"}, id="unreadable time"),
    ],
)
def test_lists_whose_times_are_odd_are_walked_in_sequence(odd):
    """Parts of the time are no parts of such a list (RELIABILITY.md, row 33)."""
    rows = crowd(900, {5, 420, 850})
    at = next(index for index, row in enumerate(rows) if row.id == "t420")
    rows[at] = Ticket("t420", {**rows[at].properties, **odd})

    class Unbounded(ModelCopper):
        """The odd row stays where it is, whatever the bounds."""

        def _rows(self, query, tickets):
            within = {row.id for row in super()._rows(query, [row for row in tickets if row.id != "t420"])}
            return [row for row in tickets if row.id == "t420" or row.id in within]

    copper = Unbounded(rows)
    query = TicketQuery(search_query="hit", limit=100)
    steps = Runner(copper, random.Random(3), 8).steps(Plan(query, Census(), now=LATER))
    assert ids(steps) == ids(list(walk(query, copper.fetch))) == ["t850", "t420", "t5"]


@pytest.mark.parametrize("text", [None, "hit"])
def test_a_list_that_knows_no_bounds_is_walked_in_sequence(text):
    """Each of the parts would give all of it."""

    class Boundless(ModelCopper):
        _rows = staticmethod(lambda query, tickets: tickets)

    copper = Boundless(crowd(900, {5, 420, 850}))
    query = TicketQuery(search_query=text, limit=100)
    steps = Runner(copper, random.Random(3), 8).steps(Plan(query, Census(), now=LATER))
    found = [row.id for row in copper.tickets if text is None or row.properties["reference"] == text]
    assert [row.id for step in steps for row in step.rows] == found


def test_nothing_is_lost_where_copper_compares_times_more_exactly_than_it_says_them():
    """The bounds of parts that are cut anywhere would lie between a ticket's time and the one that is said of it."""
    exact = {f"t{number}": START + timedelta(seconds=number / 7) for number in range(15_000)}
    said = {name: at.replace(microsecond=0).isoformat().replace("+00:00", "Z") for name, at in exact.items()}

    class Coarse(ModelCopper):
        @staticmethod
        def _order(row):
            return exact[row.id], 0

    copper = Coarse([Ticket(name, {"id": name, "created": said[name]}) for name in reversed(exact)])
    plan = Plan(TicketQuery(limit=100), Census(), now=LATER)
    steps = Runner(copper, random.Random(3), 8).steps(plan)
    assert [row.id for step in steps for row in step.rows] == [row.id for row in copper.tickets]


def test_unreadable_rows_are_walked_in_sequence_too():
    tickets = crowd(250, {5})
    copper = ModelCopper(tickets)

    def fetch(query: TicketQuery) -> Page:
        page = copper.fetch(query)
        return Page((Unreadable("not an object"), *page.rows), page.has_more) if query.search_query is None else page

    plan, runner = Plan(TicketQuery(search_query="hit"), Census(), now=LATER), Runner(copper, random.Random(1))
    runner.fetch = fetch
    assert ids(runner.steps(plan)) == ["t5"]


def test_a_slow_reader_slows_the_walk_down():
    copper = ModelCopper(crowd(8000))
    plan = Plan(TicketQuery(limit=100, created_gte=Moment.of(START)), Census(), now=LATER)
    while (job := plan.next_job()) is not None:
        plan.finish(job, plan.run(job, copper.fetch))
    assert plans.MOST_AHEAD <= len(copper.asked) < plans.MOST_AHEAD + 8


def test_a_survey_from_now_on_is_asked_for_as_the_plain_list_is():
    """Who listed it a moment ago has the answer; below it a time alone says where the survey goes on."""
    extent = Extent(TicketQuery(search_query="hit"), LATER)
    survey = extent.survey_of(Part(None, None, extent.ceiling))
    assert survey == TicketQuery(limit=MAX_LIMIT)
    assert extent.survey_of(Part(None, None, extent.ceiling - 1)).created_lt is not None
