"""What is known of how many rows lie where: counted from pages, guessed in between, and never more than a hint."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.tickets_app.copper.walking.model import START, ModelCopper, ticket
from tickets_app.copper.moments import FIRST, Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page, Ticket
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.portions import GROUP, Portion, Stretch
from tickets_app.copper.walking.walk import walk

ZERO = Moment.of(START).microseconds
MINUTE = 60_000_000
NOW = ZERO + 30 * 24 * 60 * MINUTE


def at(minutes: float) -> int:
    return ZERO + round(minutes * MINUTE)


def learned(copper: ModelCopper, query: TicketQuery) -> Census:
    census = Census()

    def fetch(asked: TicketQuery) -> Page:
        page = copper.fetch(asked)
        assert census.learn(asked, page, NOW)
        return page

    list(walk(query, fetch))
    return census


def by_minute(count: int) -> list[Ticket]:
    return [ticket(number) for number in reversed(range(count))]


minutes = st.lists(st.integers(0, 40), max_size=80)


@given(minutes, st.integers(1, 30), st.integers(0, 40), st.integers(0, 41))
def test_a_list_walked_to_its_end_is_known_to_the_row(times, limit, low, high):
    """Counts of any part whose ends lie between groups are exact; their sum is the number of rows."""
    rows = [ticket(number, minute=minute) for number, minute in enumerate(sorted(times))][::-1]
    bounds = {
        "created_gte": Moment.of(START + timedelta(minutes=low)),
        "created_lt": Moment.of(START + timedelta(minutes=high)),
    }
    census = learned(ModelCopper(rows), TicketQuery(limit=limit, **bounds))
    if low >= high:
        return
    if census.known_down_from(at(high), at(low)) == at(low):  # more rows of one time than a page holds are not
        assert census.expect(at(low), at(high)) == pytest.approx(sum(low <= minute < high for minute in times))
    portions = census.portions(at(low), at(high))
    assert (portions[0].high, portions[-1].low) == (at(high), at(low))
    assert all(above.low == below.high for above, below in pairwise(portions))
    for portion in portions:
        if portion.counted:
            assert portion.rows == sum(portion.low <= at(minute) < portion.high for minute in times)


def test_portions_are_full():
    census = learned(ModelCopper(by_minute(1000)), TicketQuery(limit=100, created_gte=Moment.of(START)))
    portions = census.portions(ZERO, at(1000))
    assert sum(portion.rows for portion in portions) == 1000
    assert len(portions) <= 11
    assert all(portion.rows <= 100 for portion in portions)


def test_pages_that_go_on_by_cursor_adjoin_each_other():
    census = learned(ModelCopper(by_minute(400)), TicketQuery(limit=100, created_gte=Moment.of(START)))
    assert census.known_down_from(at(400), ZERO) == ZERO


def test_rows_of_one_time_at_the_end_of_a_page_wait_for_the_next():
    rows = [ticket(number, minute=0 if number < 8 else number) for number in reversed(range(20))]
    census = Census()
    assert census.learn(TicketQuery(limit=15), Page(tuple(rows[:15]), True), NOW)
    assert census.known_down_from(NOW, None) == at(8)
    assert census.above(at(0)) == at(8)


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param((ticket(1), ticket(2)), id="out of order"),
        pytest.param((Ticket("t", {"id": "t", "created": None}),), id="no time"),
    ],
)
def test_a_page_whose_times_are_odd_is_not_counted(rows):
    census = Census()
    assert not census.learn(TicketQuery(), Page(rows, False), NOW)
    assert len(census) == 0


def test_what_is_not_known_is_guessed_as_at_the_same_hour_of_another_day():
    day, hour = 24 * 60, 60
    census = Census([Stretch(at(day + 60 * number), at(day + 60 * (number + 1)), 10 * number) for number in range(24)])
    assert census.expect(at(5 * hour), at(6 * hour)) == pytest.approx(50)
    assert census.expect(at(20 * hour), at(21 * hour)) == pytest.approx(200)
    assert census.expect(at(-9 * day), at(-5 * day)) == pytest.approx(4 * sum(range(0, 240, 10)))
    reached = census.reach(at(day), 200 + 210 + 220 + 230, None)
    assert reached == pytest.approx(at(20 * hour), abs=MINUTE)


def test_nothing_is_guessed_where_nothing_is_known():
    census = Census()
    assert census.expect(0, 10) is None
    assert census.portions(0, 10) == [Portion(0, 10, None, counted=False)]
    census.sample(0, 1000, 100)
    assert census.expect(0, 10) == pytest.approx(1.0)


def test_a_small_gap_is_looked_at_along_with_its_neighbours_and_a_large_one_alone():
    census = Census([Stretch(at(0), at(50), 50), Stretch(at(55), at(75), 20), Stretch(at(500), at(550), 50)])
    shapes = [
        (round((one.low - ZERO) / MINUTE), round((one.high - ZERO) / MINUTE), one.counted)
        for one in census.portions(at(0), at(550))
    ]
    assert shapes == [(500, 550, True), (75, 500, False), (0, 75, False)]


def test_new_knowledge_replaces_old_knowledge_of_the_same_time():
    census = Census([Stretch(at(0), at(10), 99), Stretch(at(10), at(20), 99), Stretch(at(20), at(30), 7)])
    census.learn(
        TicketQuery(created_gte=Moment.of_microseconds(at(0)), created_lt=Moment.of_microseconds(at(20))),
        Page((ticket(15), ticket(5)), False),
        NOW,
    )
    assert census.expect(at(0), at(30)) == pytest.approx(9)


def test_it_survives_being_written_down_and_merged():
    census = learned(ModelCopper(by_minute(345)), TicketQuery(limit=100, created_gte=Moment.of(START)))
    other = Census([Stretch(at(-1010), at(-1000), 3)])
    other.merge(Census.load(census.dump()))
    assert other.expect(at(0), NOW) == pytest.approx(345)
    assert other.expect(at(-1010), at(-1000)) == pytest.approx(3)
    assert Census.load(census.dump()).dump() == census.dump()


@pytest.mark.parametrize("text", [None, 7, "", "{", "[[1]]", '[["a",1,2,3]]', "{}", "[1]"])
def test_garbage_is_no_knowledge(text):
    assert len(Census.load(text)) == 0


def test_a_cursor_stands_for_its_own_row_and_those_of_its_time_before_it():
    query = TicketQuery(starting_after=Cursor("t9", ticket(9).created, ("t10",)), created_gte=Moment.of(START))
    census = Census()
    census.learn(query, Page(tuple(by_minute(9)), False), NOW)
    assert census.expect(at(0), at(9) + 1) == pytest.approx(9 + 2)
    assert GROUP > 1


def test_below_all_that_is_known_no_portion_begins_above():
    """A list that went on there was split above its place, and gave rows a second time."""
    census = Census()
    census.note(100, 200, 3)
    assert all(portion.high <= 50 for portion in census.portions(None, 50))


def test_no_cut_lies_before_the_first_time_that_can_be_asked_for():
    census = Census()
    census.sample(0, 1, 1)  # a little is known, and nothing of what lies so far back
    high = FIRST.microseconds + 5
    assert census.reach(high, 1_000_000.0, None) == FIRST.microseconds


def test_a_page_above_the_place_it_goes_on_from_is_out_of_order_and_leaves_no_stretch_without_length():
    """Copper's order broken from one page to the next (RELIABILITY.md, row 33): such a stretch ended a search with a defect."""
    census, place = Census(), ticket(0, minute=3)
    page = Page((ticket(1, minute=9), ticket(2, minute=3)), True)
    query = TicketQuery(limit=100, starting_after=Cursor(place.id, place.created))
    assert census.learn(query, page, NOW) is False
    assert len(census) == 0
