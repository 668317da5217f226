"""How many tickets lie in each bucket of time, as far as they were counted. Nothing here asks Copper: see counting.py."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise
from typing import Self
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core import signing

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Row, Ticket
from tickets_app.copper.walking.parts import in_order
from tickets_app.gateway import shared
from tickets_app.gateway.default_start import DAY
from tickets_app.timeline.buckets import cut_time

MAX_AGE = 3600  # seconds that a half-counted histogram may be gone on with
_SALT = "tickets.histogram"

Place = Cursor | Moment | None


@dataclass(slots=True)
class Bucket:
    """One bucket, from `low` (included) to `high` (not), in microseconds.

    `count` tickets were counted from its newer end down to `place`; all of them where it is `done`. At least `least`
    were seen in any case. `whole`: the list's own bounds do not cut it. `at`: when it was counted (epoch seconds).
    """

    low: int
    high: int
    whole: bool
    count: int = 0
    done: bool = False
    place: Place = None
    least: int = 0
    at: int = 0

    @property
    def seen(self) -> int:
        """How many tickets are in it for certain."""
        return self.count if self.done else max(self.count, self.least)

    def add(self, found: int, *, start: Place, from_top: bool, rest: Place, to_end: bool, at: int) -> None:
        """Count rows that were walked in it: from its top, or from `start`; to its end, or up to `rest`."""
        if self.done:
            return
        untouched = self.count == 0 and self.place is None
        if from_top and (to_end or untouched):
            self.count = found
        elif self.place is not None and self.place == start:
            self.count += found
        else:  # it is not known what lies between these rows and those counted so far
            self.least = max(self.least, found)
            return
        self.done, self.at, self.place = to_end, at, rest


@dataclass(slots=True)
class Histogram:
    """The buckets of one list, oldest first. `query` holds its filters; `top` is the time (microseconds) it was begun at.

    The newest bucket of a list without an upper bound is open: whatever comes is in it. A list without a lower bound is
    counted from SEARCH_DEFAULT_DAYS ago.
    """

    query: TicketQuery
    zone: ZoneInfo
    top: int
    each: str
    buckets: list[Bucket] = field(default_factory=list)

    @classmethod
    def of(cls, query: TicketQuery, zone: ZoneInfo, now: int) -> Self | None:
        """Begin the histogram of a list; None where there is no time to cut. `now` in microseconds."""
        query = query.first_page()
        high = query.high.microseconds + (query.created_lte is not None) if query.high else now + 1
        low = query.low.microseconds if query.low else max(0, high - settings.SEARCH_DEFAULT_DAYS * DAY)
        cut = cut_time(low, high, zone) if low < high else None
        if cut is None:
            return None
        histogram = cls(query, zone, now, cut.each)
        for start, end in pairwise(cut.edges):
            clipped_low = max(start, low) if query.low else start
            clipped_high = min(end, high) if query.high else end
            histogram.buckets.append(
                Bucket(clipped_low, clipped_high, whole=(clipped_low, clipped_high) == (start, end))
            )
        return histogram

    @property
    def done(self) -> bool:
        """Whether every bucket was counted to its end."""
        return all(bucket.done for bucket in self.buckets)

    @property
    def seen(self) -> int:
        """How many tickets there are for certain."""
        return sum(bucket.seen for bucket in self.buckets)

    def index(self, microseconds: int) -> int:
        """The bucket that a time is in; the nearest one where it is in none."""
        return max(0, bisect_right(self.buckets, microseconds, key=lambda bucket: bucket.low) - 1)

    def query_of(self, first: int, last: int) -> TicketQuery:
        """The list's filters, from the start of bucket `first` to the end of bucket `last`; its own bounds stay."""
        low = None if first == 0 and self.query.low else self._moment(self.buckets[first].low)
        high = None if last == len(self.buckets) - 1 else self._moment(self.buckets[last].high)
        return self.query.between(low, high)

    def _moment(self, microseconds: int) -> Moment:
        return edge(microseconds, self.zone)

    # Counting

    def add_page(
        self, query: TicketQuery, rows: Sequence[Row], rest: TicketQuery | None, looked_to: Moment | None, now: int
    ) -> None:
        """Count the rows of a page that a reader opened at the place of `query`; `now`: when Copper gave them, epoch seconds."""
        if query.goes_newer or not in_order(rows):
            return
        start = place_of(query)
        top = self._bucket_at(start)
        if top is None:
            return
        lowest = self.buckets[0].low
        within = list(rows)
        while within and _is_below(within[-1], lowest):  # newest first, so these are the last ones
            within.pop()
        if len(within) < len(rows) or (looked_to and looked_to.microseconds < lowest):
            rest = None  # the list went on below what is counted here
        self.add(0, top, start, within, rest, looked_to, now)

    def _bucket_at(self, place: Place) -> int | None:
        """The bucket that a place is in: the newest where it is none, and None where its time is not known."""
        if place is None:
            return len(self.buckets) - 1
        created = place if isinstance(place, Moment) else place.created
        return self.index(created.microseconds) if created else None

    def add(
        self,
        first: int,
        last: int,
        start: Place,
        rows: Sequence[Row],
        rest: TicketQuery | None,
        looked_to: Moment | None,
        now: int,
    ) -> None:
        """Count rows that were walked from the place `start` in bucket `last` towards bucket `first`.

        `rest` is where they end, None at the end of bucket `first`; `now`: epoch seconds.
        """
        found, at = self._spread(first, last, rows)
        end, place = first - 1, None  # all of bucket `first` was walked
        if rest is not None:
            reached = min(at, self.index(looked_to.microseconds)) if looked_to else at
            end, place = max(first, reached), place_of(rest)
        for index in range(last, max(first, end) - 1, -1):
            to_end = index > end
            self.buckets[index].add(
                found[index],
                start=start,
                from_top=index < last or start is None,
                rest=None if to_end else place,
                to_end=to_end,
                at=now,
            )

    def _spread(self, first: int, last: int, rows: Sequence[Row]) -> tuple[list[int], int]:
        """Count rows by bucket, and give the bucket of the last; a row without a time counts where the one before does."""
        found, at = [0] * len(self.buckets), last
        lows = [bucket.low for bucket in self.buckets]
        low = high = 0  # of bucket `at`, where several rows lie after each other
        for row in rows:
            if isinstance(row, Ticket) and row.created:
                created = row.created.microseconds
                if not low <= created < high:
                    at = min(max(bisect_right(lows, created) - 1, first), last)
                    low, high = self.buckets[at].low, self.buckets[at].high
            found[at] += 1
        return found, at

    def runs(self, pieces: int) -> list[tuple[int, int]]:
        """What is still to be walked, as (first, last) bucket: newest first, those that were begun before all others.

        Cut into at least so many pieces, where there are as many buckets.
        """
        found: list[tuple[int, int]] = []
        for index in range(len(self.buckets) - 1, -1, -1):
            if self.buckets[index].done:
                continue
            joins = found and found[-1][0] == index + 1 and self.buckets[index].place is None
            found[-1:] = [(index, found[-1][1])] if joins else [*found[-1:], (index, index)]
        while len(found) < pieces and (longest := max(found, key=_length, default=(0, 0)))[0] < longest[1]:
            place, (first, last) = found.index(longest), longest
            middle = (first + last) // 2
            found[place : place + 1] = [(middle + 1, last), (first, middle)]
        return sorted(found, key=lambda run: self.buckets[run[1]].place is None)

    # Between two requests of a page

    def dump(self) -> str:
        """Spell what was counted, signed: what a browser hands back was counted here."""
        return signing.dumps(
            [self._whose(), self.top, [_spell(bucket) for bucket in self.buckets]], salt=_SALT, compress=True
        )

    @classmethod
    def load(cls, text: str, query: TicketQuery, zone: ZoneInfo) -> Self | None:
        """Read what `dump` gave for the same filters and zone; None for anything else, or what is too old."""
        try:
            whose, top, spelled = signing.loads(text, salt=_SALT, max_age=MAX_AGE)
        except signing.BadSignature:
            return None
        histogram = cls.of(query, zone, top)
        if histogram is None or whose != histogram._whose() or len(spelled) != len(histogram.buckets):
            return None
        for bucket, (count, done, least, at, place) in zip(histogram.buckets, spelled, strict=True):
            bucket.count, bucket.done, bucket.least, bucket.at, bucket.place = (
                count,
                bool(done),
                least,
                at,
                _read(place),
            )
        return histogram

    def _whose(self) -> str:
        return shared.key("histogram", self.zone.key, *map("=".join, self.query.filters()))[:24]


@lru_cache(4096)  # the same days and hours stand above everybody's lists
def edge(microseconds: int, zone: ZoneInfo) -> Moment:
    """Where a bucket begins or ends, in the zone."""
    return Moment.of(Moment.of_microseconds(microseconds).at.astimezone(zone))


def place_of(query: TicketQuery) -> Place:
    """Where a query goes on from, towards older tickets."""
    return query.starting_after or query.looked_to


def from_place(query: TicketQuery, place: Place) -> TicketQuery:
    """The query from a place on."""
    if isinstance(place, Cursor):
        return replace(query, starting_after=place)
    return replace(query, looked_to=place).resolved()


def _length(run: tuple[int, int]) -> int:
    return run[1] - run[0]


def _is_below(row: Row, microseconds: int) -> bool:
    return isinstance(row, Ticket) and row.created is not None and row.created.microseconds < microseconds


def _spell(bucket: Bucket) -> list[object]:
    place = bucket.place
    spelled = [place.id, str(place.created or ""), *place.previous] if isinstance(place, Cursor) else str(place or "")
    return [bucket.count, int(bucket.done), bucket.least, bucket.at, spelled]


def _read(place: str | list[str]) -> Place:
    if isinstance(place, str):
        return Moment.parse(place) if place else None
    id_, created, *previous = place
    return Cursor(id_, Moment.parse(created), tuple(previous))
