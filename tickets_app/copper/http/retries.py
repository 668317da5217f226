"""When a GET is sent again, and how long is waited before: within the caller's deadline, and never as a flood."""

import logging
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from tickets_app.copper.errors import PASSING, CopperError, Kind
from tickets_app.copper.http.deadline import Deadline

MAX_ATTEMPTS = 3
FAULT_BASE, FAULT_CAP = 0.05, 1.0  # seconds; the figures of RELIABILITY.md, 4
THROTTLE_BASE, THROTTLE_CAP = 1.0, 8.0  # seconds, after a 429 that does not say how long
MAX_PAUSE = 120.0  # seconds that Copper is believed in when it asks for a pause (COPPER_MAX_PAUSE)
PROBE_CHECK = 0.1  # seconds between two looks at whether a probe was answered
BUDGET, EARNED = 10.0, 0.1  # retries that may be spent at once, and that each request earns: about 10 % in an outage

logger = logging.getLogger(__name__)


def most_attempts(error: CopperError) -> int:
    """How many attempts in all this failure is worth. A GET is always safe to repeat; most failures would repeat too."""
    match error.kind:
        case Kind.TIMEOUT | Kind.UNREACHABLE:
            return MAX_ATTEMPTS
        case Kind.RATE_LIMITED if error.status == 429:  # else we only know that a pause is on
            return MAX_ATTEMPTS
        case Kind.SERVER if error.status in PASSING:
            return MAX_ATTEMPTS
        case Kind.UNREADABLE if error.status is None:  # not JSON: perhaps broken on the way
            return 2
        case Kind.REFUSED if error.status == 409:
            return 2
    return 1


_FREE, _PROBE = object(), object()  # how a request may be made


class Retries:
    """The retry policy of one client, shared by its threads: a 429 makes all of them pause.

    A pause longer than `max_pause` seconds is a slip, or a clock that is wrong: after that long one request asks anew, the
    others wait for its answer.
    """

    def __init__(
        self,
        *,
        max_pause: float = MAX_PAUSE,
        sleep: Callable[[float], object] = time.sleep,
        jitter: Callable[[float, float], float] = random.uniform,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """All but `max_pause` are for tests."""
        self._max_pause = max_pause
        self._sleep, self._jitter, self._clock = sleep, jitter, clock
        self._lock = threading.Lock()
        self._tokens = BUDGET
        self._not_before = 0.0
        self._asked: float | None = None  # the pause that was asked for, where it was cut short and nobody asked since
        self._probing = False

    def attempts(self) -> Iterator[int]:
        """Count the attempts of one request, from 1."""
        with self._lock:
            self._tokens = min(BUDGET, self._tokens + EARNED)
        yield from range(1, MAX_ATTEMPTS + 1)

    def wait_for_turn(self, deadline: Deadline) -> None:
        """Wait while Copper wants us to pause. Raises CopperError(RATE_LIMITED) when that is longer than there is time."""
        while (wait := self._not_before - self._clock()) > 0:
            self._wait(wait, deadline)

    def _wait(self, wait: float, deadline: Deadline) -> None:
        if wait >= deadline.to_start():
            error = CopperError(Kind.RATE_LIMITED, "Copper wants a pause", retry_after=wait, attempts=0)
            error.asked_pause = self._asked
            raise error
        self._sleep(wait)

    @contextmanager
    def turn(self, deadline: Deadline, number: int) -> Iterator[None]:
        """Make one request, the attempt `number`, when it may be made. A pause that it brings is on before this is left.

        After a pause that was cut short, only one at a time until Copper answers one of those: what was under way before the
        pause says nothing of it.
        """
        while not (took := self._take_turn()):
            self.wait_for_turn(deadline)
            if self._probing:
                self._wait(PROBE_CHECK, deadline)
        try:
            yield
        except CopperError as error:
            self._believe(error)
            if error.status == 429:
                self._pause_all(error, number)
            elif error.status is not None:  # Copper answers something else again
                self._answered(took)
            raise
        else:
            self._answered(took)
        finally:
            if took is _PROBE:
                self._probing = False

    def _answered(self, took: object) -> None:
        if took is _PROBE:
            with self._lock:
                self._asked = None

    def _take_turn(self) -> object:
        with self._lock:
            if self._clock() < self._not_before or (self._asked is not None and self._probing):
                return None
            if self._asked is None:
                return _FREE
            self._probing = True
            return _PROBE

    def _believe(self, error: CopperError) -> None:
        """Cut a pause that is longer than is believed; what was asked for stays in the error."""
        if error.retry_after is not None and error.retry_after > self._max_pause:
            logger.warning(
                "Copper asks for a pause of %.0f s: it is asked again after %.0f s (COPPER_MAX_PAUSE)",
                error.retry_after,
                self._max_pause,
            )
            error.asked_pause, error.retry_after = error.retry_after, self._max_pause

    def wait_or_raise(self, error: CopperError, number: int, deadline: Deadline) -> None:
        """Wait before attempt `number` + 1, or raise `error` where there shall be none.

        After a 429 the pause is on already.
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

    def _pause_all(self, error: CopperError, number: int) -> None:
        """After a 429: nobody asks before this is over. Its seconds are in the error."""
        if error.retry_after is None:
            error.retry_after = self._jitter(0, min(THROTTLE_CAP, THROTTLE_BASE * 2 ** (number - 1)))
        with self._lock:
            self._not_before = max(self._not_before, self._clock() + error.retry_after)
            self._asked = error.asked_pause or self._asked

    def _spend(self) -> bool:
        with self._lock:
            if self._tokens < 1:
                return False
            self._tokens -= 1
            return True
