"""Who gets a slot that is free: the rules of settle.lua, a plain example of each (in any order: test_slots_in_any_order.py)."""

import pytest

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import beginning

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


def test_nobody_else_while_who_was_given_it_has_not_read_so(town):
    """Who was given one tells an account that does not know of it yet."""
    holder, given, third = (beginning(peers, 1, most=1) for peers in (town.peers[0], town.newcomer(), town.newcomer()))
    holder.end()
    town.peers[1].beat()
    for peers in town.peers:
        peers.read()
    assert (holder.in_flight, given.in_flight, third.in_flight) == (0, 1, 0)


def test_who_was_given_it_is_told_so_once(town):
    holder, given, _ = (beginning(peers, 1, most=1) for peers in (town.peers[0], town.newcomer(), town.newcomer()))
    holder.end()
    town.peers[1].read()
    town.peers[2].beat()
    assert given.in_flight == 1
    assert town._redis.llen(town.key("inbox:") + town.peers[1]._me) == 0
