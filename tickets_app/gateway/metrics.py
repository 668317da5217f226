"""What Prometheus is told of Copper and of the cache (docs/operations.md). Of people: dashboard/operations/request_metrics.py."""

import threading
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from prometheus_client import Counter, Gauge, Histogram

from tickets_app.copper.errors import Kind
from tickets_app.copper.http.observer import OK, Observer

P = ParamSpec("P")
Answer = TypeVar("Answer")

# Seconds. Copper's own answers take 50 to 500 ms; 15 is where a silent one is given up.
BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15)

copper_requests = Counter("copper_tickets_copper_requests", "Requests sent to Copper, by what came back", ["result"])
copper_seconds = Histogram("copper_tickets_copper_request_seconds", "How long Copper took to answer", buckets=BUCKETS)
copper_in_flight = Gauge(
    "copper_tickets_copper_requests_in_flight", "Requests to Copper under way", multiprocess_mode="livesum"
)
copper_limit = Gauge(
    "copper_tickets_copper_requests_limit",
    "Requests to Copper that may be under way just now: fewer after a 429",
    multiprocess_mode="livemin",  # of processes that share a limit, the lowest counts (across_processes/settle.lua)
)
lanes_in_flight = Gauge(
    "copper_tickets_lanes_in_flight",
    "Lanes of searches that ask Copper or wait for their turn",
    multiprocess_mode="livesum",
)
copper_retries = Counter("copper_tickets_copper_retries", "Requests sent to Copper again after a failure")
breaker_open = Gauge(
    "copper_tickets_copper_breaker_open", "1 while Copper is not asked because it fails", multiprocess_mode="livemax"
)
last_success = Gauge(
    "copper_tickets_copper_last_success_timestamp_seconds",
    "When Copper last gave a good answer (epoch seconds)",
    multiprocess_mode="max",
)
cache_answers = Counter("copper_tickets_cache_answers", "Answers of Copper's that pages asked for", ["result"])


class CopperHealth(Observer):
    """Counts for Prometheus, and remembers for /readyz what this process saw of Copper."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.last_success: float | None = None  # epoch seconds
        self.failing_since: float | None = None  # epoch seconds of the first request held back
        self.refused_since: float | None = None  # epoch seconds of the first answer that refused our key

    def began(self) -> None:
        """Count a request under way."""
        copper_in_flight.inc()

    def ended(self, result: str, seconds: float, status: int | None) -> None:
        """Count it by its result."""
        copper_in_flight.dec()
        copper_requests.labels(result).inc()
        copper_seconds.observe(seconds)
        if status and status < 500:
            self._answered(result)

    def retried(self) -> None:
        """Count a retry."""
        copper_retries.inc()

    def held_back(self) -> None:
        """The breaker is open."""
        breaker_open.set(1)
        with self._lock:
            self.failing_since = self.failing_since or time.time()

    def limited(self, limit: int) -> None:
        """Show how many may be under way."""
        copper_limit.set(limit)

    def _answered(self, result: str) -> None:
        breaker_open.set(0)
        with self._lock:
            self.failing_since = None
            if result == Kind.UNAUTHORIZED:
                self.refused_since = self.refused_since or time.time()
            elif result != Kind.RATE_LIMITED:  # which says nothing of the key
                self.refused_since = None
            if result == OK:
                self.last_success = time.time()
        if result == OK:
            last_success.set(time.time())


health = CopperHealth()


def as_lane(fetch: Callable[P, Answer]) -> Callable[P, Answer]:
    """The same function; while it runs, a lane is under way."""

    def counted(*args: P.args, **kwargs: P.kwargs) -> Answer:
        with lanes_in_flight.track_inprogress():
            return fetch(*args, **kwargs)

    return counted
