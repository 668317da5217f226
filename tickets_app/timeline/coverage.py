"""Which part of a list's time was looked at on this page, which failed, and which is still to be looked at."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.display.failures import Failure
from tickets_app.filters import times
from tickets_app.gateway.page_result import Outcome
from tickets_app.timeline.bars import SLOT
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
    drawing = _Drawing(histogram, address)
    stretches = [stretch for stretch in _stretches(drawing, looked, query, outcome, failure, next_url) if stretch]
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


def _stretches(
    drawing: "_Drawing",
    looked: _Ends,
    query: TicketQuery,
    outcome: Outcome,
    failure: Failure | None,
    next_url: str | None,
) -> list[Stretch | None]:
    newer = query.goes_newer
    above_url = next_url if newer else drawing.address(query.first_page())
    below_url = drawing.address(_below(query, looked.low)) if newer else next_url
    nothing = outcome.failure is not None and not outcome.rows and outcome.looked_to is None and not query.continues
    if nothing:
        words = f"{failure.heading if failure else 'Failed'}: nothing was looked at"
        return [drawing.stretch(None, None, "failed", words, next_url)]
    leg = query.look_back_to or (outcome.rest.look_back_to if outcome.rest else None)
    leg = leg if leg and looked.low and leg.order < looked.low.order and not newer else None
    found: list[Stretch | None] = []
    if leg:
        words = f"Not looked at: before {drawing.say(leg)}"
        older = replace(query.first_page(), limit=query.limit).between(None, leg)
        found.append(drawing.stretch(None, leg, "unsearched", words, drawing.address(older)))
    if looked.low is not None:
        kind, words = ("failed", f"{failure.heading}: ") if failure and not newer else ("unsearched", "Not looked at: ")
        words += f"from {drawing.say(leg)} to {drawing.say(looked.low)}" if leg else f"before {drawing.say(looked.low)}"
        found.append(drawing.stretch(leg, looked.low, kind, words, below_url))
    found.append(drawing.stretch(looked.low, looked.high, "looked", _looked_words(drawing, looked), None))
    if looked.high is not None:
        kind, words = (
            ("failed", f"{failure.heading}: ") if failure and newer else ("unsearched", "Not looked at on this page: ")
        )
        found.append(drawing.stretch(looked.high, None, kind, f"{words}after {drawing.say(looked.high)}", above_url))
    return found


def _below(query: TicketQuery, low: Moment | None) -> TicketQuery:
    return query.first_page().between(None, low)


def _looked_words(drawing: "_Drawing", looked: _Ends) -> str:
    if looked.low and looked.high:
        return f"Looked at: from {drawing.say(looked.low)} to {drawing.say(looked.high)}"
    if looked.low:
        return f"Looked at: back to {drawing.say(looked.low)}"
    return f"Looked at: all up to {drawing.say(looked.high)}" if looked.high else "Looked at: all of it"


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
