"""Who may ask Copper next: a limit on requests in flight, shared fairly, and halved when Copper says that it is too much."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Turns, Urgency, Waiter, counted

LONGEST_QUEUE = 3.0  # seconds that somebody before an empty page may have to wait for a slot; else it is said at once
STILL_EVERY = 0.5  # seconds between two looks of those who wait, at whether that is of any use
_MEMORY = 0.9  # of how long slots are held, that stays when one was held for longer; a shorter one is believed at once
GROW_EVERY = 1.0  # seconds until one more request may be in flight again, after a 429 halved their number


@dataclass(frozen=True, slots=True)
class Account:
    """What one process says of its slots. The first three only grow: told twice, late or again, they do no harm."""

    granted: int = 0  # slots it was ever given, as far as it knows
    returned: int = 0  # slots it ever gave back
    target: int = 0  # what `granted` would be if all who wait here had a slot
    limit: int = 1  # how many may be in flight, for all this process knows
    waiting: tuple[int, ...] = ()  # how many wait with each urgency; at most as many as may be in flight


class Pool(Protocol):
    """Slots that several processes share."""

    def settle(self, account: Account) -> int | None:
        """Tell this process's account; give the slots it was ever granted, or None where it has to go by its own limit.

        Never raises; called by one thread at a time.
        """

    def attach(self, heard: Callable[[int | None], None]) -> None:
        """Call `heard` from some thread with what `settle` would give, when that changes."""


class Slots:
    """At most `most` requests in flight. A free slot goes by urgency (turns.py), then to the caller that holds the fewest, then
    to who waits longest.
    """

    def __init__(
        self,
        most: int,
        clock: Callable[[], float] = time.monotonic,
        pool: Pool | None = None,
        limited: Callable[[int], object] = lambda _limit: None,
    ) -> None:
        """`clock` gives seconds that never go back; `limited` is told how many may be in flight when that changes.

        With a `pool`, `most` is for all processes that share it; while it answers None, for this one.
        """
        self._most, self._limit, self._clock = most, most, clock
        self._lock = threading.Lock()
        self._waiting: list[Waiter] = []
        self._turns = Turns()
        self._seconds = 0.0  # that a slot is held, about; one slow answer alone sends nobody away, also not the first
        self._held: Counter[object] = Counter()
        self._halve_from = self._grow_at = 0.0
        self._limited = limited
        self._pool, self._alone = pool, pool is None
        self._telling = threading.Lock()
        self._granted = self._returned = 0
        self._told: tuple[object, ...] = ()
        limited(most)
        if pool:
            pool.attach(self._hear)

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return self._held.total()

    @property
    def limit(self) -> int:
        """How many may be under way just now."""
        return self._limit

    @contextmanager
    def hold(
        self,
        caller: object,
        deadline: Deadline,
        urgency: Urgency = Urgency.FIRST_ROWS,
        still: Callable[[], CopperError | None] = lambda: None,
    ) -> Iterator[None]:
        """Hold a slot for one request.

        Raises CopperError(BUSY) where none is free before the deadline to start; at once where somebody who has nothing to look
        at would have to wait for long; and what `still` gives, which is asked now and then why not to wait on.
        """
        waiter = Waiter(caller, urgency)
        with self._lock:
            if urgency is Urgency.FIRST_ROWS and (queue := self._queue()) > LONGEST_QUEUE:
                raise CopperError(Kind.BUSY, "too many wait for a slot", retry_after=queue, attempts=0)
            self._waiting.append(waiter)
        try:
            self._settle()
        except BaseException:  # who asked is gone: neither does anybody wait here, nor hold what it was given
            if not self._gave_up(waiter):
                with self._lock:
                    self._end(caller)
            raise
        self._wait(waiter, deadline, still)
        began = self._clock()
        try:
            yield
        finally:
            with self._lock:
                self._learn(self._clock() - began)
                self._end(caller)
            self._settle()

    def _wait(self, waiter: Waiter, deadline: Deadline, still: Callable[[], CopperError | None]) -> None:
        while not waiter.admitted.wait(min(STILL_EVERY, deadline.to_start())):
            failure = still()
            if not deadline.to_start():
                failure = CopperError(Kind.BUSY, "no free slot before the deadline", attempts=0)
            if failure and self._gave_up(waiter):
                self._settle()
                raise failure

    def _end(self, caller: object) -> None:
        self._held[caller] -= 1
        self._held += Counter()  # forgets callers that hold none
        self._returned += 1  # also where others wait here: which process is next is the pool's to say

    def _queue(self) -> float:
        """About how many seconds one more who waits for first rows would wait: behind the others of that kind."""
        held = self._held.total()
        if not self._waiting and held < self._limit:
            return 0.0
        ahead = sum(waiter.urgency is Urgency.FIRST_ROWS for waiter in self._waiting)
        return (ahead + 1) * self._seconds / max(1, held)

    def _learn(self, seconds: float) -> None:
        longer = self._seconds * _MEMORY + seconds * (1 - _MEMORY)
        self._seconds = min(seconds, longer)

    def _gave_up(self, waiter: Waiter) -> bool:
        with self._lock:
            if waiter.admitted.is_set():  # just now
                return False
            self._waiting.remove(waiter)
            return True

    def _settle(self) -> None:
        """Let in who may come in, and tell the pool what changed here."""
        if self._pool is None:
            with self._lock:
                self._admit()
            return
        with self._telling:
            while (account := self._news()) is not None:
                try:
                    self._take(self._pool.settle(account))
                except BaseException:
                    self._told = ()  # for all that is known here it was not told
                    raise

    def _news(self) -> Account | None:
        """The account, if it is not what was told last."""
        with self._lock:
            target = self._returned + min(self._held.total() + len(self._waiting), self._limit)
            # What it granted itself is nobody else's to know: it must be in the first account that the pool hears again.
            waiting = counted(self._waiting, self._limit)
            told = (self._returned, target, self._limit, waiting, self._granted if self._alone else 0)
            if told == self._told:
                return None
            self._told = told
            return Account(self._granted, self._returned, target, self._limit, waiting)

    def _hear(self, granted: int | None) -> None:
        self._take(granted)
        self._settle()

    def _take(self, granted: int | None) -> None:
        with self._lock:
            self._alone = granted is None
            self._granted = max(self._granted, granted or 0)
            self._admit()
            if not self._alone:  # what nobody here can use, since somebody gave up waiting or the limit was halved
                self._returned = self._granted - self._held.total()

    def _admit(self) -> None:
        while self._waiting and self._held.total() < self._allowed():
            chosen = self._turns.next_of(self._waiting, self._held)
            self._waiting.remove(chosen)
            self._held[chosen.caller] += 1
            chosen.admitted.set()
        self._granted = max(self._granted, self._returned + self._held.total())  # alone, it grants them itself

    def _allowed(self) -> int:
        return self._limit if self._alone else min(self._limit, self._granted - self._returned)

    def throttled(self, pause: float) -> None:
        """Copper said 429: half as many from now on. The other 429s of the same `pause` (seconds) change nothing more."""
        with self._lock:
            now = self._clock()
            if now >= self._halve_from:
                self._limit = max(1, self._limit // 2)
                self._halve_from = now + pause
                self._limited(self._limit)
            self._grow_at = now + pause + GROW_EVERY
        self._settle()

    def succeeded(self) -> None:
        """Copper answered: one more, if the last change is long enough ago."""
        if self._limit == self._most:
            return
        with self._lock:
            now = self._clock()
            if now < self._grow_at:
                return
            self._limit = min(self._most, self._limit + 1)
            self._grow_at = now + GROW_EVERY
            self._limited(self._limit)
        self._settle()
