"""Stops asking Copper for a moment when it fails again and again, so that pages say so at once instead of waiting."""

import threading
import time
from collections.abc import Callable

FAILURES = 10  # in a row
WITHIN = 10.0  # seconds from the first to the last of them: a few pages an hour are never held back
PROBE_EVERY = 2.0  # seconds


class Breaker:
    """Open after FAILURES in a row; while open, one request every PROBE_EVERY seconds is let through to see."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds that never go back."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failures: list[float] = []
        self._since: float | None = None  # epoch seconds of the first failure in the row
        self._next_probe: float | None = None  # None: closed

    def wait_needed(self) -> float:
        """0 if Copper may be asked now (this request is the probe, if one is due), else the seconds to the next probe."""
        with self._lock:
            if self._next_probe is None:
                return 0.0
            now = self._clock()
            if now >= self._next_probe:
                self._next_probe = now + PROBE_EVERY
                return 0.0
            return self._next_probe - now

    @property
    def since(self) -> float | None:
        """Epoch seconds of the first failure in the row; None while all is well."""
        return self._since

    def succeeded(self) -> None:
        """Copper answered."""
        with self._lock:
            self._failures.clear()
            self._since = self._next_probe = None

    def failed(self) -> None:
        """Copper did not answer, or had an error of its own."""
        with self._lock:
            now = self._clock()
            if self._since is None:
                self._since = time.time()
            self._failures = [*self._failures[-FAILURES + 1 :], now]
            if len(self._failures) == FAILURES and now - self._failures[0] <= WITHIN:
                self._next_probe = now + PROBE_EVERY
