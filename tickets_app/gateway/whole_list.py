"""Everything that matches a query, to its end, however long that takes: for exports and look-ups, not for pages."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import closing
from datetime import UTC, datetime
from functools import partial

from django.conf import settings

from tickets_app.copper.errors import PASSING, CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Page, parse_page
from tickets_app.copper.walking.census import Census
from tickets_app.copper.walking.cuts import LEAST_SPLIT, SPAN
from tickets_app.copper.walking.lanes import LOOK, lanes
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step
from tickets_app.gateway import metrics, receipt, request_number, shared, shutdown

# Seconds before a request that failed is asked again, on top of what the client itself repeats: half a minute in all.
# A page has a person who waits for it; what has walked through a hundred thousand tickets is not given up so soon.
PAUSES = (0.5, 1.0, 2.0, 4.0, 8.0, 15.0)

_PASSING = {Kind.TIMEOUT, Kind.UNREACHABLE, Kind.BUSY, Kind.FAILING}


def steps(
    query: TicketQuery,
    *,
    patience: Callable[[], float | None] = lambda: None,
    leaving: Callable[[], bool] = lambda: False,
    leave_within: float | None = None,
    gone: Callable[[], bool] = lambda: False,
) -> Generator[Step, None, None]:
    """Yield everything that matches from the query's place on, newest first, as steps that are final.

    The last step has no `rest`, or a `failure` that lasted; its `rest` then goes on exactly behind what was given. Each
    request has its own deadline, and is asked again for half a minute once anything was given. Whoever takes steps slowly
    slows the requests down (plan.MOST_AHEAD); closing the generator begins no more of them. Nothing is kept in the cache,
    nor read from it: every ticket is as Copper has it now. `query.limit` does not matter, nor does `ending_before`: this
    only goes to older tickets, and raises ValueError for that. `patience` gives the seconds for which the next step may be
    waited for (None: for ever): when it is over, the steps end early, and what was looked at further on is lost. After
    `leaving` became true nothing further on is begun, and the steps end early when what was asked by then is final: within
    about `leave_within` seconds, for which the parts that are walked at the same time are small enough. While nothing comes,
    `gone` is asked whether nobody waits any more; the steps then end at once.
    """
    if query.goes_newer:
        raise ValueError("everything is walked towards older tickets only")
    asker, now = _Asker(), Moment.of(datetime.now(UTC)).microseconds
    census, keep = _census(query)
    walked = lanes(
        Plan(query.window(), census, now=now, span=partial(asker.rows_within, leave_within)),
        asker.fetch,
        count=settings.COPPER_MAX_CONCURRENCY,
        patience=patience,
        leaving=leaving,
        gone=gone,
        stopped=asker.stop,
        left=keep,
        watch=metrics.lanes_in_flight.track_inprogress,
    )
    return asker.noted(walked)


def _census(query: TicketQuery) -> tuple[Census, Callable[[], object]]:
    """What is known of how many tickets lie where. A search learns for other searches; a plain walk for nobody."""
    if query.search_query is None:
        return Census(keeps=False), lambda: None
    counts, key = shared.parts().counts, shared.counts_key(query)
    return counts.of(key), lambda: counts.keep(key)


class _Asker:
    """The requests of one walk."""

    def __init__(self) -> None:
        self._stopped = threading.Event()
        # A lane's thread does not know these.
        self._request_id, self._receipt = request_number.request_id.get(), receipt.current.get()
        self._first = shared.whole_deadline()
        self._begun = False  # whether anything was given
        self._seconds = 0.0  # that the last page took

    def rows_within(self, seconds: float | None) -> float:
        """How many rows a part may hold that is to be walked in so many seconds (None: it does not matter)."""
        if seconds is None or not self._seconds:
            return SPAN
        return min(SPAN, max(LEAST_SPLIT, MAX_LIMIT * seconds / self._seconds))

    def noted(self, walked: Generator[Step, None, None]) -> Generator[Step, None, None]:
        with closing(walked):
            for step in walked:
                self._begun = self._begun or step.failure is None
                yield step

    def stop(self) -> None:
        """Wait for nothing more."""
        self._stopped.set()

    def fetch(self, query: TicketQuery, first: bool, survey: bool) -> Page:
        """Get a page. Raises CopperError."""
        request_number.request_id.set(self._request_id)
        receipt.current.set(self._receipt)
        page = self._outlasting(query, first)
        # The first rows are there, though they may not have been given yet when the next page fails.
        self._begun = self._begun or (first and not survey)
        return page

    def _outlasting(self, query: TicketQuery, first: bool) -> Page:
        for pause in PAUSES:
            try:
                return self._page(query)
            except CopperError as error:
                if (first and not self._begun) or not _passes(error):  # a person waits for the very first
                    raise
                if not self._waited(max(pause, error.retry_after or 0.0)):
                    raise
        return self._page(query)

    def _waited(self, seconds: float) -> bool:
        """Wait, and say whether all of it was waited: not where nobody waits for this, or the server is told to stop."""
        until = Deadline.after(seconds)
        while not until.passed:
            if shutdown.begun() or self._stopped.wait(min(LOOK, until.remaining())):
                return False
        return True

    def _page(self, query: TicketQuery) -> Page:
        # Until something was given a person waits for the very first answer: all of it has to come within one deadline.
        deadline = shared.whole_deadline() if self._begun else self._first
        started = time.monotonic()
        params = query.params()
        with receipt.noted(["tickets"], params) as answers:
            answers.append(shared.ask("tickets", params=params, deadline=deadline, caller=self, urgency=Urgency.LONG))
        page = parse_page(answers[0].body)
        self._seconds = time.monotonic() - started
        return page


def _passes(error: CopperError) -> bool:
    """Whether a failure may be over soon. A 429 is not for here: the plan asks again by itself."""
    match error.kind:
        case Kind.SERVER:
            return error.status in PASSING
        case Kind.RATE_LIMITED | Kind.UNREADABLE:
            return error.status is None
    return error.kind in _PASSING
