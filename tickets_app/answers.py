"""Answers of Copper's that may be shown again for a while, and asked for once when many ask at the same time."""

import json
import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from django.core.cache import caches

from tickets_app.copper.deadline import Deadline
from tickets_app.copper.errors import CopperError, Kind

VERSION = "1"  # part of every key: a changed shape must not be read by older or newer processes
CACHE_REST = 10.0  # seconds the cache is left alone after it failed (RELIABILITY.md, row 74)

logger = logging.getLogger(__name__)


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

    def __init__(self, seconds: float) -> None:
        """Keep answers for so many seconds; 0 keeps none."""
        self.seconds = seconds
        self._flights: dict[str, _Flight] = {}
        self._lock = threading.Lock()
        self._cache_rests_until = 0.0

    def get(self, key: str, load: Callable[[], Kept], deadline: Deadline, keep: Callable[[object], bool]) -> Kept:
        """Give the answer kept under `key`, else what `load` gives, which is kept where `keep(body)` says so.

        Raises CopperError: what `load` raised, also to those who waited for it; TIMEOUT when the wait was too long.
        """
        kept = self._read(key)
        while kept is None:
            flight, leads = self._board(key)
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
        text = self._guarded(lambda: caches["default"].get(VERSION + key))
        try:
            kept = Kept(**json.loads(text)) if isinstance(text, str) else None
        except (ValueError, TypeError):
            return None  # garbage, or another program's value
        now = time.time()
        return kept if kept is not None and now - self.seconds < kept.at <= now else None

    def _write(self, key: str, kept: Kept) -> None:
        if self.seconds > 0:
            text = json.dumps({"body": kept.body, "at": kept.at, "skew": kept.skew})
            self._guarded(lambda: caches["default"].set(VERSION + key, text, self.seconds))

    def _guarded(self, use: Callable[[], object]) -> object:
        """Use the cache, unless it failed a moment ago: pages must come without it, and not wait for it each time."""
        if self.seconds <= 0 or time.monotonic() < self._cache_rests_until:
            return None
        try:
            return use()
        except Exception as error:  # each cache backend raises its own kinds, and all mean "no cache"
            self._cache_rests_until = time.monotonic() + CACHE_REST
            logger.warning("The cache failed (%s); going on without it for %d s", type(error).__name__, CACHE_REST)
            return None
