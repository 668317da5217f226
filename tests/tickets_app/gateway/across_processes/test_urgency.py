"""Of all processes the one with the most urgent request is next, and none is passed over for ever."""

from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import Requests, Town
from tickets_app.copper.http.turns import PASSED_AT_MOST, Urgency

pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.fixture
def town() -> Iterator[Town]:
    made = Town()
    yield made
    made.close()


def processes(town: Town, *kinds: list[Urgency]) -> tuple[Requests, list[Requests]]:
    """One that holds the only slot, and others with requests that wait for it."""
    holder = Requests(1, pool=town.peers[0])
    holder.begin()
    others = []
    for waiting in kinds:
        others.append(Requests(1, pool=town.newcomer()))
        for urgency in waiting:
            others[-1].begin(urgency)
    return holder, others


def given_out(town: Town, holder: Requests, others: list[Requests], times: int) -> list[int]:
    """Let whoever holds the slot end, so many times; say which of the others was next each time."""
    order = []
    for _ in range(times):
        holder.end()
        for peers in town.peers:
            peers.read()
        (holder,) = (one for one in others if one.in_flight)
        order.append(others.index(holder))
    return order


def test_the_most_urgent_request_of_all_is_next_whoever_came_first(town):
    holder, others = processes(town, [Urgency.LONG], [Urgency.GOING_ON], [Urgency.FIRST_ROWS])
    assert given_out(town, holder, others, 3) == [2, 1, 0]


def test_what_a_process_was_given_goes_to_its_most_urgent_request(town):
    holder, others = processes(town, [Urgency.LONG, Urgency.FIRST_ROWS], [Urgency.GOING_ON] * 2)
    assert given_out(town, holder, others, 4) == [0, 1, 1, 0]


def test_what_it_was_given_and_has_not_heard_of_counts_as_its_most_urgent_request(town):
    holder, one, other = (Requests(2, pool=peers) for peers in (town.peers[0], town.newcomer(), town.newcomer()))
    holder.begin()
    holder.begin()
    for urgency in (Urgency.FIRST_ROWS, Urgency.LONG):
        one.begin(urgency)
    other.begin(Urgency.GOING_ON)
    holder.end()
    holder.end()
    for peers in town.peers:
        peers.read()
    assert (one.in_flight, other.in_flight) == (1, 1)


def test_a_process_that_was_passed_over_too_often_is_next(town):
    holder, others = processes(town, [Urgency.LONG] * 2, [Urgency.FIRST_ROWS] * 12)
    expected = [*[1] * PASSED_AT_MOST, 0, *[1] * PASSED_AT_MOST, 0]
    assert given_out(town, holder, others, len(expected)) == expected


@given(st.lists(st.lists(st.sampled_from(list(Urgency)), min_size=1, max_size=6), min_size=2, max_size=4))
def test_no_process_waits_for_ever(kinds):
    town = Town()
    try:
        holder, others = processes(town, *kinds)
        order = given_out(town, holder, others, sum(map(len, kinds)))
    finally:
        town.close()
    assert sorted(order) == sorted(number for number, waiting in enumerate(kinds) for _ in waiting)
    for number, waiting in enumerate(kinds):
        turns = [place for place, one in enumerate(order) if one == number]
        gaps = [after - before for before, after in zip([-1, *turns], turns, strict=False)]
        assert len(turns) == len(waiting)
        # Each of the others is passed over as often, and may be before it once.
        assert max(gaps) <= (PASSED_AT_MOST + 1) * len(kinds)
