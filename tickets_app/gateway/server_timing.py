"""How long the request in hand waited for Copper, for `Server-Timing`."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from tickets_app.copper.walking.walk import Step

# The waits of the request in hand, in seconds; set by the middleware.
waited: ContextVar[list[float] | None] = ContextVar("waited", default=None)


@contextmanager
def waiting() -> Iterator[None]:
    """What is done in here is time waited for Copper."""
    spans, started = waited.get(), time.perf_counter()
    try:
        yield
    finally:
        if spans is not None:
            spans.append(time.perf_counter() - started)


def timed(steps: Iterator[Step]) -> Iterator[Step]:
    """The same steps; the time they take to come is time waited for Copper."""
    while True:
        with waiting():
            step = next(steps, None)
        if step is None:
            return
        yield step
