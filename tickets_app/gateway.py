"""Copper as this site uses it: settings, cache and single flight around one GET, then a list folded into one page."""

import hashlib
import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.core.signals import setting_changed

from tickets_app import figures, tracing
from tickets_app.answers import Answers, Kept
from tickets_app.copper.client import CopperClient
from tickets_app.copper.deadline import Deadline
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.lanes import lanes
from tickets_app.copper.moments import Moment
from tickets_app.copper.plan import Plan
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import (
    Location,
    Page,
    Row,
    Ticket,
    Unreadable,
    cursor_at,
    looks_like_an_id,
    parse_locations,
    parse_page,
    parse_ticket,
    usable_id,
)
from tickets_app.copper.walk import Step, walk
from tickets_app.counts import Counts
from tickets_app.directory import Directory, Names
from tickets_app.shelf import Shelf

EXACT_PATIENCE = 1.0  # seconds a search may wait for the ticket whose id was searched for, once it is done itself
NAMES_PATIENCE = 0.05  # seconds a page may wait for the very first location names
LIVELY = 0.75  # seconds after which a page that goes on by itself shows what it has: as often as eyes can follow
FAILURE_PATIENCE = 1.0  # seconds
DAY = 86_400_000_000  # microseconds
MAX_LOCATION_PAGES = 50  # 5,000 locations: more than a menu can hold

_COPPER_SETTINGS = {
    "COPPER_API_KEY",
    "COPPER_API_URL",
    "COPPER_ACCOUNT",
    "COPPER_CONNECT_TIMEOUT",
    "COPPER_READ_TIMEOUT",
    "COPPER_MAX_CONCURRENCY",
    "COPPER_CACHE_SECONDS",
}

logger = logging.getLogger(__name__)

# Seconds that the request in hand waited for Copper, for `Server-Timing`; set by the middleware.
waited: ContextVar[list[float] | None] = ContextVar("waited", default=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one page request learned. All of it is final; what is not known yet lies in `rest`.

    `rest` goes on exactly behind the rows (after a failure: at the place that failed); None at the end of the list.
    `looked_to` is the time of the last row looked at, `looked_at` how many rows were (`counted`, or an estimate), and
    `leg_ends` is set where a search without a start has come to the end of what it looks at first. `pause` is for how many
    seconds Copper wants not to be asked. `exact` is the ticket whose id was searched for. `as_of` is when Copper gave the
    oldest answer used, and `skew` by how many seconds its clock was ahead of ours.
    """

    rows: tuple[Row, ...] = ()
    rest: TicketQuery | None = None
    looked_to: Moment | None = None
    looked_at: int = 0
    counted: bool = True
    leg_ends: Moment | None = None
    failure: CopperError | None = None
    pause: float | None = None
    exact: Ticket | None = None
    replaced: bool = False
    as_of: datetime | None = None
    skew: float = 0.0

    @property
    def unreadable(self) -> int:
        """How many rows were no tickets."""
        return sum(isinstance(row, Unreadable) for row in self.rows)


@dataclass(slots=True)
class _Asking:
    """The requests made for one page: until when they may be begun, and how old the answers were."""

    whole: Deadline
    budget: Deadline | None = None  # None: not a search
    progressed: bool = False
    oldest: float | None = None
    skew: float = 0.0
    caller: object = field(default_factory=object)  # shares the slots evenly with the other pages
    request_id: str | None = field(default_factory=tracing.request_id.get)

    def fetch(self, query: TicketQuery, first: bool = True) -> Page:
        """Get a page; `first` says that nothing can be shown before it."""
        tracing.request_id.set(self.request_id)  # a lane's thread does not know it
        keep = _keep_always if query.search_query else _keep_never if self.budget else _keep_consistent
        kept = _get("tickets", params=query.params(), deadline=self._deadline(first), keep=keep, caller=self.caller)
        self.oldest = min(kept.at, self.oldest or kept.at)
        self.skew = kept.skew
        return parse_page(kept.body)

    def _deadline(self, first: bool) -> Deadline:
        # The first window of a search may take as long as Copper needs: without it no page would ever get further.
        if self.budget is None or (first and not self.progressed):
            return self.whole
        return replace(self.whole, start_by=self.budget.at)

    def patience(self) -> float:
        """Seconds for which the next step may be waited for. The first may fail when its time is up: that is waited for."""
        return self.budget.remaining() if self.budget and self.progressed else self.whole.remaining() + FAILURE_PATIENCE

    def stopped_by_us(self, step: Step) -> bool:
        """Whether a failure is only our own budget, or a pause of Copper's that is longer than it."""
        kind = step.failure.kind if step.failure else None
        return self.progressed and (
            kind is Kind.RATE_LIMITED or (self.patience() <= 0 and kind in {Kind.TIMEOUT, Kind.BUSY})
        )


def list_tickets(query: TicketQuery, *, lively: bool = False) -> Outcome:
    """Give one page: at most `query.limit` tickets of a search, or one of Copper's pages without one. Never raises.

    `lively` says that the reader goes on without being asked, so a search may stop sooner to show what it has.
    """
    _shared().directory.refresh_when_due()
    if query.search_query is None:
        asking = _Asking(_whole_deadline())
        return _with_facts(_folded(query, walk(query, asking.fetch), asking), asking)
    keeps = settings.COPPER_CACHE_SECONDS > 0  # else what is looked at ahead would be lost at each stop
    seconds = min(LIVELY, settings.SEARCH_TIME_BUDGET) if lively and keeps else settings.SEARCH_TIME_BUDGET
    asking = _Asking(_whole_deadline(), Deadline.after(seconds))
    exact = _ExactHit(query) if looks_like_an_id(query.search_query) and not query.continues else None
    query = _in_legs(query)
    steps = walk(query.window(), asking.fetch) if query.goes_newer else _search(query, asking)
    outcome = _cut(_folded(query, _timed(steps), asking), query)
    if outcome.rest is None and query.look_back_to is not None:
        outcome = _next_leg(outcome, query, asking)
    return replace(_with_facts(outcome, asking), exact=exact.ticket() if exact else None)


def _with_facts(outcome: Outcome, asking: _Asking) -> Outcome:
    as_of = datetime.fromtimestamp(asking.oldest, UTC) if asking.oldest else None
    return replace(outcome, as_of=as_of, skew=asking.skew)


def _folded(query: TicketQuery, steps: Iterator[Step], asking: _Asking) -> Outcome:
    """Fold steps into one page: until it is full, the list is at its end, or the time is up."""
    outcome, searches = Outcome(rest=query), query.search_query is not None
    for step in steps:
        if asking.stopped_by_us(step):
            pause = step.failure.retry_after if step.failure else None
            return replace(outcome, pause=pause)
        outcome = _fold(outcome, step, query)
        asking.progressed = asking.progressed or step.failure is None
        if len(outcome.rows) >= query.limit or (outcome.rows and not searches) or asking.patience() <= 0:
            break
    if not asking.progressed and outcome.failure is None:
        return replace(outcome, failure=CopperError(Kind.TIMEOUT, "nothing came in time", attempts=0))
    return outcome


def _search(query: TicketQuery, asking: _Asking) -> Iterator[Step]:
    """Search with lanes; what was looked at ahead is found again by whoever goes on."""
    if query.looked_to is not None and query.looked_to == query.look_back_to:
        return iter([Step((), None)])  # only what is beyond this leg is still to be found out
    shared, now = _shared(), Moment.of(datetime.now(UTC)).microseconds
    counts_key, cuts_key = _key("counts", query.location or ""), _key("cuts", *map("=".join, query.filters()))
    plan = Plan(
        query.window(),
        shared.counts.of(counts_key),
        now=now,
        wanted=query.limit,
        cuts=shared.shelf.get(cuts_key) if query.continues else None,
    )
    return lanes(
        plan,
        figures.as_lane(asking.fetch),
        count=settings.COPPER_MAX_CONCURRENCY,
        patience=asking.patience,
        stopped=lambda: shared.shelf.put(cuts_key, plan.dump(), settings.COPPER_CACHE_SECONDS),
        left=lambda: shared.counts.keep(counts_key),
    )


def _timed(steps: Iterator[Step]) -> Iterator[Step]:
    """The same steps; the time they take to come is time waited for Copper."""
    spans = waited.get()
    while True:
        started = time.perf_counter()
        step = next(steps, None)
        if spans is not None:
            spans.append(time.perf_counter() - started)
        if step is None:
            return
        yield step


def _in_legs(query: TicketQuery) -> TicketQuery:
    """A search without a start looks SEARCH_DEFAULT_DAYS back first, and then asks."""
    cursor = query.cursor
    if query.low or query.look_back_to or query.goes_newer or (cursor and cursor.created is None):
        return query
    top = query.looked_to or (cursor and cursor.created) or query.high or Moment.of(datetime.now(UTC))
    low = top.microseconds - settings.SEARCH_DEFAULT_DAYS * DAY
    return replace(query, look_back_to=_whole_seconds(low) if top.microseconds > 0 else None)


def _next_leg(outcome: Outcome, query: TicketQuery, asking: _Asking) -> Outcome:
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
    rest = replace(query.from_moment(here), look_back_to=_whole_seconds(low) if here.microseconds > 0 else None)
    return replace(outcome_here, rest=rest, leg_ends=here)


def _whole_seconds(microseconds: int) -> Moment:
    return Moment.of_microseconds(max(0, microseconds // 1_000_000 * 1_000_000))


class _ExactHit:
    """Retrieves the ticket whose id was searched for, while the search is under way."""

    def __init__(self, query: TicketQuery) -> None:
        self._id, self._found = (query.search_query or "").strip(), [None]  # type: str, list[Ticket | None]
        self._request_id = tracing.request_id.get()
        self._thread = threading.Thread(target=self._retrieve, name="exact-hit", daemon=True)
        self._thread.start()

    def _retrieve(self) -> None:
        tracing.request_id.set(self._request_id)  # this thread does not know it
        try:
            self._found[0] = ticket(self._id)
        except CopperError as error:  # a search that found no such id says nothing of it
            logger.info("Exact hit: %s", error)

    def ticket(self) -> Ticket | None:
        """Give the ticket, if it is there by now or soon."""
        self._thread.join(EXACT_PATIENCE)
        return self._found[0]


def ticket(ticket_id: str) -> Ticket:
    """Retrieve one ticket. Raises CopperError; NOT_FOUND without asking Copper for what can be no id."""
    if usable_id(ticket_id) is None:
        raise CopperError(Kind.NOT_FOUND, "not an id", attempts=0)
    _shared().directory.refresh_when_due()
    return parse_ticket(_get("tickets", ticket_id, deadline=_whole_deadline()).body)


def location_names() -> Names:
    """Give what is known of the locations' names; hardly waits, never raises."""
    return _shared().directory.names(NAMES_PATIENCE)


def is_live() -> bool:
    """Whether the key is a live one (COPPER_API.md, "Basics")."""
    return str(settings.COPPER_API_KEY).startswith("sk_live_")


def _fold(outcome: Outcome, step: Step, query: TicketQuery) -> Outcome:
    rows = step.rows + outcome.rows if query.goes_newer else outcome.rows + step.rows
    return Outcome(
        rows=rows,
        rest=replace(step.rest, limit=query.limit) if step.rest else None,
        looked_to=step.looked_to or outcome.looked_to,
        looked_at=outcome.looked_at + (step.looked_at or 0),
        counted=outcome.counted and step.counted and (step.looked_at is not None or step.failure is not None),
        failure=step.failure,
        replaced=outcome.replaced or step.replaced,
    )


def _cut(outcome: Outcome, query: TicketQuery) -> Outcome:
    """Keep `limit` rows in the direction of travel; the rest of the window is looked at again by the next page."""
    travelled = outcome.rows[::-1] if query.goes_newer else outcome.rows
    kept = travelled[: query.limit]
    tickets = tuple(row for row in kept if isinstance(row, Ticket))
    if len(kept) == len(travelled) or not tickets:
        return outcome
    cursor = cursor_at(tickets)
    rows = kept[::-1] if query.goes_newer else kept
    return replace(outcome, rows=rows, rest=query.beyond(cursor), looked_to=cursor.created, failure=None, counted=False)


def _keep_always(_body: object) -> bool:
    return True


def _keep_never(_body: object) -> bool:
    return False


def _keep_consistent(body: object) -> bool:
    """Whether a list without a search may be kept: one that says "more" but gives none is asked for again."""
    return not (isinstance(body, dict) and body.get("has_more") and not body.get("data"))


def _get(
    *segments: str,
    params: list[tuple[str, str]] | None = None,
    deadline: Deadline,
    keep: Callable[[object], bool] = _keep_always,
    caller: object = None,
) -> Kept:
    """Answer one GET from the cache, from the same request under way, or from Copper."""
    started = time.perf_counter()
    load = partial(_load, *segments, params=params or [], deadline=deadline, caller=caller)
    try:
        return _shared().answers.get(
            _key(*segments, *(f"{name}={value}" for name, value in params or [])), load, deadline, keep
        )
    finally:
        spans = waited.get()
        if spans is not None:
            spans.append(time.perf_counter() - started)


def _load(*segments: str, params: list[tuple[str, str]], deadline: Deadline, caller: object) -> Kept:
    answer = _shared().client.get(
        *segments, params=params, deadline=deadline, caller=caller, request_id=tracing.request_id.get()
    )
    now = time.time()
    return Kept(answer.body, now, answer.date.timestamp() - now if answer.date else 0.0)


def _load_locations(client: CopperClient) -> list[Location]:
    found: list[Location] = []
    deadline, params = _whole_deadline(), [("limit", str(MAX_LIMIT))]
    for _ in range(MAX_LOCATION_PAGES):
        page, more = parse_locations(client.get("locations", params=params, deadline=deadline).body)
        found += page
        if not more or not page:
            break
        params = [("limit", str(MAX_LIMIT)), ("starting_after", page[-1].id)]
    return found


def _whole_deadline() -> Deadline:
    return Deadline.after(settings.COPPER_CONNECT_TIMEOUT + settings.COPPER_READ_TIMEOUT)


def _key(*parts: str) -> str:
    """A cache key for one GET of this account; hashed, so that it is short and shows neither key nor search text."""
    whose = (settings.COPPER_API_URL, settings.COPPER_API_KEY, settings.COPPER_ACCOUNT)
    return hashlib.sha256("\0".join((*whose, *parts)).encode()).hexdigest()


class _Process:
    """What all requests of this process share, made with the settings as they are when it is first needed."""

    def __init__(self) -> None:
        self.client = CopperClient(
            base_url=settings.COPPER_API_URL,
            api_key=settings.COPPER_API_KEY,
            account=settings.COPPER_ACCOUNT,
            connect_timeout=settings.COPPER_CONNECT_TIMEOUT,
            read_timeout=settings.COPPER_READ_TIMEOUT,
            max_concurrency=settings.COPPER_MAX_CONCURRENCY,
            observer=figures.health,
        )
        self.shelf = Shelf()
        self.answers = Answers(settings.COPPER_CACHE_SECONDS, self.shelf)
        self.counts = Counts(self.shelf)
        self.directory = Directory(partial(_load_locations, self.client))


_process: _Process | None = None
_making = threading.Lock()  # two clients would be two concurrency limits


def _shared() -> _Process:
    global _process  # noqa: PLW0603 - one for the whole process is what it is for
    with _making:
        if _process is None:
            _process = _Process()
        return _process


def forget(*, setting: str | None = None, **_: object) -> None:
    """Start anew with the settings as they are now. Django's tests call it when they change one."""
    global _process  # noqa: PLW0603 - one for the whole process is what it is for
    if setting is None or setting in _COPPER_SETTINGS:
        with _making:
            _process = None


setting_changed.connect(forget)
