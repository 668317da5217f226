"""The histogram as it is drawn and read out: bars, words and links."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import ceil

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.display.failures import Failure, describe
from tickets_app.filters import links, times
from tickets_app.filters.form import TicketFilterForm
from tickets_app.long_runs.places import InLine
from tickets_app.timeline.buckets import SLOT
from tickets_app.timeline.histogram import Bucket, Histogram

HEIGHT = 80  # units of the drawing: the tallest bar
OLD = 60  # seconds after which a count's age is said


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: where it is drawn, the time it stands for, what is known, and the list of just that time."""

    number: int
    x: int
    y: int
    height: int
    kind: str  # "counted", "least" (some of it), "unknown"
    period: str
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class Bars:
    """All that the histogram's fragment shows."""

    bars: list[Bar]
    each: str
    total: str
    tallest: int
    zone: str
    state: str
    more_url: str | None  # counts on
    running: bool
    start: str
    middle: str
    end: str
    note: str | None
    older_url: str | None
    older: str | None
    as_of: str | None
    pause: int | None
    failure: Failure | None
    line: InLine | None  # how they stand who wait for a place to count in
    goes_on: str | None = field(default=None)

    @property
    def width(self) -> int:
        """Of the drawing, in its units."""
        return SLOT * len(self.bars)

    @property
    def height(self) -> int:
        """Of the drawing, in its units."""
        return HEIGHT


def draw(
    histogram: Histogram,
    form: TicketFilterForm,
    *,
    counting: bool = False,
    failure: CopperError | None = None,
    line: InLine | None = None,
) -> Bars:
    """Put a histogram of the form's list into bars and words. `counting`: it goes on by itself until all is counted."""
    things = "tickets" if histogram.query.search_query is None else "matches"
    tallest = max((bucket.seen for bucket in histogram.buckets), default=0)
    state, zone = histogram.dump(), histogram.zone
    pause = ceil(failure.retry_after) if failure and failure.kind is Kind.RATE_LIMITED and failure.retry_after else None
    running = counting and not histogram.done and failure is None
    first, last = histogram.buckets[0], histogram.buckets[-1]
    older = histogram.query.low is None and histogram.query.between(None, _spell(histogram, first.low))
    return Bars(
        bars=[
            _bar(histogram, number, bucket, tallest, things, form) for number, bucket in enumerate(histogram.buckets)
        ],
        each=histogram.each,
        total=_total(histogram, things),
        tallest=tallest,
        zone=times.zone_words(Moment.of_microseconds(histogram.top).at, zone),
        state=state,
        more_url=None if histogram.done else links.histogram_url(histogram.query, state, form.chosen_columns),
        running=running,
        start=_when(histogram, first.low),
        middle=_when(histogram, histogram.buckets[len(histogram.buckets) // 2].low),
        end="now" if histogram.query.high is None else _when(histogram, last.high),
        note=_note(histogram),
        older_url=form.address(older) if older else None,
        older=times.show_short(_spell(histogram, first.low), zone, _now(histogram)) if older else None,
        as_of=_as_of(histogram),
        pause=pause,
        failure=describe(failure, zone) if failure else None,
        line=None if histogram.done else line,
    )


def _bar(histogram: Histogram, number: int, bucket: Bucket, tallest: int, things: str, form: TicketFilterForm) -> Bar:
    height = max(2, round(HEIGHT * bucket.seen / tallest)) if bucket.seen else 0
    kind = "counted" if bucket.done else "least" if bucket.seen else "unknown"
    noun = things if bucket.seen != 1 else _SINGLE[things]
    count = {
        "counted": f"{bucket.seen:,} {noun}",
        "least": f"at least {bucket.seen:,} {noun}",
        "unknown": "not counted yet",
    }
    return Bar(
        number=number,
        x=SLOT * number,
        y=HEIGHT - height,
        height=height,
        kind=kind,
        period=_period(histogram, number, bucket),
        count=count[kind],
        url=form.address(histogram.query_of(number, number)),
    )


_SINGLE = {"tickets": "ticket", "matches": "match"}


def _total(histogram: Histogram, things: str) -> str:
    seen = histogram.seen
    noun = things if seen != 1 else _SINGLE[things]
    if histogram.done:
        return f"{seen:,} {noun}"
    return f"At least {seen:,} {noun}" if seen else "Not counted yet"


def _note(histogram: Histogram) -> str | None:
    if histogram.done:
        return None
    counted = sum(bucket.done for bucket in histogram.buckets)
    return f"{counted} of {len(histogram.buckets)} bars are counted; what is hatched is not, or not to its end."


def _period(histogram: Histogram, number: int, bucket: Bucket) -> str:
    """`Fri 20 Nov 2026, 09:00 to 10:00, EST (UTC−05:00)`: with both offsets where clocks change in between."""
    zone = histogram.zone
    low, high = (Moment.of_microseconds(end).at.astimezone(zone) for end in (bucket.low, bucket.high))
    start = low.strftime("%a %-d %b %Y, %H:%M") + (f":{low:%S}" if low.second else "")
    open_end = number == len(histogram.buckets) - 1 and histogram.query.high is None
    end = high.strftime("%H:%M" if low.date() == high.date() else "%a %-d %b %Y, %H:%M") + (
        f":{high:%S}" if high.second else ""
    )
    before, after = (times.offset_name(end) if zone.key != "UTC" else "UTC" for end in (low, high))
    if before != after and not open_end:
        return f"{start} {before} to {end} {after}"
    return f"{start} and later, {before}" if open_end else f"{start} to {end}, {before}"


def _spell(histogram: Histogram, microseconds: int) -> Moment:
    return Moment.of(Moment.of_microseconds(microseconds).at.astimezone(histogram.zone))


def _when(histogram: Histogram, microseconds: int) -> str:
    return times.show_short(_spell(histogram, microseconds), histogram.zone, _now(histogram), marked=False)


def _now(histogram: Histogram) -> datetime:
    return Moment.of_microseconds(histogram.top).at


def _as_of(histogram: Histogram) -> str | None:
    counted = [bucket.at for bucket in histogram.buckets if bucket.at]
    if not counted or min(counted) > datetime.now(UTC).timestamp() - OLD:
        return None
    return f"{datetime.fromtimestamp(min(counted), UTC).astimezone(histogram.zone):%H:%M}"
