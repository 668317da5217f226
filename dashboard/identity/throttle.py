"""Against guessing passwords: django-axes counts the failures of a user name from an address; this caps the hashing.

Axes alone lets through who guesses from many addresses, and each guess costs processor time. So a process computes only
so many hashes a second, whoever asks. Both answers are 429, before anything is hashed.
"""

import threading
import time
from collections.abc import Callable, Mapping
from math import ceil

from django.conf import settings
from django.http import HttpRequest

BURST_SECONDS = 3  # what was not used for so long may be used at once: people come in together at the start of a shift


class HashCap:
    """A bucket of hashes that fills by `rate()` a second."""

    def __init__(self, rate: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._lock = threading.Lock()
        self.fill()

    def fill(self) -> None:
        """Fill it to the brim."""
        self._left, self._at = float("inf"), self._clock()

    def take(self) -> float:
        """Take one hash; give 0, or the seconds until there is one where none is left."""
        with self._lock:
            now, rate = self._clock(), self._rate()
            self._left = min(max(1.0, rate * BURST_SECONDS), self._left + (now - self._at) * rate)
            self._at = now
            if self._left < 1:
                return (1 - self._left) / rate
            self._left -= 1
            return 0.0


hashes = HashCap(lambda: settings.LOGIN_HASHES_PER_SECOND)
hashes_of_known_browsers = HashCap(lambda: settings.LOGIN_HASHES_PER_SECOND)


class TooManyGuessesError(Exception):
    """No password is looked at for now."""

    def __init__(self, seconds: float, words: str) -> None:
        """Say how long to wait, and why."""
        super().__init__(words)
        self.seconds, self.words = max(1, ceil(seconds)), words


def is_no_password(_request: HttpRequest, credentials: Mapping[str, object] | None) -> bool:
    """For axes: a single sign-on that fails is nobody's guess, and must not lock out those who share an address."""
    return not credentials or credentials.get("username") is None
