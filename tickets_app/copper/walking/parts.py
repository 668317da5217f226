"""The parts of a list's time: what is known of each, and how they are kept while nobody looks.

Half-open, newest first, one below the other: no ticket lies between two of them or in both.
"""

import json
from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from operator import ge
from typing import Any, NamedTuple

from tickets_app.copper.errors import CopperError
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, Cursor, TicketQuery
from tickets_app.copper.resources import Page, Row, Ticket
from tickets_app.copper.walking.hours import MINUTE
from tickets_app.copper.walking.walk import Step, Walk

MANY = MAX_LIMIT / 8  # matches in a request's rows from which on as many requests as there are lanes fill a page
DENSE = 1.5  # matches in a request's rows from which on a survey costs more than it saves


@dataclass(slots=True, eq=False)
class Part:
    """One stretch of time, in microseconds: from `low` (included) to `high` (not); None: as far as the query goes."""

    low: int | None
    high: int | None
    at: int  # how far down it has been looked at, or listed: the next request begins there
    after: Cursor | None = (
        None  # it begins below this ticket: by its time alone, what was given out could not be told apart
    )
    walk: Walk | None = None  # None: it is surveyed
    rows: int | None = None  # how many it holds, where they were counted
    listed_by: "Part | None" = None  # the one below it, whose survey begins above it: then its rows are counted
    running: bool = False
    done: bool = False
    dropped: bool = False
    by_cursor: bool = False  # more rows of one time than a page holds: only cursors tell them apart
    failure: CopperError | None = None
    pauses: int = 0  # times that Copper answered 429 to the request that is asked again
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
        return self.again[number] if number < len(self.again) and reaches(self.again[number], self.low) else self.low

    @property
    def lows_to_ask(self) -> list[int | None]:
        """The low ends for who asks the same again: those of what was answered, of what is under way, and then as before."""
        under_way = [self.asked] if self.running and self.walk else []
        known = self.lows + under_way
        return known + self.again[len(known) :]

    @property
    def idle(self) -> bool:
        """Whether a request for it can be begun."""
        return not (self.running or self.done or self.failure)

    @property
    def lowest(self) -> int | None:
        """The earliest time that a row of it may say, of those that its last request gave.

        Of a request that was bound to the part, Copper knows better: it may say times less exactly than it compares them.
        """
        return self.low - MINUTE if self.low is not None and self.asked == self.low else self.low

    def add(self, step: Step) -> None:
        """Take a step of its walk, less the rows that are not its own."""
        rows = rows_from(step.rows, self.lowest)
        self.found += len(rows)
        self.steps.append(replace(step, rows=rows))

    def take_back(self) -> Step:
        """Give the last step back, as if it had not been added."""
        step = self.steps.pop()
        self.found -= len(step.rows)
        return step


@dataclass(frozen=True, slots=True)
class Job:
    """One step of one part; of a survey, `survey` is what to list. `first` says that nothing final comes before it."""

    part: Part
    survey: TicketQuery | None
    first: bool


@dataclass(slots=True)
class Tally:
    """What was asked and found so far."""

    requests: int = 0
    matches: int = 0
    looked: int = 0  # rows

    @property
    def dense(self) -> bool:
        """Whether so much is found that surveys do not pay."""
        return self.requests > 0 and self.matches / self.requests > DENSE

    @property
    def many(self) -> bool:
        """Whether so much is found that a page is a few requests."""
        return self.requests > 0 and self.matches / self.requests > MANY


class SavedPart(NamedTuple):
    """A part as `spell` writes it."""

    low: int | None
    high: int | None = None
    surveyed: bool = False
    rows: int | None = None
    lows: Sequence[int | None] = ()


def spell(tally: Tally, parts: Iterable[Part]) -> str:
    """Write the parts below the place, so that whoever goes on asks the very same questions."""
    saved = [
        SavedPart(
            part.low,
            part.high,
            part.walk is None,
            part.rows,
            part.lows_to_ask[part.given :],
        )
        for part in parts
    ]
    return json.dumps([tally.requests, tally.matches, tally.looked, saved])


def read(cuts: str | None) -> tuple[int, int, int, list[SavedPart]]:
    """Read what `spell` wrote; nothing for anything else, nor where the parts are not one below the other."""
    try:
        requests, matches, looked, parts = json.loads(cuts or "")
        old = [SavedPart(low, high, surveyed, rows, lows) for low, high, surveyed, rows, lows in parts]
        ends: list[Any] = [part.low for part in old[:-1]]  # None only where it is garbage: a TypeError below
        if all(above > below for above, below in pairwise(ends)):
            return int(requests), int(matches), int(looked), old
    except (ValueError, TypeError):
        pass
    return 0, 0, 0, []


def reaches(low: int | None, other: int | None) -> bool:
    """Whether a part with this low end goes down to the other's, or beyond."""
    return low is None or (other is not None and low <= other)


def in_order(rows: Sequence[Row]) -> bool:
    """Whether every row has a time, and none is newer than the one before."""
    moments = [row.created for row in rows if isinstance(row, Ticket)]
    orders = [moment.order for moment in moments if moment]
    return len(orders) == len(rows) and all(map(ge, orders, orders[1:]))


def begins_above(page: Page, high: Moment | None) -> bool:
    """Whether a page has a ticket from above the bound that was asked for: parts would then hold each other's tickets.

    By a minute at least: how exactly Copper says times is not documented.
    """
    first = page.tickets[0].created if page.tickets else None
    return first is not None and high is not None and first.microseconds > high.microseconds + MINUTE


def rows_from(rows: tuple[Row, ...], low: int | None) -> tuple[Row, ...]:
    """The rows at or after `low`, of rows that come newest first: what is older belongs to the next part."""
    if low is None or not rows or is_from(rows[-1], low):
        return rows
    return tuple(row for row in rows if is_from(row, low))


class Edge:
    """The tickets of the oldest time that was given out: where two parts meet, both may have one of them.

    How exactly Copper keeps to a bound is not documented, nor whether it says times as exactly as it compares them.
    """

    def __init__(self) -> None:
        self._at: Moment | None = None
        self._ids: set[str] = set()

    def sift(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        """Leave out what was given out already, of rows that follow; go on behind them."""
        fresh = tuple(row for row in rows if not (isinstance(row, Ticket) and row.id in self._ids))
        last = fresh[-1].created if fresh and isinstance(fresh[-1], Ticket) else None
        if last and not (self._at and self._at.order == last.order):
            self._at, self._ids = last, set()
        for row in reversed(fresh):
            if not (isinstance(row, Ticket) and last and row.created and row.created.order == last.order):
                break
            self._ids.add(row.id)
        return fresh


def is_from(row: Row, low: int) -> bool:
    """Whether a row is a ticket of that time or newer."""
    return isinstance(row, Ticket) and row.created is not None and row.created.microseconds >= low


def about(step: Step) -> int:
    """How many rows lie up to the last match of a page that goes on, if matches are spread evenly."""
    return MAX_LIMIT * len(step.rows) // (len(step.rows) + 1) if step.rest else 0
