"""Who may ask Copper next: a limit on requests in flight, shared fairly, and halved when Copper says that it is too much."""

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tickets_app.copper.deadline import Deadline
from tickets_app.copper.errors import CopperError, Kind

GROW_EVERY = 1.0  # seconds until one more request may be in flight again, after a 429 halved their number


@dataclass(slots=True, eq=False)
class _Waiter:
    caller: object
    admitted: threading.Event = field(default_factory=threading.Event)


class Slots:
    """At most `most` requests in flight. A free slot goes to the caller that holds the fewest, then to who waits longest."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._most, self._limit, self._clock = most, most, clock
        self._lock = threading.Lock()
        self._waiting: list[_Waiter] = []
        self._held: Counter[object] = Counter()
        self._halve_from = self._grow_at = 0.0

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return self._held.total()

    @property
    def limit(self) -> int:
        """How many may be under way just now."""
        return self._limit

    @contextmanager
    def hold(self, caller: object, deadline: Deadline) -> Iterator[None]:
        """Hold a slot for one request. Raises CopperError(BUSY) where none is free before the deadline to start."""
        waiter = _Waiter(caller)
        with self._lock:
            self._waiting.append(waiter)
            self._admit()
        if not waiter.admitted.wait(deadline.to_start()) and self._gave_up(waiter):
            raise CopperError(Kind.BUSY, "no free slot before the deadline", attempts=0)
        try:
            yield
        finally:
            with self._lock:
                self._held[caller] -= 1
                self._held += Counter()  # forgets callers that hold none
                self._admit()

    def _gave_up(self, waiter: _Waiter) -> bool:
        with self._lock:
            if waiter.admitted.is_set():  # just now
                return False
            self._waiting.remove(waiter)
            return True

    def _admit(self) -> None:
        while self._waiting and self._held.total() < self._limit:
            chosen = min(self._waiting, key=lambda waiter: self._held[waiter.caller])  # the first among equals
            self._waiting.remove(chosen)
            self._held[chosen.caller] += 1
            chosen.admitted.set()

    def throttled(self, pause: float) -> None:
        """Copper said 429: half as many from now on. The other 429s of the same `pause` (seconds) change nothing more."""
        with self._lock:
            now = self._clock()
            if now >= self._halve_from:
                self._limit = max(1, self._limit // 2)
                self._halve_from = now + pause
            self._grow_at = now + pause + GROW_EVERY

    def succeeded(self) -> None:
        """Copper answered: one more, if the last change is long enough ago."""
        if self._limit == self._most:
            return
        with self._lock:
            now = self._clock()
            if now >= self._grow_at:
                self._limit = min(self._most, self._limit + 1)
                self._grow_at = now + GROW_EVERY
                self._admit()
