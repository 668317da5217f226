"""A search as a page makes it: lanes for as long as the page may look, in legs where it was given no start."""

import logging
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings

from tickets_app.copper.errors import CopperError
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Ticket, is_ticket, parse_ticket
from tickets_app.copper.walking.lanes import lanes
from tickets_app.copper.walking.plan import Plan
from tickets_app.copper.walking.walk import Step
from tickets_app.gateway import metrics, receipt, request_number, shared
from tickets_app.gateway.default_start import DAY, days_before, whole_seconds
from tickets_app.gateway.page_requests import Asking
from tickets_app.gateway.page_result import Outcome

EXACT_PATIENCE = 1.0  # seconds a search may wait for the ticket whose id was searched for, once it is done itself

logger = logging.getLogger(__name__)


def steps_of(query: TicketQuery, asking: Asking) -> Iterator[Step]:
    """Search with lanes; what was looked at ahead is found again by whoever goes on."""
    if query.looked_to is not None and query.looked_to == query.look_back_to:
        return iter([Step((), None)])  # only what is beyond this leg is still to be found out
    parts, now = shared.parts(), Moment.of(datetime.now(UTC)).microseconds
    counts_key, cuts_key = shared.counts_key(query), shared.key("cuts", query.filters())
    turn = parts.read_ahead.begin(cuts_key)
    plan = Plan(
        query.window(),
        parts.counts.of(counts_key),
        now=now,
        wanted=query.limit,
        ahead=query.limit if keeps() else 0,
        cuts=parts.shelf.get(cuts_key) if query.continues else None,
    )

    def stopped() -> None:
        if turn.goes_on:  # else whoever came after says where to go on
            parts.shelf.put(cuts_key, plan.dump(), settings.COPPER_CACHE_SECONDS)

    def left() -> None:
        turn.end()
        parts.counts.keep(counts_key)

    return lanes(
        plan,
        asking.fetch,
        count=settings.COPPER_MAX_CONCURRENCY,
        patience=asking.patience,
        ahead=lambda: asking.patience_ahead() if keeps() and turn.goes_on else 0.0,
        stopped=stopped,
        left=left,
        watch=metrics.lanes_in_flight.track_inprogress,
    )


def keeps() -> bool:
    """Whether answers are kept: else what is looked at ahead would be lost each time a page stops."""
    return settings.COPPER_CACHE_SECONDS > 0


def in_legs(query: TicketQuery) -> TicketQuery:
    """A search without a start looks SEARCH_DEFAULT_DAYS back first, and then asks."""
    cursor = query.cursor
    if query.low or query.look_back_to or query.goes_newer or (cursor and cursor.created is None):
        return query
    top = query.looked_to or (cursor and cursor.created) or query.high or Moment.of(datetime.now(UTC))
    return replace(query, look_back_to=days_before(top) if top.microseconds > 0 else None)


def next_leg(outcome: Outcome, query: TicketQuery, asking: Asking) -> Outcome:
    """A leg of the search is done: see whether there are older tickets at all, and offer to go on twice as far."""
    here = query.look_back_to or Moment.of_microseconds(0)
    outcome_here = replace(outcome, rest=query.from_moment(here), looked_to=here)
    if asking.patience() <= 0:
        return outcome_here
    below = replace(query.first_page().without_search().between(None, here), limit=MAX_LIMIT)
    try:
        page = asking.fetch(below)
    except CopperError as failure:
        if asking.stopped_by_us(Step((), None, failure=failure)):
            return replace(outcome_here, pause=failure.retry_after)
        return replace(outcome_here, failure=failure)
    if not page.rows and not page.has_more:
        return outcome
    newest = page.tickets[0].created if page.tickets else None
    looked = Moment.of(datetime.now(UTC)).microseconds - here.microseconds
    low = newest.microseconds - max(looked, settings.SEARCH_DEFAULT_DAYS * DAY) if newest else 0
    rest = replace(query.from_moment(here), look_back_to=whole_seconds(low) if here.microseconds > 0 else None)
    return replace(outcome_here, rest=rest, leg_ends=here)


class ExactHit:
    """Retrieves the ticket whose id, or whose address, was searched for, while the search is under way."""

    def __init__(self, id_: str) -> None:
        self._id, self._found = id_, [None]  # type: str, list[Ticket | None]
        self._request_id, self._receipt = request_number.request_id.get(), receipt.current.get()
        self._thread = threading.Thread(target=self._retrieve, name="exact-hit", daemon=True)
        self._thread.start()

    def _retrieve(self) -> None:
        request_number.request_id.set(self._request_id)  # this thread does not know it,
        receipt.current.set(self._receipt)  # nor where its request is noted
        try:
            deadline = shared.whole_deadline()
            kept = shared.get("tickets", self._id, deadline=deadline, keep=is_ticket, urgency=Urgency.GOING_ON)
            self._found[0] = parse_ticket(kept.body)
        except CopperError as error:  # a search that found no such id says nothing of it
            logger.info("Exact hit: %s", error)

    def ticket(self) -> Ticket | None:
        """Give the ticket, if it is there by now or soon."""
        self._thread.join(EXACT_PATIENCE)
        return self._found[0]
