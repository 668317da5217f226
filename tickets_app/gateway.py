"""Copper as this site uses it: settings, cache and single flight around one GET, then a walk folded into one page."""

import hashlib
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from django.conf import settings
from django.core.signals import setting_changed

from tickets_app.answers import Answers, Kept
from tickets_app.copper.client import CopperClient
from tickets_app.copper.deadline import Deadline
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import (
    Location,
    Page,
    Row,
    Ticket,
    Unreadable,
    cursor_at,
    parse_locations,
    parse_page,
    parse_ticket,
    usable_id,
)
from tickets_app.copper.walk import Step, walk
from tickets_app.directory import Directory, Names

NAMES_PATIENCE = 0.05  # seconds a page may wait for the very first location names
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

# Seconds that the request in hand waited for Copper, for `Server-Timing`; set by the middleware.
waited: ContextVar[list[float] | None] = ContextVar("waited", default=None)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one page request learned. All of it is final; what is not known yet lies in `rest`.

    `rest` goes on exactly behind the rows (after a failure: at the place that failed); None at the end of the list.
    `looked_to` is the time of the last row looked at. `as_of` is when Copper gave the oldest answer used, and `skew` by
    how many seconds its clock was ahead of ours.
    """

    rows: tuple[Row, ...] = ()
    rest: TicketQuery | None = None
    looked_to: Moment | None = None
    failure: CopperError | None = None
    replaced: bool = False
    as_of: datetime | None = None
    skew: float = 0.0

    @property
    def unreadable(self) -> int:
        """How many rows were no tickets."""
        return sum(isinstance(row, Unreadable) for row in self.rows)


@dataclass(slots=True)
class _Asking:
    """The requests made for one page: their deadlines, and how old the answers were."""

    budget: Deadline | None  # None: not a search
    whole: Deadline
    progressed: bool = False
    oldest: float | None = None
    skew: float = 0.0

    def fetch(self, query: TicketQuery) -> Page:
        keep = _keep_always if query.search_query else _keep_consistent
        kept = _get("tickets", params=query.params(), deadline=self.deadline, keep=keep)
        self.oldest = min(kept.at, self.oldest or kept.at)
        self.skew = kept.skew
        return parse_page(kept.body)

    @property
    def deadline(self) -> Deadline:
        # The first window of a search may take as long as Copper needs: without it no page would ever get further.
        return self.budget if self.budget and self.progressed else self.whole

    @property
    def out_of_time(self) -> bool:
        return self.deadline.passed

    def stopped_by_us(self, step: Step) -> bool:
        """Whether a failure is only our own budget cutting a request short."""
        failure = step.failure
        return (
            failure is not None and self.progressed and self.out_of_time and failure.kind in {Kind.TIMEOUT, Kind.BUSY}
        )


def list_tickets(query: TicketQuery) -> Outcome:
    """Give one page: at most `query.limit` tickets of a search, or one of Copper's pages without one. Never raises."""
    _shared().directory.refresh_when_due()
    searches = query.search_query is not None
    asking = _Asking(Deadline.after(settings.SEARCH_TIME_BUDGET) if searches else None, _whole_deadline())
    outcome = Outcome(rest=query)
    for step in walk(query.window() if searches else query, asking.fetch):
        if asking.stopped_by_us(step):
            break
        outcome = _fold(outcome, step, query)
        asking.progressed = asking.progressed or step.failure is None
        if len(outcome.rows) >= query.limit or (outcome.rows and not searches) or asking.out_of_time:
            break
    as_of = datetime.fromtimestamp(asking.oldest, UTC) if asking.oldest else None
    return replace(_cut(outcome, query) if searches else outcome, as_of=as_of, skew=asking.skew)


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
    return replace(outcome, rows=rows, rest=query.beyond(cursor), looked_to=cursor.created, failure=None)


def _keep_always(_body: object) -> bool:
    return True


def _keep_consistent(body: object) -> bool:
    """Whether a list without a search may be kept: one that says "more" but gives none is asked for again."""
    return not (isinstance(body, dict) and body.get("has_more") and not body.get("data"))


def _get(
    *segments: str,
    params: list[tuple[str, str]] | None = None,
    deadline: Deadline,
    keep: Callable[[object], bool] = _keep_always,
) -> Kept:
    """Answer one GET from the cache, from the same request under way, or from Copper."""
    started = time.perf_counter()
    load = partial(_load, *segments, params=params or [], deadline=deadline)
    try:
        return _shared().answers.get(
            _key(*segments, *(f"{name}={value}" for name, value in params or [])), load, deadline, keep
        )
    finally:
        spans = waited.get()
        if spans is not None:
            spans.append(time.perf_counter() - started)


def _load(*segments: str, params: list[tuple[str, str]], deadline: Deadline) -> Kept:
    answer = _shared().client.get(*segments, params=params, deadline=deadline)
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
        )
        self.answers = Answers(settings.COPPER_CACHE_SECONDS)
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
