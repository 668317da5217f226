"""What Redis holds of processes that die, come back, or were not heard: one plain example of each rule."""

import json

import pytest

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import beginning

pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


def nobody(_outcome: str) -> None:
    pytest.fail("nothing was to be handed out")


# Slots


def test_the_limit_of_a_process_that_neither_holds_nor_wants_a_slot_does_not_count(town):
    idle = beginning(town.peers[0], 1)
    idle.throttled(pause=5.0)
    idle.throttled(pause=5.0)
    idle.end()
    assert beginning(town.newcomer(), 4).in_flight == 4


def test_what_was_granted_before_redis_was_emptied_counts(town):
    slots, other, third = (beginning(peers, 0, most=2) for peers in (town.peers[0], town.newcomer(), town.newcomer()))
    for _ in range(2):
        slots.begin()
    slots.end()
    slots.begin()  # it was given three by now, and holds two
    town.empty()
    for _ in range(2):
        other.begin()  # Redis knows of nobody else
    town.peers[0].beat()
    third.begin()
    for _ in range(2):
        other.end()
    town.peers[2].read()
    assert (slots.in_flight, other.in_flight, third.in_flight) == (2, 0, 0)
    slots.end()
    town.peers[2].read()
    assert (slots.in_flight, other.in_flight, third.in_flight) == (1, 0, 1)


def test_among_those_that_hold_as_many_a_slot_goes_to_who_got_none_for_longest(town):
    first = beginning(town.peers[0], 1, most=1)
    others = [beginning(town.newcomer(), 3, most=1) for _ in range(3)]
    order = []
    holder = first
    for _ in range(6):
        holder.end()
        for peers in town.peers:
            peers.read()
        (holder,) = (one for one in others if one.in_flight)
        order.append(others.index(holder))
    assert sorted(order[:3]) == [0, 1, 2]
    assert order[3:] == order[:3]


def test_slots_that_a_process_gave_itself_while_redis_was_away_are_in_its_first_word_afterwards(town):
    peers, other = town.peers[0], beginning(town.newcomer(), 0, most=2)
    peers.away = True
    slots = beginning(peers, 2, most=2)
    other.begin()
    other.begin()
    peers.away = False
    peers.beat()
    assert (slots.in_flight, other.in_flight) == (2, 2)
    assert [one["granted"] - one["returned"] for one in town.accounts().values()] == [2, 2]
    slots.end()
    slots.begin()  # both together are over the limit until two have ended
    assert (slots.in_flight, other.in_flight) == (1, 2)


def test_a_slot_that_came_when_nobody_waited_any_more_is_given_back(town):
    one, other = beginning(town.peers[0], 2, most=2), beginning(town.newcomer(), 1, most=2)
    one.end()  # it is the other's now, which has not read that
    other.give_up()
    one.begin()
    assert (one.in_flight, other.in_flight) == (2, 0)


def test_slots_that_came_when_fewer_were_allowed_by_then_are_given_back(town):
    one, other = beginning(town.peers[0], 2, most=2), beginning(town.newcomer(), 2, most=2)
    one.end()
    one.end()  # both are the other's now, which has not read that
    other.throttled(pause=5.0)
    assert other.in_flight == 1
    assert sum(one["granted"] - one["returned"] for one in town.accounts().values()) == 1


def test_nothing_lies_in_redis_for_ever(town):
    """Whoever is told something may be gone, and so may all: each key has its end from the first moment."""
    one, other, third = town.peers[0], town.newcomer(), town.newcomer()

    def lasting(what: str) -> None:
        keys = list(town._redis.scan_iter(f"{town.key('')}*"))
        assert any(what in key.decode() for key in keys)
        assert [key for key in keys if town._redis.pttl(key) < 0] == []

    slots = beginning(one, 1, most=1)
    lasting("accounts")
    beginning(other, 1, most=1)
    slots.end()
    lasting(f"inbox:{other._me}")  # it is told that it has a slot
    assert one.join("k", nobody, again=False)
    lasting("flight")
    assert third.join("k", nobody, again=False) is False
    lasting("asking")
    one.land("k", "came")
    lasting("outcome")
    lasting(f"inbox:{third._me}")


# Requests under way


def test_who_leads_a_request_does_not_wait_for_itself(town):
    (one,) = town.peers
    assert one.join("k", nobody, again=False)
    assert one.join("k", nobody, again=False)


def test_the_late_answer_of_one_who_was_taken_for_dead_is_handed_out_to_nobody(town):
    late, other, third = town.peers[0], town.newcomer(), town.newcomer()
    heard: list[str] = []
    assert late.join("k", nobody, again=False)
    town.lapse(late)
    assert other.join("k", nobody, again=False)
    assert third.join("k", heard.append, again=False) is False
    late.land("k", "late")
    third.read()
    assert heard == []
    other.land("k", "in time")
    third.read()
    assert heard == ["in time"]


def test_the_last_answer_is_not_that_to_the_next_question(town):
    one, other, third = town.peers[0], town.newcomer(), town.newcomer()
    assert one.join("k", nobody, again=False)
    assert other.join("k", nobody, again=False) is False
    one.land("k", "last")  # it is kept for a moment, for who has not read it yet
    assert one.join("k", nobody, again=False)
    assert third.join("k", nobody, again=False) is False
    town.lapse(one)
    assert third.join("k", nobody, again=True)


def test_an_answer_that_came_after_its_reader_left_is_not_that_to_the_next_question(town):
    one, other = town.peers[0], town.newcomer()
    heard: list[str] = []
    assert one.join("k", nobody, again=False)
    assert other.join("k", nobody, again=False) is False
    other.leave("k")
    one.land("k", "last")  # it lies in the inbox of a process that does not look there
    assert one.join("k", nobody, again=False)
    assert other.join("k", heard.append, again=False) is False
    other.read()
    assert heard == []
    one.land("k", "next")
    other.read()
    assert heard == ["next"]


def test_each_who_waits_is_told_by_the_number_of_its_own_question(town):
    one, other, third = town.peers[0], town.newcomer(), town.newcomer()
    heard: list[str] = []
    assert third.join("before", nobody, again=False)
    assert one.join("k", nobody, again=False)
    for peers in (other, third):
        assert peers.join("k", heard.append, again=False) is False
    one.land("k", "came")
    for peers in (other, third):
        peers.read()
    assert heard == ["came", "came"]


def test_who_was_told_is_not_told_of_the_next_question(town):
    one, other = town.peers[0], town.newcomer()
    assert one.join("k", nobody, again=False)
    assert other.join("k", lambda _outcome: None, again=False) is False
    one.land("k", "came")
    other.read()
    assert one.join("k", nobody, again=False)
    one.land("k", "next")
    assert town._redis.llen(town.key("inbox:") + other._me) == 0


def test_who_waits_already_is_given_what_came_in_between(town):
    one, other = town.peers[0], town.newcomer()
    heard: list[str] = []
    assert one.join("k", nobody, again=False)
    assert other.join("k", nobody, again=False) is False
    one.land("k", "came")
    assert other.join("k", heard.append, again=True) is False
    assert heard == ["came"]
    other.read()
    assert heard == ["came"]


def test_a_process_has_another_name_after_a_reply_was_lost(town):
    """It may lead without knowing that it does: under its old name it is dead soon, and another takes over."""
    one, other = town.peers[0], town.newcomer()
    beginning(one, 1)
    one.mute = True
    assert one.join("k", nobody, again=False) is None
    one.mute = False
    one.beat()
    assert other.join("k", nobody, again=False) is False
    town.lapse_all_but({one._me, other._me})
    assert other.join("k", nobody, again=True)


def test_a_process_keeps_its_name_while_redis_answers(town):
    one, other = town.peers[0], town.newcomer()
    name = one._me
    beginning(one, 1)
    assert one.join("k", nobody, again=False)
    assert other.join("k", nobody, again=False) is False
    for _ in range(2):
        one.land("k", "came")  # the second time to nobody
    one.beat()
    assert one._me == name


def test_a_message_that_is_not_ours_is_left_out_and_the_next_is_read(town, caplog):
    one, other = town.peers[0], town.newcomer()
    heard: list[str] = []
    assert one.join("k", nobody, again=False)
    assert other.join("k", heard.append, again=False) is False
    for odd in ("x", "[]", "{}", json.dumps({"flight": []}), json.dumps({"slots": None})):
        other._redis.rpush(other._key("inbox:") + other._me, odd)
    one.land("k", "came")
    other.read()
    assert heard == ["came"]
    assert [record.message for record in caplog.records] == ["A message of another process could not be read"] * 5


@pytest.mark.parametrize("odd", ["x", "[]", "{}", "5", json.dumps({"flight": []})])
def test_what_came_in_between_and_is_not_ours_is_no_answer(town, caplog, odd):
    one, other = town.peers[0], town.newcomer()
    assert one.join("k", nobody, again=False)
    assert other.join("k", nobody, again=False) is False
    one.land("k", "came")
    other._redis.set(other._key("outcome:k"), odd)
    assert other.join("k", nobody, again=True) is False
    assert [record.message for record in caplog.records] == ["A message of another process could not be read"]
