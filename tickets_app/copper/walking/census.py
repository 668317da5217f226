"""How many rows lie where: learned from pages that were listed without a search, and used to cut time into equal work.

Everything here is a hint. A part of the time that is cut by it proves by `has_more: false` that it was looked at whole, so
a count that is wrong, stale or garbage costs a request and never a ticket.
"""

import json
import threading
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from operator import attrgetter

from tickets_app.copper.moments import FIRST, Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking import portions
from tickets_app.copper.walking.hours import HOUR, MINUTE, Hours
from tickets_app.copper.walking.portions import Portion, Portions, Stretch, grouped

MAX_STRETCHES = 50_000  # about half a million rows; the oldest are forgotten first
_DAY = 24 * HOUR
_LONG = 3 * _DAY  # over so many days, peaks and nights even out


_FIRST = FIRST.microseconds  # nothing earlier can be asked for
_START = attrgetter("start")


class Census:
    """The stretches known of one list. Safe to use from several threads."""

    def __init__(self, stretches: list[Stretch] | None = None, *, keeps: bool = True) -> None:
        """Start with these, in any order. One that `keeps` nothing goes by `sample` alone, and costs nothing."""
        self._keeps = keeps
        self._stretches: list[Stretch] = []
        self._hours = Hours()
        self._lock = threading.RLock()
        for stretch in stretches or []:
            self._insert([stretch])  # also where they overlap: what comes later counts
            self._hours.add(stretch.start, stretch.end, stretch.count)

    def __len__(self) -> int:
        return len(self._stretches)

    def learn(self, query: TicketQuery, page: Page, now: int, border: int | None = None) -> bool:
        """Count the rows of a page that was listed without a search. False where its times are missing or out of order.

        `now` in microseconds: up to then there is nothing above the first row, but for an upper bound; of later nobody knows.
        `border`: a time that no stretch reaches across, so that both sides of it are counted exactly.
        """
        moments = _in_order(page)
        if moments is None:
            return False
        if not self._keeps:
            return True
        times = [moment.microseconds for moment in moments]
        with self._lock:
            before, end = self._top(query, times, now)
            if before and times and times[0] > before[0]:
                return False  # the page begins above the place that it goes on from
            if end is not None:
                low = query.low.microseconds if query.low and not page.has_more else None
                self._count_around(border, [*before, *times], end, low=low, more=page.has_more)
        return True

    def _count_around(self, border: int | None, times: list[int], end: int, *, low: int | None, more: bool) -> None:
        """Put in the rows above a border and those below it, each for themselves; all together where it lies beyond them."""
        if border is not None and times and times[-1] < border < end:
            above = [at for at in times if at >= border]
            self._count(above, end, low=border, more=False)
            times, end = times[len(above) :], border
        self._count(times, end, low=low, more=more)

    def _count(self, times: list[int], end: int, *, low: int | None, more: bool) -> None:
        """Put in the rows of a page: the stretches that they make, and the hours that they lie in.

        What seems to be at its end or above counts to its top: Copper may say times less exactly than it compares them.
        """
        top = next((at for at in times if at < end), end - 1)
        times = [min(at, top) for at in times]
        fresh = list(grouped(times, end, low=low, more=more))
        self._insert(fresh)
        if fresh:
            start = fresh[-1].start
            inside = [at for at in times if at >= start]
            self._hours.add(start, end, len(inside), inside)

    def _top(self, query: TicketQuery, times: list[int], now: int) -> tuple[list[int], int | None]:
        """The rows that a cursor stands for, and up to where the page's rows are all there are."""
        cursor = query.starting_after
        if cursor is not None:
            if cursor.created is None:
                return [], times[0] + 1 if times else None
            at = cursor.created.microseconds
            return [at] * (1 + len(cursor.previous)), self.above(at) or at
        up_to_now = max(now, times[0] + 1 if times else now)
        if query.created_lt is not None:
            return [], min(query.created_lt.microseconds, up_to_now)
        if query.created_lte is not None:
            return [], min(query.created_lte.microseconds + 1, up_to_now)
        return [], up_to_now

    def _insert(self, fresh: list[Stretch]) -> None:
        """Put in stretches that adjoin each other, newest first; what they overlap is older knowledge."""
        if not fresh:
            return
        low, high = fresh[-1].start, fresh[0].end
        first = bisect_left(self._stretches, low, key=_START)
        if first and self._stretches[first - 1].end > low:
            first -= 1
        last = bisect_left(self._stretches, high, key=_START)
        self._stretches[first:last] = fresh[::-1]
        del self._stretches[:-MAX_STRETCHES]

    def _within(self, low: int, high: int) -> Iterator[Stretch]:
        """The stretches that overlap a range, oldest first."""
        first = bisect_left(self._stretches, low, key=_START)
        if first and self._stretches[first - 1].end > low:
            first -= 1
        for index in range(first, len(self._stretches)):  # no slice: there may be tens of thousands behind
            stretch = self._stretches[index]
            if stretch.start >= high:
                return
            yield stretch

    def _known(self, low: int, high: int) -> tuple[float, int]:
        """The rows known of in a range, and how many microseconds of it are known."""
        rows, covered = 0.0, 0
        for stretch in self._within(low, high):
            overlap = min(high, stretch.end) - max(low, stretch.start)
            rows += stretch.count * overlap / (stretch.end - stretch.start)
            covered += overlap
        return rows, covered

    def expect(self, low: int, high: int) -> float | None:
        """Estimate the rows in a range: counted where they were counted, else as at the same hours of the days around.

        None where nothing at all is known.
        """
        with self._lock:
            if not self.knows_anything:
                return None
            mean = self._hours.mean
            if high - low > _LONG:
                rows, covered = self._known(low, high)
                return rows + (high - low - covered) * mean
            return sum(self._guess(start, end) for start, end in _by_the_hour(low, high))

    def sample(self, low: int, high: int, rows: int, times: Sequence[int] = ()) -> None:
        """Note about how many rows a time held, for estimates alone; `times` are those of some of them."""
        with self._lock:
            self._hours.add(low, high, rows, times)

    def note(self, low: int, high: int, rows: int) -> None:
        """Note that one request covered all of a range, and about how many rows that were."""
        with self._lock:
            if low < high and self._known(low, high)[1] < high - low:
                self._insert([Stretch(low, high, min(rows, portions.ROOM), sure=False)])

    @property
    def knows_anything(self) -> bool:
        """Whether there is anything to estimate by."""
        return self._hours.seen

    def above(self, at: int) -> int | None:
        """Give the start of the stretch whose next older row is known to be of the time `at`."""
        with self._lock:
            place = bisect_right(self._stretches, at, key=_START)
            next_one = self._stretches[place] if place < len(self._stretches) else None
            return next_one.start if next_one and next_one.below == at else None

    def _guess(self, low: int, high: int) -> float:
        rows, covered = self._known(low, high)
        unknown = high - low - covered
        if unknown <= 0:
            return rows
        return rows + unknown * (self._hours.rate(low) if high - low <= HOUR else self._hours.mean)

    def reach(self, high: int, rows: float, low: int | None) -> int:
        """Give the time below `high` that leaves about so many rows between the two, not below `low`.

        A whole minute: Copper may say times less exactly than it compares them, and what lies between the two would be lost.
        """
        with self._lock:
            mean = self._hours.mean
            at, left = high, rows
            least = low if low is not None else max(high - 3650 * _DAY, _FIRST)
            step = HOUR if mean * _LONG > rows else _DAY
            while at > least:
                start = max(least, (at - 1) // step * step)
                there = self._guess(start, at)
                if there >= left:
                    return max(least, (at - round((at - start) * left / there)) // MINUTE * MINUTE)
                at, left = start, left - there
            return least

    def known_down_from(self, high: int, low: int | None) -> int:
        """Give how far down from `high` all is known without a gap, not below `low`."""
        with self._lock:
            at = high
            first = bisect_left(self._stretches, high, key=_START)
            for stretch in reversed(self._stretches[:first]):
                if stretch.end < at or (low is not None and at <= low):
                    break
                at = stretch.start
            return at if low is None else max(at, low)

    def portions(self, low: int | None, high: int) -> list[Portion]:
        """Cut a range, newest first, into portions for one request each, and what is unknown in between.

        Without `low` the last portion goes down as far as there are tickets; its own `low` is then only a guess.
        """
        with self._lock:
            lowest = min(self._stretches[0].start, high) if self._stretches else high  # it may all lie above
            bottom = lowest if low is None else low
            found = Portions(high)
            for stretch in reversed(list(self._within(bottom, high))):
                if stretch.end < found.at:
                    found.gap(stretch.end, self.expect(stretch.end, found.at))
                start = max(stretch.start, bottom)
                if stretch.sure:
                    found.add(start, stretch.count)
                else:
                    found.gap(start, stretch.count)
            if bottom < found.at:
                found.gap(bottom, self.expect(bottom, found.at))
            found.close()
            if low is None:
                found.portions.append(Portion(bottom - 1, bottom, None, counted=False))
            return found.portions

    def dump(self) -> str:
        """Spell everything known as text, for a cache: each stretch by its distances from the one before."""
        with self._lock:
            rows, at = [], 0
            for one in self._stretches:
                below = None if one.below is None else one.start - one.below
                rows.append([one.start - at, one.end - one.start, one.count, below] + [0] * (not one.sure))
                at = one.end
            return json.dumps(rows, separators=(",", ":"))

    @classmethod
    def load(cls, text: object) -> "Census":
        """Read what `dump` wrote; nothing known for anything else."""
        found, at = [], 0
        try:
            for gap, length, count, below, *unsure in json.loads(text) if isinstance(text, str) else []:
                start = at + gap
                at = start + length
                found.append(Stretch(start, at, count, None if below is None else start - below, not unsure))
        except (ValueError, TypeError):
            return cls()
        return cls(found)

    def merge(self, other: "Census") -> None:
        """Take over what another process learned."""
        with self._lock:
            for stretch in other._stretches:
                if self._known(stretch.start, stretch.end)[1] < stretch.end - stretch.start:
                    self._insert([stretch])
                    self._hours.add(stretch.start, stretch.end, stretch.count)


def _by_the_hour(low: int, high: int) -> Iterator[tuple[int, int]]:
    """A time in pieces that lie within one hour each."""
    while low < high:
        end = min((low // HOUR + 1) * HOUR, high)
        yield low, end
        low = end


def _in_order(page: Page) -> list[Moment] | None:
    """The times of a page's rows; None where one is missing, or newer than the one before."""
    moments = [ticket.created for ticket in page.tickets if ticket.created is not None]
    instants = [moment.at for moment in moments]
    return moments if len(moments) == len(page.rows) and instants == sorted(instants, reverse=True) else None
