"""The histogram as it is drawn and read out: bars, words and links."""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from itertools import pairwise
from math import ceil
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.display import property_paths
from tickets_app.display.failures import Failure, describe
from tickets_app.display.paths import path_of
from tickets_app.display.zones import offset_name
from tickets_app.filters import links, times
from tickets_app.filters.form import TicketFilterForm
from tickets_app.long_runs.places import InLine
from tickets_app.timeline import strip
from tickets_app.timeline.bars_as_html import Bar, bar
from tickets_app.timeline.histogram import Bucket, Histogram, edge
from tickets_app.timeline.strip import Strip

OLD = 60  # seconds after which a count's age is said


@dataclass(frozen=True, slots=True)
class Bars:
    """All that the histogram's fragment shows."""

    strip: Strip
    links: Markup  # the bars as HTML, each leading to the list of its time
    table_rows: Markup  # the same as rows of a table
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


@dataclass(frozen=True, slots=True)
class Closed:
    """What an appended page changes of a chart that is closed: its strip, and what it was counted from so far.

    The chart itself is drawn from that when it is opened, by `chart_url`.
    """

    strip: Strip
    state: str
    chart_url: str


def draw_closed(histogram: Histogram, form: TicketFilterForm) -> Closed:
    """Put a histogram of the form's list into what is seen of it while it is closed."""
    url = links.chart_url(histogram.query, form.own_columns)
    return Closed(strip.draw(histogram), histogram.dump(), url)


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
    ends = (*[bucket.low for bucket in histogram.buckets], last.high)
    places = _places(histogram.query, form.own_columns, zone, ends, path_of("tickets:list"))
    drawn = [
        _bar(number, place, bucket, tallest, things)
        for number, (place, bucket) in enumerate(zip(places, histogram.buckets, strict=True))
    ]
    return Bars(
        strip=strip.draw(histogram),
        links=Markup("".join([one.link for one in drawn])),  # noqa: S704 - each text in it was escaped  # nosec B704
        table_rows=Markup("".join([one.table_row for one in drawn])),  # noqa: S704 - as above  # nosec B704
        each=histogram.each,
        total=_total(histogram, things),
        tallest=tallest,
        zone=times.zone_words(Moment.of_microseconds(histogram.top).at, zone),
        state=state,
        more_url=None if histogram.done else links.histogram_url(histogram.query, state, form.own_columns),
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


class _Place(NamedTuple):
    """What a bar says whatever was counted: the time that it stands for, and the address of the list of that time."""

    period: str
    url: str


@lru_cache(128)  # a list that is read on has the same ones in each of its pages
def _places(
    query: TicketQuery, columns: tuple[property_paths.Path, ...], zone: ZoneInfo, ends: tuple[int, ...], _path: str
) -> tuple[_Place, ...]:
    """The bars of a list, oldest first. `ends`: where they begin, and where the last one ends; `_path`: the list's own."""
    edges, url = [edge(at, zone) for at in ends], links.TimedUrls(query, columns).between
    newest = len(edges) - 2
    return tuple(
        _Place(
            _period(low.at, high.at, zone, open_end=number == newest and query.high is None),
            url(None if number == 0 and query.low else low, None if number == newest else high),
        )
        for number, (low, high) in enumerate(pairwise(edges))
    )


def _bar(number: int, place: _Place, bucket: Bucket, tallest: int, things: str) -> Bar:
    seen, kind = bucket.seen, strip.kind(bucket)
    noun = things if seen != 1 else _SINGLE[things]
    count = _COUNT[kind].format(f"{seen:,} {noun}")
    return bar(number, strip.height(seen, tallest), kind, place.period, count, place.url)


_COUNT = {"counted": "{}", "least": "at least {}", "unknown": "not counted yet"}
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
    return f"{counted} of {len(histogram.buckets)} bars are counted; what is grey is not, or not to its end."


@lru_cache(4096)  # the same days and hours stand above everybody's lists
def _period(low: datetime, high: datetime, zone: ZoneInfo, *, open_end: bool) -> str:
    """`Fri 20 Nov 2026, 09:00 to 10:00, EST (UTC−05:00)`: with both offsets where clocks change in between."""
    start = low.strftime("%a %-d %b %Y, %H:%M") + (f":{low:%S}" if low.second else "")
    end = high.strftime("%H:%M" if low.date() == high.date() else "%a %-d %b %Y, %H:%M") + (
        f":{high:%S}" if high.second else ""
    )
    before, after = (offset_name(end) if zone.key != "UTC" else "UTC" for end in (low, high))
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
