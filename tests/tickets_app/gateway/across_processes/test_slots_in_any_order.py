"""Slots over a real Redis, whatever comes when: never more than the limit, none idle, fair, and nobody waits for ever."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import MANY, Requests, Still, Town, without_time
from tickets_app.copper.http.slots import Account
from tickets_app.copper.http.turns import Urgency

needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
MOST = 3
Books = dict[str, dict[str, Any]]


def held(account: dict[str, Any]) -> int:
    return account["granted"] - account["returned"]


def wants(account: dict[str, Any]) -> bool:
    return account["target"] > account["granted"]


def kinds(account: dict[str, Any]) -> set[int]:
    """The urgencies of what waits, as the process told last."""
    return {urgency for urgency, number in enumerate(account["waiting"]) if number}


def limit_of(books: Books) -> int:
    """The lowest of those that hold or want any."""
    return min((one["limit"] for one in books.values() if held(one) > 0 or wants(one)), default=MOST)


class Ledger:
    """Watches each word of a process to Redis, and what Redis made of it, by rules of its own."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._turn, self._last = 0, {}  # when each name was last given a slot

    def told(self, me: str, account: Account, tell: Callable[[], int | None]) -> int | None:
        before = self._town.accounts()
        granted = tell()
        if granted is not None:
            self._check(me, account, before, self._town.accounts())
        return granted

    def _check(self, me: str, account: Account, before: Books, after: Books) -> None:
        # Redis was emptied, or took it for dead: it no longer knows when that one was given a slot.
        self._last = {name: turn for name, turn in self._last.items() if name in before}
        assert after.keys() == self._town.alive() & (before.keys() | {me}), "the dead hold something"
        given = {name: one["granted"] - before.get(name, {"granted": 0})["granted"] for name, one in after.items()}
        given[me] = after[me]["granted"] - max(account.granted, before.get(me, {"granted": 0})["granted"])
        winners = [name for name in after if given[name] > 0]
        total = sum(map(held, after.values()))
        if winners:
            assert total <= limit_of(after), "more in flight than the limit"
        assert total >= limit_of(after) or not any(map(wants, after.values())), "a slot is idle, and somebody wants it"
        for winner in winners:
            self._is_fair(winner, after)
        self._turn += 1
        self._last = {name: self._last.get(name, 0) for name in after} | dict.fromkeys(winners, self._turn)

    def _is_fair(self, winner: str, after: Books) -> None:
        """Whoever still wants one, and is as urgent, held as many before the last was given, and got none for a shorter time.

        Who is more urgent is test_urgency.py's to look at.
        """
        for name, other in after.items():
            if name != winner and wants(other) and kinds(after[winner]) == kinds(other) == {0}:
                had, has = held(after[winner]) - 1, held(other)
                assert had <= has, "a slot went to who holds more"
                first, second = self._last.get(winner, 0), self._last.get(name, 0)
                assert had < has or first <= second, "a slot went to who waited for a shorter time"


class Process:
    """One process: its requests, and what it tells Redis."""

    def __init__(self, peers: Still, ledger: Ledger) -> None:
        self.peers, self._ledger, self.dead = peers, ledger, False
        tell = peers._tell

        def told() -> int | None:
            return ledger.told(peers._me, peers._account, tell) if not (peers.away or peers.mute) else tell()

        peers._tell = told
        self.clock = 0.0
        self.slots = Requests(MOST, clock=lambda: self.clock, pool=peers)

    @property
    def waiting(self) -> int:
        return len(self.slots._waiting)


class Slots(RuleBasedStateMachine):
    """Three processes; what happens to one may happen to another before it was heard of."""

    @initialize()
    def begin(self) -> None:
        self.town = Town()
        self.ledger = Ledger(self.town)
        self.processes = [Process(self.town.peers[0], self.ledger)]
        self.processes += [Process(self.town.newcomer(), self.ledger) for _ in range(2)]

    def _one(self, which: int) -> Process:
        return self.living[which % len(self.living)]

    @property
    def living(self) -> list[Process]:
        return [one for one in self.processes if not one.dead]

    @rule(which=st.integers(0, 2), number=st.integers(1, 4), urgency=st.sampled_from(list(Urgency)))
    def want(self, which: int, number: int, urgency: Urgency) -> None:
        for _ in range(number):
            self._one(which).slots.begin(urgency)

    @rule(which=st.integers(0, 2))
    def done(self, which: int) -> None:
        if self._one(which).slots.in_flight:
            self._one(which).slots.end()

    @rule(which=st.integers(0, 2))
    def give_up(self, which: int) -> None:
        if self._one(which).waiting:
            self._one(which).slots.give_up()

    @rule(which=st.integers(0, 2))
    def read(self, which: int) -> None:
        self._one(which).peers.read()

    @rule(which=st.integers(0, 2))
    def beat(self, which: int) -> None:
        self._one(which).peers.beat()

    @rule(which=st.integers(0, 2))
    def copper_says_429(self, which: int) -> None:
        self._one(which).slots.throttled(pause=1.0)

    @rule(which=st.integers(0, 2))
    def copper_answers_again(self, which: int) -> None:
        self._one(which).clock += 10.0
        self._one(which).slots.succeeded()

    @precondition(lambda self: len(self.living) > 1)
    @rule(which=st.integers(0, 2))
    def die(self, which: int) -> None:
        self._one(which).dead = True

    @precondition(lambda self: len(self.processes) < 5)
    @rule()
    def come(self) -> None:
        self.processes.append(Process(self.town.newcomer(), self.ledger))

    @rule(which=st.integers(0, 2))
    def stand_still(self, which: int) -> None:
        """For longer than the lease: its slots are another's by then, and it comes back."""
        self.town.lapse(self._one(which).peers)

    @rule(which=st.integers(0, 4))
    def a_lease_ends(self, which: int) -> None:
        one = self.processes[which % len(self.processes)]
        if one.dead:
            self.town.lapse(one.peers)

    @rule()
    def empty(self) -> None:
        self.town.empty()

    @rule(which=st.integers(0, 2), mute=st.booleans())
    def redis_fails_once(self, which: int, mute: bool) -> None:
        """It is away, or did what it was told and does not say so."""
        one = self._one(which)
        one.peers.away, one.peers.mute = not mute, mute
        one.slots.begin()
        one.peers.beat()
        one.peers.away = one.peers.mute = False

    @invariant()
    def redis_never_thinks_that_a_process_holds_fewer_than_it_does(self) -> None:
        books = self.town.accounts()
        for one in self.living:
            if one.peers._me in books and not one.slots._alone:
                assert held(books[one.peers._me]) >= one.slots.in_flight

    @invariant()
    def who_holds_or_awaits_a_slot_says_that_it_lives(self) -> None:
        assert all(one.peers._busy() for one in self.living if one.waiting or one.slots.in_flight)

    def teardown(self) -> None:
        """Nobody waits for ever: requests end, the dead are taken for dead, and each gets its turn."""
        most = sum(one.waiting + one.slots.in_flight for one in self.living) + 3
        for _ in range(most):
            self._some_time_passes()
        assert [one.waiting for one in self.living] == [0] * len(self.living)
        assert [one.slots.in_flight for one in self.living] == [0] * len(self.living)
        self.town.close()

    def _some_time_passes(self) -> None:
        for one in self.living:
            one.peers.read()
            one.peers.beat()
        self.town.lapse_all_but({one.peers._me for one in self.living})
        for one in self.living:
            if one.slots.in_flight:
                one.slots.end()


@needs_redis
def test_slots_in_any_order(monkeypatch):
    without_time(monkeypatch)
    run_state_machine_as_test(Slots, settings=MANY)
