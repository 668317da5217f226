"""Answers of Copper's that may be shown again for a while, and asked for once when many ask at the same time."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import partial

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import answer as texts
from tickets_app.gateway.across_processes.single_flight import Flights, is_lack_of_time
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.beside import Beside
from tickets_app.gateway.cache import Shelf
from tickets_app.gateway.metrics import cache_answers

# Copper does not answer, or not sensibly, or not all who ask. What it does answer (no such ticket, no right, too often) holds.
SILENT = {Kind.TIMEOUT, Kind.UNREACHABLE, Kind.SERVER, Kind.FAILING, Kind.BUSY}
BESIDE = 64  # requests whose pages may have left: each is a thread of a few kilobytes
SOON = 3.0  # seconds for which any number waits for one request: so long it takes where Copper is well
FOLLOWERS = 4  # so many go on waiting then: each holds a thread, and all of them stood before one ticket that hangs
MOST_STALE = 300_000  # characters of an answer that is kept for long: a page of 100 tickets has about 60,000


@dataclass(slots=True)
class _Flight:
    """One request under way, and all who wait for it."""

    landed: threading.Event = field(default_factory=threading.Event)
    kept: Kept | None = None
    error: CopperError | None = None
    began: float = field(default_factory=time.monotonic)
    seats: threading.Semaphore = field(default_factory=lambda: threading.BoundedSemaphore(FOLLOWERS))

    def lands(self, deadline: Deadline) -> bool:
        """Wait until it landed; say whether that was in time. Raises CopperError(BUSY) where too many wait for long."""
        soon = max(0.0, self.began + SOON - time.monotonic())
        if self.landed.wait(min(soon, deadline.remaining())) or deadline.passed:
            return self.landed.is_set()
        if not self.seats.acquire(blocking=False):
            raise CopperError(Kind.BUSY, "too many wait for the same request", retry_after=SOON, attempts=0)
        try:
            return self.landed.wait(deadline.remaining())
        finally:
            self.seats.release()


class Answers:
    """A cache with single flight in front of `load`. Works on, only slower, when the cache is down."""

    def __init__(
        self,
        seconds: float,
        shelf: Shelf | None = None,
        flights: Flights | None = None,
        stale_seconds: float = 0.0,
        worth_waiting: Callable[[], float] = lambda: 600.0,
    ) -> None:
        """Keep answers for so many seconds; 0 keeps none, and hands none to other processes (`flights`) either.

        `stale_seconds`: how long they are kept besides, for when Copper does not answer; `worth_waiting` says how many
        seconds it is worth waiting for where there are such: none where `load` would only say at once that it does not.
        """
        self.seconds, self._shelf = seconds, shelf or Shelf()
        self._stale_seconds = stale_seconds if seconds > 0 else 0.0
        self._others = flights if seconds > 0 else None
        self._flights: dict[str, _Flight] = {}
        self._beside, self._worth_waiting = Beside(BESIDE), worth_waiting
        self._lock = threading.Lock()

    def get(
        self,
        key: str,
        load: Callable[[], Kept],
        deadline: Deadline,
        keep: Callable[[object], bool],
        *,
        stale: bool = False,
        otherwise: str | None = None,
    ) -> Kept:
        """Give the answer kept under `key`, else what `load` gives, which is kept where `keep(body)` says so.

        `stale`: where Copper does not answer, what it gave before will do; the failure is in `instead_of`. Raises CopperError:
        what `load` raised, also to those who waited for it; TIMEOUT when the wait was too long, BUSY when too many wait.
        `otherwise`: what is kept under this key will do then, too; it is the answer to another question.
        """
        older = self._read(key, max(self.seconds, self._stale_seconds if stale else 0.0))
        if older is not None and older.at > time.time() - self.seconds:
            cache_answers.labels("hit").inc()
            return older
        if older is None and otherwise:
            older = self._read(otherwise, self._stale_seconds)
        if older is not None:
            return self._or_older(older, partial(self.get, key, load, deadline, keep), load, deadline)
        kept = None
        while kept is None:
            flight, leads = self._board(key)
            cache_answers.labels("miss" if leads else "shared").inc()
            if leads:
                return self._fly(key, flight, load, keep, deadline)
            kept = _awaited(flight, deadline)
        return kept

    def _or_older(self, older: Kept, get: Callable[[], Kept], load: Callable[[], Kept], deadline: Deadline) -> Kept:
        seconds = min(self._worth_waiting(), deadline.remaining())
        try:
            return self._beside.soon(get, seconds) if seconds else load()  # past a flight that hangs
        except CopperError as error:
            if error.kind not in SILENT:
                raise
            cache_answers.labels("stale").inc()
            return replace(older, instead_of=error)

    def _board(self, key: str) -> tuple[_Flight, bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = _Flight()
            return flight, True

    def _fly(
        self,
        key: str,
        flight: _Flight,
        load: Callable[[], Kept],
        keep: Callable[[object], bool],
        deadline: Deadline,
    ) -> Kept:
        try:
            fetch = partial(self._fetch, key, load, keep)
            flight.kept = self._others.get(key, fetch, deadline) if self._others else fetch()
            return flight.kept
        except CopperError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()

    def _fetch(self, key: str, load: Callable[[], Kept], keep: Callable[[object], bool]) -> Kept:
        # Another thread or process may have put it there after we looked, and before it was our turn.
        kept = self._read(key, self.seconds)
        if kept is None:
            kept = load()
            if keep(kept.body):
                self._write(key, kept)
        return kept

    def _read(self, key: str, seconds: float) -> Kept | None:
        text = self._shelf.get(key) if seconds > 0 else None
        kept = texts.load(text) if text is not None else None
        now = time.time()
        return kept if kept is not None and now - seconds < kept.at <= now else None

    def _write(self, key: str, kept: Kept) -> None:
        if self.seconds > 0:
            text = kept.dump()
            small = len(text) <= MOST_STALE
            self._shelf.put(key, text, max(self.seconds, self._stale_seconds) if small else self.seconds)


def _awaited(flight: _Flight, deadline: Deadline) -> Kept | None:
    """What came of somebody else's request; None where they only ran out of their own time, so that another leads now."""
    if not flight.lands(deadline):
        raise CopperError(Kind.TIMEOUT, "waited for the same request of somebody else", attempts=0)
    if flight.error is not None and (not is_lack_of_time(flight.error) or deadline.passed):
        raise flight.error
    return flight.kept
