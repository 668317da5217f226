"""walk() is the definition of a right answer: these tests are its specification."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.tickets_app.copper.walking.model import ModelCopper, ticket
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page, Ticket, Unreadable
from tickets_app.copper.walking.walk import Step, walk


def ids(steps: list[Step]) -> list[str]:
    return [row.id for step in steps for row in step.rows if isinstance(row, Ticket)]


def tickets_with_ties(minutes: list[int], hits: set[int]) -> list[Ticket]:
    """Newest first; the number decides among equal times, so the order is fixed."""
    made = [
        ticket(number, minute=minute, reference="hit" if number in hits else "")
        for number, minute in enumerate(sorted(minutes))
    ]
    return made[::-1]


shops = st.lists(st.integers(0, 12), max_size=60).flatmap(
    lambda minutes: st.sets(st.integers(0, max(0, len(minutes) - 1))).map(lambda hits: tickets_with_ties(minutes, hits))
)


@given(shops, st.integers(1, 12), st.integers(1, 12), st.booleans())
def test_every_match_comes_once_and_in_order(tickets, limit, max_page, searches):
    copper = ModelCopper(tickets, max_page=max_page)
    query = TicketQuery(limit=limit, search_query="hit" if searches else None)
    steps = list(walk(query, copper.fetch))
    assert ids(steps) == [row.id for row in tickets if not searches or row.properties["reference"] == "hit"]
    assert steps[-1].failure is None
    assert steps[-1].rest is None


@given(shops, st.integers(1, 12), st.booleans(), st.data())
def test_a_walk_can_be_taken_up_at_any_step(tickets, limit, searches, data):
    copper = ModelCopper(tickets)
    query = TicketQuery(limit=limit, search_query="hit" if searches else None)
    whole = list(walk(query, copper.fetch))
    stop = data.draw(st.integers(0, len(whole) - 1))
    rest = whole[stop].rest
    resumed = list(walk(rest, copper.fetch)) if rest else []
    assert ids(whole[: stop + 1]) + ids(resumed) == ids(whole)


def changed_behind(copper: ModelCopper, cursor: str, number: int, data: st.DataObject) -> set[str]:
    """Perhaps delete the cursor's ticket and others, perhaps let a new one arrive; give what was deleted."""
    removed: set[str] = set()
    behind = {cursor} | {row.id for row in data.draw(st.lists(st.sampled_from(copper.tickets), max_size=3))}
    if data.draw(st.booleans()):
        removed = behind
        copper.tickets = [row for row in copper.tickets if row.id not in behind]
    if data.draw(st.booleans()):
        copper.tickets.insert(0, ticket(1000 + number, reference="hit"))
    return removed


@given(shops, st.integers(1, 12), st.booleans(), st.data())
def test_deleted_cursors_and_arrivals_lose_and_double_nothing(tickets, limit, searches, data):
    """Between the pages tickets are deleted (the cursor's own, most of all) and new ones arrive at the top."""
    copper = ModelCopper(list(tickets))
    removed: set[str] = set()
    query = TicketQuery(limit=limit, search_query="hit" if searches else None)
    steps = []
    for step in walk(query, copper.fetch):
        steps.append(step)
        if step.rest and step.rest.cursor:
            removed |= changed_behind(copper, step.rest.cursor.id, len(steps), data)
    assert steps[-1].failure is None
    found = ids(steps)
    assert len(found) == len(set(found))
    expected = [row.id for row in tickets if not searches or row.properties["reference"] == "hit"]
    assert [id_ for id_ in found if id_ not in removed] == [id_ for id_ in expected if id_ not in removed]


@given(shops, st.integers(1, 12), st.booleans(), st.data())
def test_newer_tickets_are_walked_from_a_cursor_up(tickets, limit, searches, data):
    if not tickets:
        return
    start = data.draw(st.sampled_from(tickets))
    copper = ModelCopper(tickets)
    query = TicketQuery(limit=limit, search_query="hit" if searches else None, ending_before=Cursor(start.id))
    steps = list(walk(query, copper.fetch))
    newer = tickets[: tickets.index(start)]
    expected = [row.id for row in newer if not searches or row.properties["reference"] == "hit"]
    assert ids(steps[::-1]) == expected
    assert steps[-1].rest is None


def test_an_empty_page_that_has_more_goes_on_behind_the_rows_copper_looked_at():
    tickets = [ticket(number, reference="hit" if number == 0 else "") for number in reversed(range(250))]
    copper = ModelCopper(tickets)
    first, *_ = steps = list(walk(TicketQuery(limit=100, search_query="hit"), copper.fetch))
    assert ids(steps) == ["t0"]
    assert first.rest.cursor.id == "t150"
    assert first.looked_to == tickets[99].created
    assert [query.search_query for query in copper.asked] == ["hit", None, "hit", None, "hit"]


def test_a_failure_is_given_out_as_a_value_with_the_place_to_try_again():
    def broken(copper: ModelCopper) -> None:
        if len(copper.asked) == 2:
            raise CopperError(Kind.SERVER, status=500)

    copper = ModelCopper([ticket(number) for number in reversed(range(30))], before_each=broken)
    steps = list(walk(TicketQuery(limit=10), copper.fetch))
    assert [len(step.rows) for step in steps] == [10, 10, 0]
    assert steps[-1].failure.kind is Kind.SERVER
    copper.before_each = lambda copper: None
    assert ids(steps) + ids(list(walk(steps[-1].rest, copper.fetch))) == [row.id for row in copper.tickets]


def scripted(*pages: Page):
    """A Copper that answers with these pages one after the other, the last one for ever; counts the requests."""
    asked: list[TicketQuery] = []

    def fetch(query: TicketQuery) -> Page:
        asked.append(query)
        return pages[min(len(asked), len(pages)) - 1]

    return fetch, asked


def page(*numbers: int, more: bool = True) -> Page:
    return Page(tuple(ticket(number) for number in numbers), more)


@pytest.mark.parametrize(
    "pages",
    [
        pytest.param([page(9, 8, 7)], id="the same page for ever"),
        pytest.param([page(9, 8, 7), page(7, 6, 5), page(9, 8, 7)], id="goes round"),
        pytest.param([page(9, 8), page(7, 6), page(20, 19)], id="starts over with newer tickets"),
        pytest.param([page(9, 8), page()], id="says more and gives none"),
    ],
)
def test_a_list_that_does_not_advance_ends_in_a_clear_error(pages):
    fetch, asked = scripted(*pages)
    steps = list(walk(TicketQuery(limit=3), fetch))
    assert steps[-1].failure.kind is Kind.STUCK
    assert len(asked) <= len(pages) + 2
    assert len(ids(steps)) == len(set(ids(steps)))


def at_one_time(*numbers: int) -> Page:
    return Page(tuple(ticket(number, minute=0) for number in numbers), True)


@pytest.mark.parametrize(
    ("query", "pages", "requests"),
    [
        pytest.param(TicketQuery(), [at_one_time(9, 8, 7), at_one_time(9, 8)], 2, id="nothing new, times equal"),
        pytest.param(TicketQuery(starting_after=Cursor("t7")), [page(9, 8, 7)], 1, id="the cursor comes again"),
        pytest.param(TicketQuery(starting_after=Cursor("t7", ticket(7).created)), [page(9, 8)], 1, id="backwards"),
        pytest.param(
            TicketQuery(ending_before=Cursor("t7", ticket(7).created)), [page(6, 5)], 1, id="newer, backwards"
        ),
        pytest.param(
            TicketQuery(search_query="hit"),
            [page(), at_one_time(9, 8), page(), at_one_time(7, 6), page(), at_one_time(9, 8)],
            6,
            id="windows of a search go round, times equal",
        ),
    ],
)
def test_a_list_is_stopped_at_the_first_page_that_leads_nowhere(query, pages, requests):
    fetch, asked = scripted(*pages)
    assert list(walk(query, fetch))[-1].failure.kind is Kind.STUCK
    assert len(asked) == requests


def test_a_search_for_newer_tickets_goes_on_from_the_newest_row_looked_at():
    copper = ModelCopper([ticket(number) for number in reversed(range(250))])
    list(walk(TicketQuery(limit=100, search_query="hit", ending_before=Cursor("t0")), copper.fetch))
    assert [query.cursor.id for query in copper.asked if query.search_query] == ["t0", "t100", "t200"]


def test_unreadable_rows_at_the_newer_edge_come_with_the_next_page():
    fetch, _ = scripted(
        Page((Unreadable("not an object"), ticket(9)), True), Page((ticket(11), Unreadable("not an object")), False)
    )
    steps = list(walk(TicketQuery(ending_before=Cursor("t8")), fetch))
    assert [len(step.rows) for step in steps] == [1, 2]


@pytest.mark.parametrize("query", [TicketQuery(), TicketQuery(search_query="hit")], ids=["list", "search"])
def test_a_page_of_which_no_row_can_be_read_is_no_contradiction(query):
    """It gave what it said; where the next page begins is not known."""
    unreadable = Page((Unreadable("not an object"), Unreadable("no id")), True)
    fetch, _ = scripted(unreadable, unreadable)
    assert [step.failure.kind for step in walk(query, fetch)] == [Kind.UNREADABLE]


def test_windows_of_a_search_that_go_round_end_in_a_clear_error():
    fetch, asked = scripted(page(), page(9, 8), page(), page(7, 6), page(), page(9, 8))
    steps = list(walk(TicketQuery(limit=3, search_query="hit"), fetch))
    assert steps[-1].failure.kind is Kind.STUCK
    assert len(asked) == 6


def test_a_contradiction_that_a_repeat_resolves_loses_nothing():
    fetch, _ = scripted(page(9, 8), page(), page(7, 6, more=False))
    assert ids(list(walk(TicketQuery(limit=2), fetch))) == ["t9", "t8", "t7", "t6"]


def test_duplicates_within_and_across_pages_are_shown_once():
    fetch, _ = scripted(page(9, 9, 8), page(8, 7, 7, more=False))
    assert ids(list(walk(TicketQuery(limit=3), fetch))) == ["t9", "t8", "t7"]


def test_disorder_inside_pages_is_kept_where_copper_put_it():
    fetch, _ = scripted(page(9, 4, 8), page(3, 7, 1), page(2, more=False))
    assert ids(list(walk(TicketQuery(limit=3), fetch))) == ["t9", "t4", "t8", "t3", "t7", "t1", "t2"]


def test_unreadable_rows_are_given_out_once_and_never_are_a_cursor():
    rows = (ticket(9), Unreadable("not an object"), ticket(8), Unreadable("without a usable id"))
    fetch, asked = scripted(Page(rows, True), Page((Unreadable("without a usable id"), ticket(7)), False))
    steps = list(walk(TicketQuery(limit=4), fetch))
    assert asked[1].cursor.id == "t8"
    assert sum(isinstance(row, Unreadable) for step in steps for row in step.rows) == 2


def test_pages_larger_and_smaller_than_the_limit_are_accepted():
    fetch, _ = scripted(page(9, 8, 7, 6), page(5), page(4, 3, more=False))
    assert len(ids(list(walk(TicketQuery(limit=2), fetch)))) == 7


def test_a_gone_cursor_is_found_again_by_its_time_when_its_page_is_gone_too():
    tickets = [ticket(number) for number in reversed(range(20))]
    copper = ModelCopper(tickets)
    cursor = Cursor("deleted long ago", tickets[9].created)
    steps = list(walk(TicketQuery(limit=50, starting_after=cursor), copper.fetch))
    assert steps[0].replaced
    assert ids(steps) == [row.id for row in tickets[9:]]


def test_a_gone_cursor_without_its_time_is_an_error_not_a_fresh_start():
    copper = ModelCopper([ticket(1)])
    steps = list(walk(TicketQuery(starting_after=Cursor("gone")), copper.fetch))
    assert steps[0].failure.param == "starting_after"
    assert ids(steps) == []


@settings(max_examples=30)
@given(st.integers(1, 5), st.data())
def test_ties_around_a_deleted_cursor_are_told_apart_by_the_ids_before_it(limit, data):
    """150 tickets of one timestamp; only what a link carries (the cursor with its neighbours) is kept between pages."""
    copper = ModelCopper([ticket(number, minute=0) for number in reversed(range(30))])
    expected, found = [row.id for row in copper.tickets], []
    rest = TicketQuery(limit=limit)
    while rest is not None:
        step = next(iter(walk(rest, copper.fetch)))
        assert step.failure is None
        found += ids([step])
        rest = step.rest
        if rest and data.draw(st.booleans()):
            copper.tickets = [row for row in copper.tickets if row.id != rest.cursor.id]
    assert found == expected


def test_the_bounds_of_the_query_stay_when_the_place_is_found_again():
    moment = Moment.parse("2026-11-20T09:05:00Z")
    query = TicketQuery(created_gte=moment, created_lt=Moment.parse("2026-11-20T10:00:00Z"), location="loc_1")
    again = replace(query, starting_after=Cursor("x", Moment.parse("2026-11-20T09:30:00Z"))).from_time(
        Cursor("x", Moment.parse("2026-11-20T09:30:00Z"))
    )
    assert again.filters() == [
        ("location", "loc_1"),
        ("created[gte]", "2026-11-20T09:05:00Z"),
        ("created[lte]", "2026-11-20T09:30:00Z"),
    ]
