"""Stops asking Copper for a moment when it fails again and again, so that pages say so at once instead of waiting."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

FAILURES = 10  # in a row
WITHIN = 10.0  # seconds from the first to the last of them: a few pages an hour are never held back
PROBE_EVERY = 1.75  # seconds: with the answer itself, recovery is seen within two
SILENT_AT_ONCE = 3  # requests under way without a word from Copper; several processes may share eight
SILENT_FOR = 5.0  # seconds; at least twice of what the slowest answer of late took
_MEMORY = 0.9  # of that, which stays when a quicker one came
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
    """Open after FAILURES in a row, and where several requests wait without a word; while open, one request every PROBE_EVERY
    seconds is let through to see.

    With `others`, one of all processes, and what it sees closes all of them; and where one is open, one failure, or
    one request without a word, opens the next.
    """

    def __init__(
        self, clock: Callable[[], float] = time.monotonic, others: Others | None = None, at_once: int = SILENT_AT_ONCE
    ) -> None:
        """`clock` gives seconds that never go back; `at_once`: how many requests that Copper leaves without a word are a sign."""
        self._clock, self._others, self._at_once = clock, others, at_once
        self._under_way: list[float] = []  # when each began
        self._answered = 0.0  # when Copper did last
        self._usual = 0.0  # seconds that its slowest answers of late took
        self._lock = threading.RLock()
        self._failures: list[float] = []
        self._since: float | None = None  # epoch seconds of the first failure in the row
        self._next_probe: float | None = None  # None: closed
        self._told: str | None = None  # what others had told before this opened

    def wait_needed(self) -> float:
        """0 if Copper may be asked now (this request is the probe, if one is due), else the seconds to the next probe."""
        if not self.is_left_alone() or self._others_saw_it_answer():
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

    def is_left_alone(self) -> bool:
        """Whether Copper is asked by probes alone. Takes no turn of one."""
        silent = 0 if self._is_open else self._silent()
        if silent >= self._at_once or (silent and self._others and self._others.are_probing()):
            self._open(self._clock(), lambda: self._silent() > 0)
        return self._is_open

    def waits_for_a_probe(self) -> bool:
        """Whether it is, and the next probe is not due yet."""
        due = self._next_probe if self.is_left_alone() else None
        return due is not None and self._clock() < due

    @property
    def _patience(self) -> float:
        return max(SILENT_FOR, 2 * self._usual)

    def _silent(self) -> int:
        """How many requests wait for so long, while Copper answered no other, that one more would only wait as well."""
        if not self._under_way:
            return 0
        with self._lock:
            before = self._clock() - self._patience
            return sum(began <= before for began in self._under_way) if self._answered <= before else 0

    @contextmanager
    def watching(self) -> Iterator[None]:
        """A request is under way in here."""
        with self._lock:
            began = self._clock()
            self._under_way.append(began)
        try:
            yield
        finally:
            with self._lock:
                self._under_way.remove(began)

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

    def succeeded(self, seconds: float = 0.0) -> None:
        """Copper answered, within so many seconds."""
        with self._lock:
            was_open = self._is_open
            self._usual = max(seconds, self._usual * _MEMORY)
            self._close()
        if was_open and self._others:
            self._others.tell()

    def _close(self) -> None:
        self._answered = self._clock()
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
        if self._others and not was_open:
            opens = opens or self._others.are_probing()
        if opens:
            self._open(now, lambda: now in self._failures)

    def _open(self, now: float, still: Callable[[], bool]) -> None:
        """Open, unless by then nothing speaks for it: Copper may answer while the others are asked."""
        if self._others and not self._is_open:
            self._told = self._others.told()  # of before: no sign that it answers now
            self._others.may_probe(TURN)  # the next one is due then, also for all others
        with self._lock:
            if still():
                self._since = self._since or time.time() - self._patience
                self._next_probe = now + PROBE_EVERY
