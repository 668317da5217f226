"""Who may have a long answer now, and who waits for one: so many at a time in a process and in all, a person one at a time."""

import threading
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from tickets_app.gateway.across_processes.alive import is_gone, name_here
from tickets_app.gateway.across_processes.board import Board, State

LEASE = 30.0  # seconds after which a place whose holder says nothing is free again: its machine is gone
PRESENT = 15.0  # seconds without asking, after which others go first
RESERVED = 3.0  # seconds that a free place is kept for who is in line: their page asks every two
REMEMBERED = 120.0  # seconds without asking, after which they are forgotten: a tab out of sight asks once a minute
LOOK = 0.2  # seconds that a look waits for another one of this process: each holds a thread that pages need
_IN_ALL = "in all"


@dataclass(frozen=True, slots=True)
class Waiting:
    """There is none yet. `before`: how many come first; `first`: how many did at the beginning; `own`: theirs is in use."""

    before: int
    first: int
    own: bool


class Places:
    """The places of long answers. Safe to use from several threads."""

    def __init__(self, board: Board, *, here: int, in_all: int) -> None:
        """`here`: how many in this process; `in_all`: in all that share the board (0: it does not matter)."""
        self._board, self._here, self._in_all = board, here, in_all
        self._me = name_here()
        self._lock = threading.Lock()
        self._held: set[str] = set()  # who has a place of this process: what Redis forgets is still so
        self._asking: set[str] = set()  # who looked, and was not asked for yet
        self._told: dict[str, Waiting | None] = {}  # what was found last for those in line

    def take(self, person: str) -> Waiting | None:
        """Take a place; None where the person has it now. Else they wait, for as long as they ask again."""
        with self._lock:
            waiting = self._ask(person, take=True)
            if waiting is None:
                self._held.add(person)
        return waiting

    def look(self, person: str) -> Waiting | None:
        """Wait in line; None where a place could be taken now.

        One look at a time asks, and for all who look meanwhile: behind a slow Redis they are told what was found last.
        """
        self._asking.add(person)
        while not self._lock.acquire(timeout=LOOK):
            with suppress(KeyError):
                return self._told[person]
        try:
            return self._ask(person, take=False)
        finally:
            self._lock.release()

    def keep(self, person: str) -> None:
        """Say that a place is still in use."""

        def change(state: State, now: float) -> None:
            state.setdefault("running", {})[person] = [self._me, now + LEASE]

        if person in self._held:
            self._board.change(change)

    def give_back(self, person: str) -> None:
        """The answer has ended."""

        def change(state: State, now: float) -> None:
            _Line(state, now).give_back(person, self, held)

        with self._lock:
            held = frozenset(self._held)
            self._held.discard(person)
        self._board.change(change)

    def leave(self, person: str) -> None:
        """Wait no longer."""

        def change(state: State, _now: float) -> None:
            state.get("waiting", {}).pop(person, None)

        self._board.change(change)

    def _ask(self, person: str, *, take: bool) -> Waiting | None:
        held, asking = frozenset(self._held), frozenset(self._asking - {person})

        def change(state: State, now: float) -> tuple[Waiting | None, dict[str, Waiting | None], frozenset[str]]:
            line = _Line(state, now)
            line.forget(self._me, held)
            others = {one: line.ask(one, self, held, take=False) for one in sorted(asking & line.waiting)}
            return line.ask(person, self, held, take=take), others, line.waiting

        waiting, others, in_line = self._board.change(change)
        told = self._told | others | {person: waiting}
        self._told = {one: told[one] for one in told.keys() & in_line}
        self._asking -= asking | {person}
        return waiting

    def free(self, running: dict[str, Any], held: frozenset[str]) -> tuple[int, float]:
        """How many places are free here, and in all."""
        in_all = self._in_all - len(running.keys() | held) if self._in_all else float("inf")
        return self._here - len(held), in_all

    @property
    def name(self) -> str:
        """Of this process, on the board."""
        return self._me


class _Line:
    """The board as it is now."""

    def __init__(self, state: State, now: float) -> None:
        self._state, self._now = state, now
        self._running: dict[str, Any] = state.setdefault("running", {})
        self._waiting: dict[str, Any] = state.setdefault("waiting", {})
        # When all places of a process were last in use, and all there are.
        self._full: dict[str, float] = state.setdefault("full", {})
        self._bring_back()
        for process in [one for one, at in self._full.items() if at < now - REMEMBERED]:
            del self._full[process]
        for person in [one for one, (_, until) in self._running.items() if until < now]:
            del self._running[person]
        for person in [one for one, (_, _, seen, _) in self._waiting.items() if seen < now - REMEMBERED]:
            del self._waiting[person]

    @property
    def waiting(self) -> frozenset[str]:
        """Who is in line."""
        return frozenset(self._waiting)

    def forget(self, process: str, held: frozenset[str]) -> None:
        """Free the places of a process but those that are `held`: when one was given back Redis may have been away.

        And those of others here that were killed.
        """
        gone = {process, *(whose for whose, _ in self._running.values() if is_gone(whose, process))}
        for person in [one for one, (whose, _) in self._running.items() if whose in gone and one not in held]:
            del self._running[person]

    def _bring_back(self) -> None:
        """Where the clock was set back, what was said before is from the future: it holds as if it were said now."""
        self._full |= {process: self._now for process, at in self._full.items() if at > self._now}
        for place in self._running.values():
            place[1] = min(place[1], self._now + LEASE)
        for stand in self._waiting.values():
            stand[2] = min(stand[2], self._now)

    def ask(self, person: str, places: Places, held: frozenset[str], *, take: bool) -> Waiting | None:
        """Let the person have a place, or stand in line. Who waits at another process cannot have a place of this one."""
        number = self._waiting[person][0] if person in self._waiting else self._next()
        ahead = [
            process
            for other, (theirs, process, seen, _) in self._waiting.items()
            if theirs < number and other != person and other not in self._running and seen > self._now - PRESENT
        ]
        first = max(len(ahead), self._waiting[person][3]) if person in self._waiting else len(ahead)
        own = person in self._running or person in held
        here, in_all = self._free(places, held)
        kept_here = ahead.count(places.name) if self._is_kept(places.name) else 0
        kept_in_all = len(ahead) if self._is_kept(_IN_ALL) else 0
        if own or here <= kept_here or in_all <= kept_in_all:
            self._waiting[person] = [number, places.name, self._now, first]
            return Waiting(len(ahead), first, own)
        if take:
            self._waiting.pop(person, None)
            self._running[person] = [places.name, self._now + LEASE]
        return None

    def give_back(self, person: str, places: Places, held: frozenset[str]) -> None:
        """A place is free again. `held`: who had one until now."""
        self._free(places, held)
        if self._running.get(person, [None])[0] == places.name:
            del self._running[person]

    def _free(self, places: Places, held: frozenset[str]) -> tuple[int, float]:
        """How many places are free; where there is none, that is noted."""
        here, in_all = places.free(self._running, held)
        self._full |= {name: self._now for name, free in ((places.name, here), (_IN_ALL, in_all)) if free <= 0}
        return here, in_all

    def _is_kept(self, name: str) -> bool:
        """Whether a free place is still kept for those in line. Who was away for longer, or went to another process, is not
        waited for: where answers are short, all would stand in line before places that nobody uses.
        """
        return self._now - self._full.get(name, float("-inf")) < RESERVED

    def _next(self) -> int:
        self._state["last"] = number = int(self._state.get("last", 0)) + 1
        return number
