"""Counts the tickets of a histogram by walking them, several buckets at the same time, for as long as a request may take."""

import json
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable

from django.conf import settings

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.parts import begins_above
from tickets_app.copper.walking.walk import walk
from tickets_app.gateway import metrics, server_timing, shared
from tickets_app.gateway.page_requests import Asking
from tickets_app.timeline.histogram import Bucket, Histogram, from_place

# Seconds that a count of the past is kept. Tills that were offline send their tickets late, most of them on the same day.
KEPT_OF_TODAY, KEPT = 600.0, 6 * 3600.0
_DAY = 86_400  # seconds


def count(histogram: Histogram) -> CopperError | None:
    """Walk what is not counted yet for SEARCH_TIME_BUDGET; give the failure that stopped it. Never raises CopperError."""
    uncounted = [bucket for bucket in histogram.buckets if not bucket.done]
    run = _Run(histogram)
    with server_timing.waiting():
        run.work()
    keep(histogram, (bucket for bucket in uncounted if bucket.done))
    return run.failure


class _Run:
    """The threads that count for one request: one a request under way."""

    def __init__(self, histogram: Histogram) -> None:
        self.failure: CopperError | None = None
        self._histogram, self._lock = histogram, threading.Lock()
        self._lanes = max(1, settings.COPPER_MAX_CONCURRENCY)
        self._runs = deque(histogram.runs(2 * self._lanes))
        self._asking = Asking(
            shared.whole_deadline(), Deadline.after(settings.SEARCH_TIME_BUDGET), urgency=Urgency.LONG
        )
        self._defect: BaseException | None = None

    def work(self) -> None:
        """Count until all is counted, the time is up, or Copper fails. Raises what a thread raised that is no CopperError."""
        wanted = min(self._lanes, len(self._runs))
        threads = [threading.Thread(target=self._lane, name="copper-count", daemon=True) for _ in range(wanted)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if self._defect:
            raise self._defect

    def _lane(self) -> None:
        try:
            while (run := self._next()) is not None:
                self._walk(*run)
        except BaseException as defect:  # raised again where the threads are waited for
            self._defect = defect

    def _next(self) -> tuple[int, int] | None:
        with self._lock:
            return self._runs.popleft() if self._runs and not self._stops() else None

    def _stops(self) -> bool:
        return bool(self.failure or (self._asking.progressed and self._asking.patience() <= 0))

    def _fetch(self, query: TicketQuery) -> Page:
        """Get a page. Raises CopperError also where it holds what lies above its bounds: each bar would count the whole list."""
        page = self._asking.fetch(query)
        if begins_above(page, query.high):
            raise CopperError(Kind.STUCK, "a list does not keep to the times that it was asked for")
        return page

    def _walk(self, first: int, last: int) -> None:
        histogram, place = self._histogram, self._histogram.buckets[last].place
        for step in walk(from_place(histogram.query_of(first, last).window(), place), metrics.as_lane(self._fetch)):
            if self._asking.stopped_by_us(step):
                return
            with self._lock:
                if step.failure:
                    self.failure = self.failure or step.failure
                    return
                histogram.add(first, last, place, step.rows, step.rest, step.looked_to, int(time.time()))
                self._asking.progressed = True
                if step.rest is None or self._stops():
                    return
                last = max(index for index in range(first, last + 1) if not histogram.buckets[index].done)
                place = histogram.buckets[last].place


# Counts of the past are kept, and shown to everybody: only what was walked here gets there.


def keep(histogram: Histogram, buckets: Iterable[Bucket]) -> None:
    """Keep the counts of these buckets, where they are of the past alone and no bound cuts them."""
    shelf, now, key_of = shared.parts().shelf, time.time(), _keys(histogram)
    for bucket in buckets:
        ended = bucket.high / 1_000_000
        if bucket.whole and ended <= now:
            text = json.dumps([bucket.count, bucket.at])
            shelf.put(key_of(bucket), text, KEPT_OF_TODAY if now - ended < _DAY else KEPT)


def recall(histogram: Histogram) -> None:
    """Fill in the buckets that are kept."""
    key_of = _keys(histogram)
    missing = {key_of(bucket): bucket for bucket in histogram.buckets if bucket.whole and not bucket.done}
    for key, text in shared.parts().shelf.get_many(list(missing)).items():
        counted = _read(text)
        if counted is not None:
            bucket = missing[key]
            bucket.count, bucket.at = counted
            bucket.done, bucket.place = True, None


def _keys(histogram: Histogram) -> Callable[[Bucket], str]:
    whose = shared.key("buckets", histogram.query.at_any_time().filters())
    return lambda bucket: f"{whose}:{bucket.low}:{bucket.high}"


def _read(text: str) -> tuple[int, int] | None:
    try:
        number, at = json.loads(text)
    except (ValueError, TypeError):
        return None  # garbage, or another program's value
    return (number, at) if type(number) is int and type(at) is int and number >= 0 else None
