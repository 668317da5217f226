"""Against guessing passwords: django-axes counts the failures of a user name from an address; this caps the hashing.

Axes alone lets through who guesses from many addresses, and each guess costs processor time. So a process computes only
so many hashes a second, whoever asks. Both answers are 429, before anything is hashed.
"""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from math import ceil

from axes.models import AccessAttempt
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from dashboard.identity.proxies import client_address

BURST_SECONDS = 3  # what was not used for so long may be used at once: people come in together at the start of a shift


class HashCap:
    """A bucket of hashes that fills by `rate()` a second."""

    def __init__(self, rate: Callable[[], float], clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._lock = threading.Lock()
        self._left, self._at = float("inf"), clock()

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


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """For axes: what a locked-out person is told."""
    from dashboard.identity.login import paused  # which needs this module

    seconds = _lock_left(request, (credentials or {}).get("username", ""))
    minutes = ceil(seconds / 60)
    words = (
        f"Too many wrong passwords came for this user name from your address. Try again in {minutes} "
        f"{'minute' if minutes == 1 else 'minutes'}, or ask the people who run this dashboard."
    )
    return paused(request, TooManyGuessesError(seconds, words))


def _lock_left(request: HttpRequest, username: str) -> float:
    """Seconds until the latest failure that counts is forgotten."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client_address(request))
    latest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (latest + cool_off - timezone.now()).total_seconds() if latest else cool_off.total_seconds()
