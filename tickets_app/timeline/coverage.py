"""Which part of a list's time was looked at on this page, which failed, and which is still to be looked at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.display.failures import Failure
from tickets_app.filters import times
from tickets_app.gateway.page_result import Outcome
from tickets_app.timeline.buckets import SLOT
from tickets_app.timeline.histogram import Histogram

LEAST = 3  # units of the drawing that a stretch is wide at least, so that it can be seen
TOP = "top"
Address = Callable[[TicketQuery], str]  # of a list that looks as this one does


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of the strip: where it is drawn, what it is, and the address that goes on there."""

    x: float
    width: float
    kind: str  # "looked", "failed", "unsearched"
    words: str
    url: str | None


@dataclass(frozen=True, slots=True)
class Coverage:
    """The strip, oldest on the left like the bars above it; `words` says the same in a sentence."""

    stretches: list[Stretch]
    width: int
    since: str  # where this reader began, for the pages to come: TOP, or a time
    words: str


@dataclass(frozen=True, slots=True)
class _Ends:
    """From `low` to `high` was looked at; None: as far as the list goes."""

    low: Moment | None
    high: Moment | None


@dataclass(frozen=True, slots=True)
class _Page:
    """What one page knows of its own looking: what was asked, what came of it, and how it goes on."""

    query: TicketQuery
    outcome: Outcome
    failure: Failure | None
    next_url: str | None
    looked: _Ends

    @property
    def saw_nothing(self) -> bool:
        """Whether it failed before anything was looked at."""
        failed = self.outcome.failure is not None and not self.outcome.rows
        return failed and self.outcome.looked_to is None and not self.query.continues

    @property
    def leg(self) -> Moment | None:
        """How far back a search without a start looks for now, where it has not come there yet."""
        end = self.query.look_back_to or (self.outcome.rest.look_back_to if self.outcome.rest else None)
        low = self.looked.low
        ahead = end and low and end.order < low.order and not self.query.goes_newer
        return end if ahead else None


def cover(
    histogram: Histogram,
    address: Address,
    query: TicketQuery,
    outcome: Outcome,
    failure: Failure | None,
    since: str,
    next_url: str | None,
) -> Coverage:
    """Draw what was looked at. `since`: where this reader began, as the pages before handed it on; empty on the first."""
    looked = _looked(query, outcome, since)
    stretches = list(_stretches(_Drawing(histogram, address), _Page(query, outcome, failure, next_url, looked)))
    began = TOP if looked.high is None else str(looked.high)
    words = " ".join(stretch.words + "." for stretch in stretches)
    return Coverage(stretches, SLOT * len(histogram.buckets), began, words)


def _looked(query: TicketQuery, outcome: Outcome, since: str) -> _Ends:
    if query.goes_newer:
        bottom = query.ending_before.created if query.ending_before else None
        return _Ends(bottom, outcome.looked_to if outcome.rest else None)
    start = query.looked_to or (query.starting_after.created if query.starting_after else None)
    began = None if since == TOP else Moment.parse(since) or start
    return _Ends((outcome.looked_to or start) if outcome.rest else None, began if query.continues else None)


def _stretches(drawing: "_Drawing", page: _Page) -> Iterator[Stretch]:
    """The strip's stretches, oldest first."""
    looked = page.looked
    if page.saw_nothing:
        words = f"{page.failure.heading if page.failure else 'Failed'}: nothing was searched"
        yield drawing.stretch(None, None, "failed", words, page.next_url)
        return
    if page.leg:
        yield _beyond(drawing, page, page.leg)
    if looked.low is not None:
        yield _below(drawing, page, looked.low)
    yield drawing.stretch(looked.low, looked.high, "looked", _looked_words(drawing, looked), None)
    if looked.high is not None:
        yield _above(drawing, page, looked.high)


def _beyond(drawing: "_Drawing", page: _Page, leg: Moment) -> Stretch:
    """What lies before all that a search without a start looks at for now."""
    older = replace(page.query.first_page(), limit=page.query.limit).between(None, leg)
    words = f"Not searched yet: before {drawing.say(leg)}"
    return drawing.stretch(None, leg, "unsearched", words, drawing.address(older))


def _below(drawing: "_Drawing", page: _Page, low: Moment) -> Stretch:
    """What is older than all that was looked at."""
    newer, leg = page.query.goes_newer, page.leg
    kind, words = _not_looked(None if newer else page.failure, "Not searched yet")
    where = f"from {drawing.say(leg)} to {drawing.say(low)}" if leg else f"before {drawing.say(low)}"
    url = drawing.address(page.query.first_page().between(None, low)) if newer else page.next_url
    return drawing.stretch(leg, low, kind, f"{words}: {where}", url)


def _above(drawing: "_Drawing", page: _Page, high: Moment) -> Stretch:
    """What is newer than all that was looked at."""
    newer = page.query.goes_newer
    kind, words = _not_looked(page.failure if newer else None, "Not searched on this page")
    url = page.next_url if newer else drawing.address(page.query.first_page())
    return drawing.stretch(high, None, kind, f"{words}: after {drawing.say(high)}", url)


def _not_looked(failure: Failure | None, words: str) -> tuple[str, str]:
    """The kind of a stretch that was not looked at, and why."""
    return ("failed", failure.heading) if failure else ("unsearched", words)


def _looked_words(drawing: "_Drawing", looked: _Ends) -> str:
    if looked.low and looked.high:
        return f"Searched: from {drawing.say(looked.low)} to {drawing.say(looked.high)}"
    if looked.low:
        return f"Searched: back to {drawing.say(looked.low)}"
    return f"Searched: all up to {drawing.say(looked.high)}" if looked.high else "Searched: all of it"


class _Drawing:
    """Puts times where the histogram has them, and says them in its zone."""

    def __init__(self, histogram: Histogram, address: Address) -> None:
        self.address = address
        self._histogram, self._zone = histogram, histogram.zone
        self._now = Moment.of_microseconds(histogram.top).at

    def stretch(self, low: Moment | None, high: Moment | None, kind: str, words: str, url: str | None) -> Stretch:
        """A stretch between two times; None: to the end of the drawing."""
        width = SLOT * len(self._histogram.buckets)
        start, end = min(self._at(low, 0.0), width - LEAST), self._at(high, width)
        return Stretch(round(start, 1), round(max(LEAST, end - start), 1), kind, words, url)

    def _at(self, moment: Moment | None, otherwise: float) -> float:
        if moment is None:
            return otherwise
        buckets, at = self._histogram.buckets, moment.microseconds
        index = self._histogram.index(at)
        bucket = buckets[index]
        share = (at - bucket.low) / max(1, bucket.high - bucket.low)
        return SLOT * (index + min(1.0, max(0.0, share)))

    def say(self, moment: Moment | None) -> str:
        """A time with its zone."""
        if moment is None:
            return ""
        return times.show_short(moment, self._zone, self._now)
