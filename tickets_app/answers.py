"""Answers of Copper's that may be shown again for a while, and asked for once when many ask at the same time."""

import json
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from tickets_app.copper.deadline import Deadline
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.figures import cache_answers
from tickets_app.shelf import Shelf


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's parsed JSON, when Copper gave it (epoch seconds), and how far Copper's clock was ahead (seconds)."""

    body: object
    at: float
    skew: float = 0.0


@dataclass(slots=True)
class _Flight:
    """One request under way, and all who wait for it."""

    landed: threading.Event = field(default_factory=threading.Event)
    kept: Kept | None = None
    error: CopperError | None = None


class Answers:
    """A cache with single flight in front of `load`. Works on, only slower, when the cache is down."""

    def __init__(self, seconds: float, shelf: Shelf | None = None) -> None:
        """Keep answers for so many seconds; 0 keeps none."""
        self.seconds, self._shelf = seconds, shelf or Shelf()
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()

    def get(self, key: str, load: Callable[[], Kept], deadline: Deadline, keep: Callable[[object], bool]) -> Kept:
        """Give the answer kept under `key`, else what `load` gives, which is kept where `keep(body)` says so.

        Raises CopperError: what `load` raised, also to those who waited for it; TIMEOUT when the wait was too long.
        """
        kept = self._read(key)
        if kept is not None:
            cache_answers.labels("hit").inc()
        while kept is None:
            flight, leads = self._board(key)
            cache_answers.labels("miss" if leads else "shared").inc()
            if leads:
                return self._fly(key, flight, load, keep)
            if not flight.landed.wait(deadline.remaining()):
                raise CopperError(Kind.TIMEOUT, "waited for the same request of somebody else", attempts=0)
            if flight.error is not None and (flight.error.kind not in {Kind.TIMEOUT, Kind.BUSY} or deadline.passed):
                raise flight.error
            kept = flight.kept  # still None: the leader ran out of its own time, so somebody else leads now
        return kept

    def _board(self, key: str) -> tuple[_Flight, bool]:
        with self._lock:
            flight = self._flights.get(key)
            if flight is not None:
                return flight, False
            flight = self._flights[key] = _Flight()
            return flight, True

    def _fly(self, key: str, flight: _Flight, load: Callable[[], Kept], keep: Callable[[object], bool]) -> Kept:
        try:
            flight.kept = load()
            if keep(flight.kept.body):
                self._write(key, flight.kept)
            return flight.kept
        except CopperError as error:
            flight.error = error
            raise
        finally:
            with self._lock:
                del self._flights[key]
            flight.landed.set()

    def _read(self, key: str) -> Kept | None:
        text = self._shelf.get(key) if self.seconds > 0 else None
        try:
            kept = Kept(**json.loads(text)) if text is not None else None
        except (ValueError, TypeError):
            return None  # garbage, or another program's value
        now = time.time()
        return kept if kept is not None and now - self.seconds < kept.at <= now else None

    def _write(self, key: str, kept: Kept) -> None:
        if self.seconds > 0:
            text = json.dumps({"body": kept.body, "at": kept.at, "skew": kept.skew})
            self._shelf.put(key, text, self.seconds)
