"""The requests made for one page: until when they may be begun, what is kept of their answers, and how old those are."""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page, is_list, parse_page
from tickets_app.copper.walking.walk import Step
from tickets_app.gateway import receipt, request_number, shared
from tickets_app.gateway.page_result import Outcome, fold
from tickets_app.gateway.server_timing import waiting

MORE = 0.25  # seconds for which a page that goes on by itself waits for more, once something was found
LITTLE = 1 / 8  # of the time that it took to find something: for a request that takes longer a first page does not wait
FAILURE_PATIENCE = 1.0  # seconds that a failure may come after its deadline


@dataclass(frozen=True, slots=True)
class Used:
    """What is remembered of an answer: when Copper gave it, by how much its clock was ahead, why there was none newer."""

    at: float  # epoch seconds
    skew: float  # seconds
    instead_of: CopperError | None
    seconds: float  # that it took to get it


@dataclass(slots=True)
class Asking:
    """The requests made for one page: until when they may be begun, and how old the answers were.

    `lively`: whoever looks goes on without being asked, so what was found is shown soon; `fresh`: nothing was shown before.
    """

    whole: Deadline
    budget: Deadline | None = None  # None: not a search
    in_sequence: bool = False  # one request after the other: what is under way when the time is up is given up
    lively: bool = False
    fresh: bool = False
    stale: bool = False  # whether what Copper gave a while ago will do where it does not answer
    since: Moment | None = None  # and so will the list since then (gateway/moving.py)
    kept: Callable[[], None] | None = None  # told of each answer that is kept, also once the page has left
    urgency: Urgency = Urgency.FIRST_ROWS  # at most: what is further on is less urgent
    progressed: bool = False
    # Lanes answer at the same time, and nothing may be lost of it: adding to a list is one thing that is whole by itself.
    used: list[Used] = field(default_factory=list)
    soon: Deadline | None = None  # set: something was found, and is shown by then
    began: float = field(default_factory=time.monotonic)
    caller: object = field(default_factory=object)  # shares the slots evenly with the other pages
    request_id: str | None = field(default_factory=request_number.request_id.get)
    notes: receipt.Receipt | None = field(default_factory=receipt.current.get)

    def fetch(self, query: TicketQuery, first: bool = True, survey: bool = False) -> Page:
        """Get a page; `first` says that nothing can be shown before it, `survey` that it is not to be kept."""
        request_number.request_id.set(self.request_id)  # a lane's thread does not know it,
        receipt.current.set(self.notes)  # nor where its requests are noted
        keep = is_list if query.search_query else _keep_never if survey else _keep_consistent
        began = time.monotonic()
        kept = shared.get(
            "tickets",
            params=query.params(),
            deadline=self._deadline(first),
            keep=_telling(keep, self.kept) if self.kept else keep,
            caller=self.caller,
            urgency=self._urgency(first),
            stale=self.stale,
            otherwise=replace(query, created_gte=self.since).params() if self.since else None,
        )
        self.used.append(Used(kept.at, kept.skew, kept.instead_of, time.monotonic() - began))
        return parse_page(kept.body)

    def _urgency(self, first: bool) -> Urgency:
        return max(self.urgency, Urgency.FIRST_ROWS if first and not self.progressed else Urgency.GOING_ON)

    def _deadline(self, first: bool) -> Deadline:
        # The first window of a search may take as long as Copper needs: without it no page would ever get further.
        if self.budget is None or (first and not self.progressed):
            return self.whole
        if self.in_sequence:
            return self.budget
        return replace(self.whole, start_by=self.budget.at)

    def patience(self) -> float:
        """Seconds for which the next step may be waited for. The first may fail when its time is up: that is waited for."""
        if not self.budget or not self.progressed:
            return self.whole.remaining() + FAILURE_PATIENCE
        return min(self.budget.remaining(), self.soon.remaining()) if self.soon else self.budget.remaining()

    def patience_ahead(self) -> float:
        """Seconds for which the page after this one may be asked for, once this one was full."""
        return self.budget.remaining() if self.budget else 0.0

    def found(self) -> None:
        """There is something to show: it waits for a little more, and then for nothing."""
        if self.lively and self.soon is None:
            quickest = min((one.seconds for one in self.used), default=0.0)
            one_more = quickest if quickest <= LITTLE * (time.monotonic() - self.began) else 0.0
            self.soon = Deadline.after(min(MORE, one_more) if self.fresh else MORE)

    @property
    def as_of(self) -> datetime | None:
        """When Copper gave the oldest answer used."""
        return datetime.fromtimestamp(min(one.at for one in self.used), UTC) if self.used else None

    @property
    def skew(self) -> float:
        """By how many seconds Copper's clock was ahead of ours, as the last answer said."""
        return self.used[-1].skew if self.used else 0.0

    @property
    def silent(self) -> CopperError | None:
        """Why something older had to do: the failure of the first request that Copper did not answer."""
        return next((one.instead_of for one in self.used if one.instead_of), None)

    def stopped_by_us(self, step: Step) -> bool:
        """Whether a failure is only our own budget, or a pause of Copper's that is longer than it."""
        kind = step.failure.kind if step.failure else None
        return self.progressed and (
            kind is Kind.RATE_LIMITED or (self.patience() <= 0 and kind in {Kind.TIMEOUT, Kind.BUSY})
        )


def folded(query: TicketQuery, steps: Iterator[Step], asking: Asking) -> Outcome:
    """Fold steps into one page: until it is full, the list is at its end, or the time is up."""
    outcome, ends = Outcome(rest=query), False
    while not ends:
        # Lanes ask in threads of their own: of a search it is this wait that counts, of a list each request.
        with waiting() if query.search_query is not None else nullcontext():
            step = next(steps, None)
        if step is None:
            break
        outcome, ends = _with(outcome, step, query, asking)
    if not asking.progressed and outcome.failure is None:
        return replace(outcome, failure=CopperError(Kind.TIMEOUT, "nothing came in time", attempts=0))
    return outcome


def _with(outcome: Outcome, step: Step, query: TicketQuery, asking: Asking) -> tuple[Outcome, bool]:
    """The outcome with one more step, and whether the page ends there."""
    if asking.stopped_by_us(step):
        return replace(outcome, pause=step.failure.retry_after if step.failure else None), True
    if not step.fits:
        return replace(outcome, full=True), True
    outcome = fold(outcome, step, query)
    asking.progressed = asking.progressed or step.failure is None
    if outcome.rows:
        asking.found()
    if len(outcome.rows) >= query.limit:
        return replace(outcome, full=True), True
    listed = query.search_query is None and bool(outcome.rows)
    return outcome, listed or asking.patience() <= 0


def _keep_never(_body: object) -> bool:
    return False


def _keep_consistent(body: object) -> bool:
    """Whether a list without a search may be kept: one that says "more" but gives none is asked for again."""
    return is_list(body) and not (body["has_more"] and not body["data"])


def _telling(keep: Callable[[object], bool], tell: Callable[[], None]) -> Callable[[object], bool]:
    def keeps(body: object) -> bool:
        is_kept = keep(body)
        if is_kept:
            tell()
        return is_kept

    return keeps
