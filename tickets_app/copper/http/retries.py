"""When a GET is sent again, and how long is waited before: within the caller's deadline, and never as a flood."""

import random
import threading
import time
from collections.abc import Callable, Iterator

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline

MAX_ATTEMPTS = 3
FAULT_BASE, FAULT_CAP = 0.05, 1.0  # seconds; the figures of RELIABILITY.md, 4
THROTTLE_BASE, THROTTLE_CAP = 1.0, 8.0  # seconds, after a 429 that does not say how long
BUDGET, EARNED = 10.0, 0.1  # retries that may be spent at once, and that each request earns: about 10 % in an outage
_RETRIED_STATUSES = {500, 502, 503, 504}


def most_attempts(error: CopperError) -> int:
    """How many attempts in all this failure is worth. A GET is always safe to repeat; most failures would repeat too."""
    match error.kind:
        case Kind.TIMEOUT | Kind.UNREACHABLE:
            return MAX_ATTEMPTS
        case Kind.RATE_LIMITED if error.status == 429:  # else we only know that a pause is on
            return MAX_ATTEMPTS
        case Kind.SERVER if error.status in _RETRIED_STATUSES:
            return MAX_ATTEMPTS
        case Kind.UNREADABLE if error.status is None:  # not JSON: perhaps broken on the way
            return 2
        case Kind.REFUSED if error.status == 409:
            return 2
    return 1


class Retries:
    """The retry policy of one client, shared by its threads: a 429 makes all of them pause."""

    def __init__(
        self,
        *,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """The arguments are for tests."""
        self._sleep, self._jitter, self._clock = sleep, jitter, clock
        self._lock = threading.Lock()
        self._tokens = BUDGET
        self._not_before = 0.0

    def attempts(self) -> Iterator[int]:
        """Count the attempts of one request, from 1."""
        with self._lock:
            self._tokens = min(BUDGET, self._tokens + EARNED)
        yield from range(1, MAX_ATTEMPTS + 1)

    def wait_for_turn(self, deadline: Deadline) -> None:
        """Wait while Copper wants us to pause. Raises CopperError(RATE_LIMITED) when that is longer than there is time."""
        while (wait := self._not_before - self._clock()) > 0:
            if wait >= deadline.to_start():
                raise CopperError(Kind.RATE_LIMITED, "Copper wants a pause", retry_after=wait, attempts=0)
            self._sleep(wait)

    def wait_or_raise(self, error: CopperError, number: int, deadline: Deadline) -> None:
        """Wait before attempt `number` + 1, or raise `error` where there shall be none.

        After a 429 `pause_all` comes first.
        """
        throttled = error.status == 429
        wait = error.retry_after or 0.0 if throttled else self._wait_after(error, number)
        if number >= most_attempts(error) or wait >= deadline.to_start():
            raise error
        if throttled:
            return  # waits with all others in wait_for_turn
        if not self._spend():
            raise error
        self._sleep(wait)

    def _wait_after(self, error: CopperError, number: int) -> float:
        asked = error.retry_after if error.status == 503 else None
        return asked or self._jitter(0, min(FAULT_CAP, FAULT_BASE * 2 ** (number - 1)))

    def pause_all(self, error: CopperError, number: int) -> float:
        """After a 429: nobody asks before this is over. Give its seconds, also in the error."""
        if error.retry_after is None:
            error.retry_after = self._jitter(0, min(THROTTLE_CAP, THROTTLE_BASE * 2 ** (number - 1)))
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + error.retry_after)
        return error.retry_after

    def _spend(self) -> bool:
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
