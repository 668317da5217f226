"""Stops asking Copper for a moment when it fails again and again, so that pages say so at once instead of waiting."""

import threading
import time
from collections.abc import Callable
from typing import Protocol

FAILURES = 10  # in a row
WITHIN = 10.0  # seconds from the first to the last of them: a few pages an hour are never held back
PROBE_EVERY = 1.75  # seconds: with the answer itself, recovery is seen within two
LOOK_AGAIN = 0.2  # seconds until a probe is looked for again that another process may be making
TURN = PROBE_EVERY - LOOK_AGAIN  # of a probe, among processes: those who did not make the last one come first


class Others(Protocol):
    """What breakers of several processes tell each other. Never raises; says what lets each go its own way without them."""

    def may_probe(self, seconds: float) -> bool:
        """Whether nobody has probed within so many seconds. Then this process does, and nobody else for as long."""

    def are_probing(self) -> bool:
        """Whether another one is open: one failure here, and this one is as well."""

    def tell(self) -> None:
        """Say that Copper answered a probe, and that none is needed any more."""

    def told(self) -> str | None:
        """What was told last: another text each time. None where nothing was."""


class Breaker:
    """Open after FAILURES in a row; while open, one request every PROBE_EVERY seconds is let through to see.

    With `others`, one of all processes, and what it sees closes all of them; and where one is open, one failure opens the next.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, others: Others | None = None) -> None:
        """`clock` gives seconds that never go back."""
        self._clock, self._others = clock, others
        self._lock = threading.Lock()
        self._failures: list[float] = []
        self._since: float | None = None  # epoch seconds of the first failure in the row
        self._next_probe: float | None = None  # None: closed
        self._told: str | None = None  # what others had told before this opened

    def wait_needed(self) -> float:
        """0 if Copper may be asked now (this request is the probe, if one is due), else the seconds to the next probe."""
        if not self._is_open or self._others_saw_it_answer():
            return 0.0
        with self._lock:
            if self._next_probe is None:
                return 0.0
            now = self._clock()
            if now < self._next_probe:
                return self._next_probe - now
            self._next_probe = now + PROBE_EVERY
        if self._others is None or self._others.may_probe(TURN):
            return 0.0
        with self._lock:
            if self._next_probe is not None:
                self._next_probe = now + LOOK_AGAIN
        return LOOK_AGAIN

    @property
    def _is_open(self) -> bool:
        return self._next_probe is not None

    def _others_saw_it_answer(self) -> bool:
        told = self._others.told() if self._others else None
        with self._lock:
            if told is None or told == self._told:
                return False
            self._told = told
            self._close()
        return True

    @property
    def since(self) -> float | None:
        """Epoch seconds of the first failure in the row; None while all is well."""
        return self._since

    def succeeded(self) -> None:
        """Copper answered."""
        with self._lock:
            was_open = self._is_open
            self._close()
        if was_open and self._others:
            self._others.tell()

    def _close(self) -> None:
        self._failures.clear()
        self._since = self._next_probe = None

    def failed(self) -> None:
        """Copper did not answer, or had an error of its own."""
        with self._lock:
            now, was_open = self._clock(), self._is_open
            if self._since is None:
                self._since = time.time()
            self._failures = [*self._failures[-FAILURES + 1 :], now]
            opens = len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN
        if self._others and not was_open and (opens or self._others.are_probing()):
            opens, self._told = True, self._others.told()  # of before: no sign that it answers now
            self._others.may_probe(TURN)  # the next one is due then, also for all others
        if opens:
            with self._lock:
                if now in self._failures:  # nobody got an answer while the others were asked
                    self._next_probe = now + PROBE_EVERY
