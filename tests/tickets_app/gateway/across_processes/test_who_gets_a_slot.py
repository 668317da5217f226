"""Who gets a slot that is free: the rules of settle.lua, a plain example of each (in any order: test_slots_in_any_order.py)."""

import pytest

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import Requests, Still, beginning

pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


def test_the_process_that_holds_the_fewest(town):
    many, few = beginning(town.peers[0], 3), beginning(town.newcomer(), 1)
    many.begin()
    few.begin()
    many.end()
    for peers in town.peers:
        peers.read()
    assert (many.in_flight, few.in_flight) == (2, 2)


def test_nobody_beyond_the_lowest_limit_of_those_that_hold_one(town):
    told = beginning(town.peers[0], 1)
    told.throttled(pause=5.0)
    others = [beginning(town.newcomer(), 4) for _ in range(3)]
    assert (told.in_flight, *(other.in_flight for other in others)) == (1, 1, 0, 0)


def test_what_the_dead_held_from_the_moment_that_their_lease_ends(town):
    dead = town.peers[0]
    assert beginning(dead, 2, most=2).in_flight == 2
    seconds, micros = town._redis.time()
    town._redis.zadd(town.key("alive"), {dead._me: seconds * 1000 + micros // 1000}, xx=True)
    assert beginning(town.newcomer(), 2, most=2).in_flight == 2
    assert town._redis.zscore(town.key("alive"), dead._me) is None  # nothing is kept of them


def inbox(peers: Still) -> int:
    """The messages that wait for a process."""
    return peers._redis.llen(peers._key("inbox:") + peers._me)


@pytest.fixture
def handed_on(town) -> tuple[Requests, Requests, Still, Still]:
    """Of two who wait, one was given the only slot: its requests and the other's; both processes."""
    holder = beginning(town.peers[0], 1, most=1)
    slots = {peers: beginning(peers, 1, most=1) for peers in (town.newcomer(), town.newcomer())}
    holder.end()
    given, other = sorted(slots, key=inbox, reverse=True)
    assert (inbox(given), inbox(other)) == (1, 0)
    return slots[given], slots[other], given, other


def test_nobody_else_while_who_was_given_it_has_not_read_so(handed_on):
    """Who was given one tells an account that does not know of it yet."""
    slots, others, given, other = handed_on
    given.beat()
    for peers in (given, other):
        peers.read()
    assert (slots.in_flight, others.in_flight) == (1, 0)


def test_who_was_given_it_is_told_so_once(handed_on):
    slots, _, given, other = handed_on
    given.read()
    other.beat()
    assert (slots.in_flight, inbox(given)) == (1, 0)


def test_who_is_given_one_when_it_asks_needs_no_message(town):
    assert beginning(town.peers[0], 1).in_flight == 1
    assert inbox(town.peers[0]) == 0
