"""What stands above a list's table: how many tickets lie when, and what of the time was looked at."""

from dataclasses import dataclass

from django.http import HttpRequest

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.display.failures import Failure
from tickets_app.filters import links
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome
from tickets_app.long_runs import places
from tickets_app.long_runs.places import InLine, Place
from tickets_app.timeline import bars, counting, coverage
from tickets_app.timeline.bars import Bars, Closed
from tickets_app.timeline.coverage import Coverage
from tickets_app.timeline.histogram import Histogram

# Handed on from each page to the next one that is appended to it.
STATE, SINCE = "histogram", "seen_since"
CLOSED = "chart_closed"  # and whether its chart is: then the strip is all that is seen of it
HANDED_ON = (STATE, SINCE, CLOSED)


@dataclass(frozen=True, slots=True)
class Timeline:
    """The fragments: `bars`, or `closed` for a page that shows no more than that, only where there are bars to tell apart."""

    coverage: Coverage
    bars: Bars | None = None
    closed: Closed | None = None


def of_page(
    form: TicketFilterForm,
    query: TicketQuery,
    outcome: Outcome,
    values: dict[str, str],
    *,
    failure: Failure | None,
    next_url: str | None,
    closed: bool = False,
) -> Timeline | None:
    """Give what a page shows; `values`: what it was handed by the one before. Asks Copper for nothing.

    `failure` and `next_url`: what the list says of its failure, and how it goes on. `closed`: whether the strip will do.
    """
    handed_on = Histogram.load(values.get(STATE, ""), query, form.zone)
    histogram = handed_on or _begun(form, query)
    if histogram is None:
        return None
    # Rows of before, which stand in while Copper is silent, are no count of now, neither here nor for others.
    if outcome.silent is None and (outcome.failure is None or outcome.rows):
        _count(histogram, form, query, outcome)
    if handed_on is None:  # else the first page of the list did so
        counting.recall(histogram)
    covered = coverage.cover(histogram, form.address, query, outcome, failure, values.get(SINCE, ""), next_url)
    if len(histogram.buckets) < 2:
        return Timeline(covered)
    if closed:
        return Timeline(covered, closed=bars.draw_closed(histogram, form))
    return Timeline(covered, bars.draw(histogram, form))


def _begun(form: TicketFilterForm, query: TicketQuery) -> Histogram | None:
    """A new one; None where there is no time to cut."""
    return Histogram.of(query, form.zone, Moment.of(form.now).microseconds)


def _count(histogram: Histogram, form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> None:
    """Count the rows of this page, and keep what that finished for others."""
    at = int((outcome.as_of or form.now).timestamp())
    uncounted = [bucket for bucket in histogram.buckets if not bucket.done]
    histogram.add_page(query, outcome.rows, outcome.rest, outcome.looked_to, at)
    if not query.continues:  # a first page was walked here from the top; what another page handed on was not
        counting.keep(histogram, (bucket for bucket in uncounted if bucket.done))


def count_on(request: HttpRequest, form: TicketFilterForm, values: dict[str, str]) -> Bars | None:
    """Count what is not counted yet for as long as a request may take, once there is a place for that.

    Where the address says `links.SO_FAR`, nothing more is counted: a chart was opened.
    """
    query = form.query.first_page()
    handed_on = Histogram.load(values.get(STATE, ""), query, form.zone)
    histogram = handed_on or _begun(form, query)
    if histogram is None:
        return None
    counting.recall(histogram)
    so_far = links.SO_FAR in values
    place = None if so_far else places.take(request)
    line = place if isinstance(place, InLine) else None
    failure = _counted(histogram, place) if isinstance(place, Place) else None
    # What a page handed on belongs to its list, which the trail knows; any other address is a look of its own.
    if handed_on is None:
        trail.counted(request, query.filters(), counted=histogram.seen)
    return bars.draw(histogram, form, counting=not so_far, failure=failure, line=line)


def _counted(histogram: Histogram, place: Place) -> CopperError | None:
    try:
        return counting.count(histogram)
    finally:
        place.give_back()
