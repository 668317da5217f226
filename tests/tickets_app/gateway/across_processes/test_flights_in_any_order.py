"""Requests made for all over a real Redis, whatever comes when: one makes each, nobody waits for ever, no answer is too old."""

import json
from dataclasses import dataclass

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test

from tests import redis_server
from tests.tickets_app.gateway.across_processes.still import MANY, Still, Town, without_time
from tickets_app.copper.http.slots import Account

needs_redis = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
FLIGHT = "k"
WORKS = Account(granted=1, returned=0, target=1, limit=9)  # of a process that has something else to do besides


@dataclass(eq=False)
class Process:
    """One process, with at most one question and any number of requests to Copper: its threads may be slow."""

    peers: Still
    asked_at: int | None = None  # when its question was asked, while it waits
    leads: int = 0  # requests that it was told to make for all
    dead: bool = False


class Flights(RuleBasedStateMachine):
    """Three processes ask the same. Time is counted in steps."""

    @initialize()
    def begin(self) -> None:
        self.town, self.now = Town(), 0
        self.processes = [Process(peers) for peers in (self.town.peers[0], self.town.newcomer(), self.town.newcomer())]
        self.leader: tuple[Process, str] | None = None  # whose answer is for all

    def _one(self, which: int) -> Process:
        return self.living[which % len(self.living)]

    @property
    def living(self) -> list[Process]:
        return [one for one in self.processes if not one.dead]

    @property
    def free(self) -> list[Process]:
        return [one for one in self.living if one.asked_at is None]

    @property
    def waiting(self) -> list[Process]:
        return [one for one in self.living if one.asked_at is not None]

    @property
    def leading(self) -> list[Process]:
        return [one for one in self.living if one.leads]

    def _join(self, one: Process, *, again: bool) -> None:
        me, asked_at = one.peers._me, one.asked_at

        def landed(outcome: str) -> None:
            answer = json.loads(outcome)
            assert answer["for all"], "an answer was handed out of one who was taken for dead"
            assert answer["at"] >= asked_at, "an answer is older than its question"
            one.asked_at = None

        led_before = self.leader
        leads = one.peers.join(FLIGHT, landed, again=again)
        if leads is False:
            assert led_before != (one, me), "it waits for itself"
            return
        one.asked_at = None
        if leads:
            assert not self._is_led_by_another(one), "two make the request"
            self.leader = one, me
            one.leads += 1

    def _is_led_by_another(self, one: Process) -> bool:
        if self.leader is None or self.leader[0] is one:
            return False
        return self.leader[1] in self.alive_before

    @precondition(lambda self: self.free)
    @rule(which=st.integers(0, 2))
    def ask(self, which: int) -> None:
        self.now += 1
        one, self.alive_before = self.free[which % len(self.free)], self.town.alive()
        one.asked_at = self.now
        self._join(one, again=False)

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 2))
    def look_who_leads(self, which: int) -> None:
        self.alive_before = self.town.alive()
        self._join(self.waiting[which % len(self.waiting)], again=True)

    @precondition(lambda self: self.leading)
    @rule(which=st.integers(0, 2))
    def answer(self, which: int) -> None:
        self.now += 1
        one = self.leading[which % len(self.leading)]
        one.leads -= 1
        for_all = self.leader == (one, one.peers._me)
        one.peers.land(FLIGHT, json.dumps({"at": self.now, "for all": for_all}))
        self.leader = None if for_all else self.leader

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 2))
    def leave(self, which: int) -> None:
        one = self.waiting[which % len(self.waiting)]
        one.asked_at = None
        one.peers.leave(FLIGHT)

    @precondition(lambda self: self.waiting)
    @rule(which=st.integers(0, 2))
    def read(self, which: int) -> None:
        self.waiting[which % len(self.waiting)].peers.read()

    @rule(which=st.integers(0, 2))
    def live(self, which: int) -> None:
        self._one(which).peers.settle(WORKS)

    @rule(which=st.integers(0, 2))
    def stand_still(self, which: int) -> None:
        """For longer than the lease: another makes its request by then, and it comes back."""
        self.town.lapse(self._one(which).peers)

    @precondition(lambda self: len(self.living) > 2)
    @rule(which=st.integers(0, 2))
    def die(self, which: int) -> None:
        self._one(which).dead = True
        self.processes.append(Process(self.town.newcomer()))

    @rule()
    def empty(self) -> None:
        self.town.empty()
        self.leader = None

    @rule(which=st.integers(0, 2), mute=st.booleans())
    def redis_fails_once(self, which: int, mute: bool) -> None:
        """It is away, or did what it was told and does not say so: the process asks Copper for itself."""
        one, me = self._one(which), self._one(which).peers._me
        led_by = self.leader[1] if self.leader else None
        one.peers.away, one.peers.mute = not mute, mute
        assert one.peers.join(FLIGHT, lambda _outcome: None, again=False) is None
        one.peers.away = one.peers.mute = False
        one.asked_at = None
        if led_by == me or (mute and led_by not in self.town.alive()):
            self.leader = None  # nobody's answer is for all before somebody is asked to make the request anew

    def teardown(self) -> None:
        """Nobody waits for ever: not even where those who make the requests for all never say what came."""
        for _ in range(len(self.living) + 1):
            for one in self.living:
                one.peers.settle(WORKS)
            self.town.lapse_all_but({one.peers._me for one in self.living})
            self.alive_before = self.town.alive()
            for one in self.waiting:
                one.peers.read()
            for one in self.waiting:
                self._join(one, again=True)
            while self.leading:
                self.answer(0)
        assert [one.asked_at for one in self.living] == [None] * len(self.living), "somebody waits for ever"
        self.town.close()


@needs_redis
def test_flights_in_any_order(monkeypatch):
    without_time(monkeypatch)
    run_state_machine_as_test(Flights, settings=MANY)
