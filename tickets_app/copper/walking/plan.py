"""What to ask next when several parts of the time are walked at once, and what of it is final. No threads, no clock.

A list is cut into parts with half-open bounds, newest first. Each is walked by `walk.Walk`, so all together give what one
walk gives. Where a search finds little, a part is surveyed first: listed without the search, which tells where to cut it
into portions of one request each (docs/decisions/0008-lanes.md has the figures).
"""

import json
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from math import isfinite
from typing import Any, NamedTuple

from tickets_app.copper.errors import CopperError
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Page, Row, Ticket
from tickets_app.copper.walking.census import ROOM, Census, Portion
from tickets_app.copper.walking.walk import Fetch, Step, Walk

SPAN = 16 * MAX_LIMIT  # rows that one part shall hold, so that the newest parts are finished first
LEAST_SPLIT = 3 * MAX_LIMIT  # rows; a smaller rest is walked sooner than it is shared out
ENOUGH = 0.8 * MAX_LIMIT  # rows; a smaller portion waits for the next page of the survey to fill it up
DENSE = 1.5  # matches in a request's rows from which on a survey costs more than it saves
MOST_AHEAD = 64  # steps that may wait to be taken before one that is not there yet: a slow reader slows the walk down
MOST_WAITING = 128  # steps that may wait in all: seven lanes' while the eighth walks the newest part
FULL = 0.75  # of the rows wanted, from which on a page is left so rather than filled up with a part of a step
MOST_PAUSES = 20  # times that Copper may answer 429 to one request


@dataclass(slots=True, eq=False)
class Part:
    """One stretch of time, in microseconds: from `low` (included) to `high` (not); None: as far as the query goes."""

    low: int | None
    high: int | None
    at: int  # how far down it has been looked at, or listed: the next request begins there
    walk: Walk | None = None  # None: it is surveyed
    rows: int | None = None  # how many it holds, where they were counted
    running: bool = False
    done: bool = False
    dropped: bool = False
    by_cursor: bool = False  # more rows of one time than a page holds: only cursors tell them apart
    failure: CopperError | None = None
    pauses: int = 0
    found: int = 0
    steps: deque[Step] = field(default_factory=deque)
    lows: list[int | None] = field(default_factory=list)  # its low end at each request of its walk that was answered
    again: list[int | None] = field(default_factory=list)  # those of the page before, which shall ask the same again
    asked: int | None = None  # the low end of its request under way
    given: int = 0  # steps that were given out
    left: tuple[int, int, float] | None = None  # about how many rows lie between two times, as it was last estimated

    @property
    def bound(self) -> int | None:
        """The low end that its next request asks for: an answer that is kept is found again by the very same question."""
        number = len(self.lows)
        return self.again[number] if number < len(self.again) and _reaches(self.again[number], self.low) else self.low

    @property
    def idle(self) -> bool:
        """Whether a request for it can be begun."""
        return not (self.running or self.done or self.failure)


@dataclass(frozen=True, slots=True)
class Job:
    """One step of one part; of a survey, `survey` is what to list. `first` says that nothing final comes before it."""

    part: Part
    survey: TicketQuery | None
    first: bool


class Plan:
    """The parts of one list. Not safe for several threads: lanes.py holds a lock around every call but `run`."""

    def __init__(
        self,
        query: TicketQuery,
        census: Census,
        *,
        now: int,
        wanted: int | None = None,
        cuts: str | None = None,
        span: Callable[[], float] = lambda: SPAN,
    ) -> None:
        """Plan a list from its place on, towards older tickets.

        `census` is what is known of its rows whatever is searched; `now` in microseconds; `wanted`: rows after which no
        further parts are begun; `cuts`: what `dump` gave when this list was left; `span`: rows that one part shall hold.
        """
        self._whole, self._census, self._wanted, self._span = query, census, wanted, span
        self._place: TicketQuery = query  # behind the last step that was given out
        self._base = query.resolved()
        self._searches = query.search_query is not None
        self._floor = self._base.low.microseconds if self._base.low else None
        self._now, self._ceiling = now, self._top(now)
        self._requests = self._matches = self._found = self._given = self._looked = 0
        self._irregular = self._sequential = False
        self.winding_down = False  # set: only what makes final what was asked already is still done
        self._parts: list[Part] = []
        self._parts = self._parts_of_old(cuts) or self._parts_of(self._floor, self._ceiling)
        self._open_ends()

    def _top(self, now: int) -> int:
        """A time from which on nothing is looked for, or an estimate of it."""
        cursor, high = self._base.starting_after, self._base.high
        if cursor and cursor.created:
            return cursor.created.microseconds + 1
        return high.microseconds + (self._base.created_lte is not None) if high else now + 1

    def _open_ends(self) -> None:
        """The outer parts end where the query does, to its last digit."""
        self._parts[0].high = self._parts[-1].low = None
        for part in (self._parts[0], self._parts[-1]):
            if part.walk:
                self._bound(part)
        cursor = self._base.starting_after
        self._parts[0].by_cursor = cursor is not None and cursor.created is None

    def _query_of(self, part: Part) -> TicketQuery:
        low, high = (None if end is None else Moment.of_microseconds(end) for end in (part.bound, part.high))
        base = self._base if part.high is None else self._base.first_page()
        return base.between(low, high)

    def _top_of(self, part: Part) -> int:
        return self._ceiling if part.high is None else part.high

    def _bottom_of(self, part: Part) -> int | None:
        return self._floor if part.low is None else part.low

    # Cutting

    def _parts_of(self, low: int | None, high: int) -> list[Part]:
        portions = [] if low is not None and low >= high else self._census.portions(low, high)
        return [self._part_of(portion) for portion in portions] or [self._walked(low, high)]

    def _part_of(self, portion: Portion) -> Part:
        """A portion as a part: surveyed first where it is large, unknown, and little is found."""
        small = portion.rows is None or portion.rows <= ROOM
        if not self._searches or small or portion.counted or self._dense:
            return self._walked(portion.low, portion.high, round(portion.rows or 0) if portion.counted else None)
        return Part(portion.low, portion.high, portion.high)

    def _walked(
        self, low: int | None, high: int | None, rows: int | None = None, again: Sequence[int | None] = ()
    ) -> Part:
        part = Part(low, high, self._ceiling if high is None else high, rows=rows, again=list(again))
        part.walk = Walk(self._query_of(part))
        return part

    @property
    def _dense(self) -> bool:
        return self._requests > 0 and self._matches / self._requests > DENSE

    def _replace(self, part: Part, *parts: Part) -> None:
        place = self._parts.index(part)
        self._parts[place : place + 1] = parts

    def _split(self, parts: list[Part]) -> Part | None:
        """Cut the rest of a part in two, the newest long one first, and give the older half; None if all are short."""
        part, rest, span = None, 0.0, self._span()
        for one in parts:
            left = self._rest(one)
            if left >= LEAST_SPLIT and left > rest:
                part, rest = one, left
            if rest > 2 * span:
                break
        if part is None or self._sequential:
            return None
        bottom = self._bottom_of(part)
        cut = self._census.reach(part.at, MAX_LIMIT + min(span, (rest - MAX_LIMIT) / 2), bottom)
        if cut >= part.at or (bottom is not None and cut <= bottom):
            return None
        older = self._walked(part.low, cut) if part.walk else Part(part.low, cut, cut)
        part.low = cut
        self._replace(part, part, older)
        return older

    def _rest(self, part: Part) -> float:
        """The rows that can be split off a part that is worked on."""
        if not part.running or part.rows is not None or part.by_cursor or not self._census.knows_anything:
            return 0.0
        if part.walk and part.high is None and part.at == self._ceiling:
            return 0.0  # its first page tells where its rows begin
        return self._left(part)

    def _left(self, part: Part) -> float:
        """The rows of a part below where it has come to, by estimate; estimated once for each place."""
        bottom = self._bottom_of(part)
        if bottom is None:
            return float("inf")
        if part.left is None or part.left[:2] != (bottom, part.at):
            part.left = (bottom, part.at, self._census.expect(bottom, part.at) or 0.0)
        return part.left[2]

    # What to do next

    def next_job(self) -> Job | None:
        """Give the newest thing that can be done now; None while there is nothing until something ends."""
        within = list(self._within_reach())
        idle = [part for part in within if part.idle]
        part = self._most_urgent(idle) if idle else self._split(within)
        if part is None:
            return None
        part.running, part.asked = True, part.bound
        if part.walk and part.walk.rest and part.bound is not None:  # it may have been split since its last request
            part.walk.rest = part.walk.rest.between(Moment.of_microseconds(part.bound), None)
        return Job(part, None if part.walk else self._survey_of(part), part is self._parts[0])

    def _most_urgent(self, idle: list[Part]) -> Part:
        """The newest, since what is newer is final sooner; close to the end a survey, since others wait for what it finds."""
        surveys = [part for part in idle if not part.walk]
        if surveys and sum(part.rows or MAX_LIMIT for part in idle) + sum(map(self._left, surveys)) < SPAN:
            return max(surveys, key=self._left)
        return idle[0]

    def _within_reach(self) -> Iterator[Part]:
        """The parts that may be worked on: none behind a failure, and none when enough was found or waits before it."""
        found, waiting = float(self._found), 0
        crowded = sum(len(part.steps) for part in self._parts) >= MOST_WAITING
        last = self._last_begun() if self.winding_down else None
        for part in self._parts:
            if self.winding_down and (last is None or part is last):
                return  # what the last one has given is final once all before it is done
            found += part.found
            waiting += len(part.steps)
            if part.failure or waiting >= MOST_AHEAD or (crowded and waiting):
                return
            if part.done or self._wanted is None or found < self._wanted:
                yield part
            if self._wanted is not None and not part.done and self._dense:
                found += self._to_be_found(part)

    def _last_begun(self) -> Part | None:
        return next((part for part in reversed(self._parts) if part.steps or part.running), None)

    def _to_be_found(self, part: Part) -> float:
        """The matches in the rest of a part, if they are as many as so far; 0 where it is not known how many rows it has."""
        left = self._left(part)
        return left * self._matches / max(1, self._looked) if isfinite(left) else 0.0

    def _survey_of(self, part: Part) -> TicketQuery:
        """The next page of a survey: by time alone, so that it does not matter who listed what is above."""
        query = replace(self._query_of(part), starting_after=None, search_query=None, limit=MAX_LIMIT)
        bounded = part.at < self._ceiling or self._base.starting_after
        return query.between(None, Moment.of_microseconds(part.at)) if bounded else query

    def run(self, job: Job, fetch: Fetch) -> Step | Page:
        """Do a job; the only call that takes time. Raises CopperError."""

        def learning(query: TicketQuery) -> Page:
            page = fetch(query)
            if query.search_query is None and not self._census.learn(query, page, self._now):
                self._irregular = True
            return page

        return learning(job.survey) if job.survey else job.part.walk.step(learning)  # type: ignore[union-attr] # one of the two is there

    # What became of it

    def finish(self, job: Job, result: Step | Page | CopperError) -> None:
        """Take a job's result."""
        part = job.part
        part.running = False
        if part.dropped:
            return
        if isinstance(result, CopperError):
            part.pauses += 1
            if result.status != 429 or part.pauses > MOST_PAUSES:
                part.failure = result
        elif isinstance(result, Step):
            self._walked_on(part, result)
        else:
            self._surveyed_on(part, result)
        if self._irregular and not self._sequential:
            self._go_on_in_sequence()

    def _go_on_in_sequence(self) -> None:
        """Times are missing or out of order, so parts of the time are no parts of the list: walk on as one."""
        self._sequential = True
        for part in self._parts:
            part.dropped = True
        rest = self._place.resolved()
        self._parts = [Part(None, None, self._ceiling, walk=Walk(rest))]

    def _walked_on(self, part: Part, step: Step) -> None:
        # Without a search `learning` looked at the whole page.
        self._irregular = self._irregular or (self._searches and not self._sequential and not _in_order(step.rows))
        if self._irregular and not self._sequential:
            return
        self._requests += 1
        self._matches += len(step.rows)
        before = part.at
        part.lows.append(part.asked)
        if step.looked_to:
            self._census.sample(step.looked_at or _about(step), part.at - step.looked_to.microseconds)
            part.at = min(part.at, step.looked_to.microseconds)
        if step.rest is None:
            self._take_in_what_is_below(part)
        overran = part.low is not None and step.looked_to is not None and part.at < part.low
        part.done = step.rest is None or overran
        if step.looked_at is None:
            step = self._with_number(part, step)
        self._looked += step.looked_at or 0
        self._add(part, step)
        if part.done or part.walk is None or part.walk.rest is None:
            return
        if part.walk.rest.cursor and not part.by_cursor:  # the high end says nothing below a cursor
            part.walk.rest = replace(
                part.walk.rest, created_lt=self._whole.created_lt, created_lte=self._whole.created_lte
            )
        if self._searches and not (self._dense or self._sequential or part.by_cursor or part.rows is not None):
            self._survey_the_rest(part, step, before)

    def _take_in_what_is_below(self, part: Part) -> None:
        """An answer that ends the list ends it down to where its request was bound, whatever was split off since."""
        place = self._parts.index(part) + 1
        while part.low != part.asked and _reaches(part.asked, self._parts[place].low):
            below = self._parts.pop(place)
            below.dropped = True
            part.low = below.low

    def _with_number(self, part: Part, step: Step) -> Step:
        """Say how many rows a page of a search looked at: Copper only gives those that match."""
        if part.done and not part.steps and part.rows is not None:
            return replace(step, looked_at=part.rows)
        low, top = self._bottom_of(part), self._top_of(part)
        about = max(len(step.rows), _about(step))
        if part.done and low is not None and low < top:
            about = max(about, min(MAX_LIMIT, round(self._census.expect(low, top) or 0)))
            if not part.steps:
                self._census.note(low, top, about)
        return replace(step, looked_at=about, counted=False)

    def _add(self, part: Part, step: Step) -> None:
        rows = _from(step.rows, part.low)
        part.found += len(rows)
        part.steps.append(replace(step, rows=rows))

    def _survey_the_rest(self, part: Part, step: Step, before: int) -> None:
        """End a walked part where its last page ended, and survey what is below. `before`: where that page began."""
        if step.looked_to is None:
            return
        edge = step.looked_to.microseconds
        cut = self._census.above(edge)
        if cut is None and not step.counted:
            cut = edge + 1  # the edge itself is looked at again
        if cut is None or cut >= before:
            return  # by time alone, rows given out before could not be told from those of the same time behind the edge
        if not step.counted:
            self._census.note(cut, before, _about(step))
        older = Part(part.low, cut, cut)
        last = part.steps.pop()
        part.found -= len(last.rows)
        if step.counted:
            last = replace(last, looked_at=round(self._census.expect(cut, self._top_of(part)) or 0))
        part.low, part.done = cut, True
        self._add(part, last)
        self._replace(part, part, older)
        self._cut_surveyed(older)

    def _surveyed_on(self, part: Part, page: Page) -> None:
        last = page.tickets[-1].created if page.tickets else None
        if not page.has_more:
            bottom = self._bottom_of(part)
            if not page.rows and part.at == self._top_of(part):  # there is nothing to search
                part.done = True
                return self._add(part, Step((), None, looked_at=0))
            lowest = last.microseconds if last else part.at
            return self._cut_surveyed(part, lowest if bottom is None else bottom)
        cut = self._census.above(last.microseconds) if last else None
        if cut is None or cut >= part.at:
            part.walk, part.by_cursor = Walk(self._query_of(part)), True
            return None
        part.at = cut
        return self._cut_surveyed(part)

    def _cut_surveyed(self, part: Part, lowest: int | None = None) -> None:
        """Turn what is known of a surveyed part into parts to be walked; a small rest waits for the next page.

        `lowest`: where the part was found to end.
        """
        bottom = self._bottom_of(part)
        part.at = self._census.known_down_from(part.at, bottom) if lowest is None else lowest
        ends = lowest is not None or part.at == bottom
        portions = self._census.portions(part.at, self._top_of(part))
        if not ends and portions and (portions[-1].rows or 0) < ENOUGH:
            portions.pop()
        made = [self._walked(one.low, one.high, round(one.rows or 0) if one.counted else None) for one in portions]
        if ends and not made:
            made = [self._walked(part.low, part.high)]
        if not made:
            return
        below = made[-1].low
        self._bound(made[0], high=part.high)
        if ends:
            self._bound(made[-1], low=part.low)
            self._replace(part, *made)
        else:
            part.high = below
            self._replace(part, *made, part)

    def _bound(self, part: Part, **ends: int | None) -> None:
        """Move an end of a part that was not begun."""
        for end, value in ends.items():
            setattr(part, end, value)
        part.walk = Walk(self._query_of(part))

    # What is final

    @property
    def has_final(self) -> bool:
        """Whether `take` would give a step."""
        return bool(self._parts and (self._parts[0].steps or self._parts[0].failure or self._parts[0].done))

    def take(self) -> Step | None:
        """Give the next final step, newest first; None while there is none. After one without `rest`, or with a failure,
        nothing follows.
        """
        if not self._parts:
            return None
        part = self._parts[0]
        if part.steps:
            if self._is_enough_without(part.steps[0]):
                return Step((), self._place, fits=False)
            step = part.steps.popleft()
            part.given += 1
            self._given += len(step.rows)
        elif part.failure:
            return Step((), self._place, failure=part.failure)
        elif part.done:
            step = Step((), None)
        else:
            return None
        return self._given_out(part, step)

    def _is_enough_without(self, step: Step) -> bool:
        """Whether a page ends before this step. Cut in the middle of one, the next page would look at its rows again."""
        return (
            self._wanted is not None
            and self._given >= FULL * self._wanted
            and self._wanted < self._given + len(step.rows)
        )

    def _given_out(self, part: Part, step: Step) -> Step:
        if part.steps or not part.done:
            cursor = step.rest.cursor if step.rest else None
            self._place = self._whole.beyond(cursor) if cursor else self._place
            return replace(step, rest=self._place)
        self._parts.pop(0)
        self._found += part.found
        if part.low is None:
            return replace(step, rest=None)
        below = Moment.of_microseconds(part.low)
        self._place = self._whole.from_moment(below)
        # The last row looked at may lie lower: where others may share its time, it is looked at again with them.
        lower = step.looked_to is not None and step.looked_to.order < below.order
        return replace(step, rest=self._place, looked_to=step.looked_to if lower else below)

    # Leaving and coming back

    def dump(self) -> str:
        """Spell the cuts below the place, so that whoever goes on asks the very same questions."""
        parts = [
            _Cut(
                part.low,
                part.high,
                part.walk is None,
                part.rows,
                (part.lows + part.again[len(part.lows) :])[part.given :],
            )
            for part in self._parts
        ]
        return json.dumps([self._requests, self._matches, self._looked, parts])

    def _parts_of_old(self, cuts: str | None) -> list[Part]:
        """The parts of a list that was left, as far as they lie below the place."""
        top = self._ceiling
        self._parts = []
        self._requests, self._matches, self._looked, old = _read(cuts)
        if old and old[0].high is not None and old[0].high < top:
            old = [_Cut(old[0].high), *old]  # what is left of the part in which it was left
        for one in old:
            if one.low is not None and one.low >= self._ceiling:
                continue
            part = self._walked(one.low, top, one.rows if one.high == top else None, one.lows)
            top = one.low if one.low is not None else top
            self._parts.append(part)
            if one.surveyed and not self._dense:
                part.walk = None
                self._cut_surveyed(part)
        return self._parts


class _Cut(NamedTuple):
    """A part as `dump` spells it."""

    low: int | None
    high: int | None = None
    surveyed: bool = False
    rows: int | None = None
    lows: Sequence[int | None] = ()


def _read(cuts: str | None) -> tuple[int, int, int, list[_Cut]]:
    """Read what `dump` wrote; nothing for anything else, nor where the parts are not one below the other."""
    try:
        requests, matches, looked, parts = json.loads(cuts or "")
        old = [_Cut(low, high, surveyed, rows, lows) for low, high, surveyed, rows, lows in parts]
        ends: list[Any] = [part.low for part in old[:-1]]  # None only where it is garbage: a TypeError below
        if all(above > below for above, below in pairwise(ends)):
            return int(requests), int(matches), int(looked), old
    except (ValueError, TypeError):
        pass
    return 0, 0, 0, []


def _reaches(low: int | None, other: int | None) -> bool:
    """Whether a part with this low end goes down to the other's, or beyond."""
    return low is None or (other is not None and low <= other)


def _in_order(rows: tuple[Row, ...]) -> bool:
    """Whether every row has a time, and none is newer than the one before."""
    moments = [row.created for row in rows if isinstance(row, Ticket)]
    orders = [moment.order for moment in moments if moment]
    return len(orders) == len(rows) and all(newer >= older for newer, older in pairwise(orders))


def _from(rows: tuple[Row, ...], low: int | None) -> tuple[Row, ...]:
    """The rows at or after `low`, of rows that come newest first: what is older belongs to the next part."""
    if low is None or not rows or _is_from(rows[-1], low):
        return rows
    return tuple(row for row in rows if _is_from(row, low))


def _is_from(row: Row, low: int) -> bool:
    return isinstance(row, Ticket) and row.created is not None and row.created.microseconds >= low


def _about(step: Step) -> int:
    """How many rows lie up to the last match of a page that goes on, if matches are spread evenly."""
    return MAX_LIMIT * len(step.rows) // (len(step.rows) + 1) if step.rest else 0
