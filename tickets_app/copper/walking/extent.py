"""The time that one list is about, and the queries that ask for parts of it. Times are microseconds since 1970."""

from collections.abc import Sequence
from dataclasses import replace

from tickets_app.copper.moments import FIRST, LAST, Moment
from tickets_app.copper.query import MAX_LIMIT, Cursor, TicketQuery
from tickets_app.copper.walking.hours import MINUTE
from tickets_app.copper.walking.parts import Part
from tickets_app.copper.walking.walk import Walk


class Extent:
    """The time of one list, from its place on towards older tickets: turns parts of it into queries."""

    def __init__(self, query: TicketQuery, now: int) -> None:
        """`now` in microseconds: little is looked for above it."""
        self.base = query.resolved()
        self.floor = self.base.low.microseconds if self.base.low else None
        self.ceiling = self._top(now)

    def _top(self, now: int) -> int:
        """A time from which on nothing is looked for, or an estimate of it."""
        cursor, high = self.base.starting_after, self.base.high
        if cursor and cursor.created:
            return cursor.created.microseconds + 1
        # An end that is still to come is none: measured up to the year 9999, there would be next to no tickets in a day.
        return min(high.microseconds + (self.base.created_lte is not None), now + 1) if high else now + 1

    def top_of(self, part: Part) -> int:
        """Where a part begins."""
        if part.after is not None and part.after.created:
            return part.after.created.microseconds + 1
        return self.ceiling if part.high is None else part.high

    def bottom_of(self, part: Part) -> int | None:
        """Where it ends; None: at the list's last ticket."""
        return self.floor if part.low is None else part.low

    def query_of(self, part: Part) -> TicketQuery:
        """What to ask for a part."""
        low, high = (None if end is None else bound_at(end) for end in (part.bound, part.high))
        if part.after is not None and part.high is not None:
            return self.base.first_page().beyond(part.after).between(low, None)
        base = self.base if part.high is None else self.base.first_page()
        return base.between(low, high)

    def survey_of(self, part: Part) -> TicketQuery:
        """The next page of a survey: by time alone, so that it does not matter who listed what is above."""
        low = None if part.bound is None else bound_at(part.bound)
        base = self.base if part.high is None else self.base.first_page()
        query = replace(base.between(low, None), starting_after=None, search_query=None, limit=MAX_LIMIT)
        if part.at == self.ceiling and not self.base.starting_after:
            return query
        begins_at_ticket = part.at == self.ceiling or (part.after is not None and part.at == self.top_of(part))
        # Copper may say that ticket's time less exactly than it compares it.
        return query.between(None, bound_at(minute_after(part.at - 1) if begins_at_ticket else part.at))

    def walked(
        self, low: int | None, high: int | None, rows: int | None = None, again: Sequence[int | None] = ()
    ) -> Part:
        """A part that is walked; `rows`: how many it holds, where they were counted; `again`: as `Part.again`."""
        part = Part(low, high, self.ceiling if high is None else high, rows=rows, again=list(again))
        part.walk = Walk(self.query_of(part))
        return part

    def bound(self, part: Part, **ends: int | Cursor | None) -> None:
        """Move an end (`low`, `high`, `after`) of a part that was not begun."""
        for end, value in ends.items():
            setattr(part, end, value)
        part.walk = Walk(self.query_of(part))


def minute_after(at: int) -> int:
    """The next whole minute: Copper may say times less exactly than it compares them, but hardly less than that."""
    return (at // MINUTE + 1) * MINUTE


def bound_at(end: int) -> Moment | None:
    """The end of a part as a bound; none beyond the first and the last time that can be written: there it is none."""
    return Moment.of_microseconds(end) if FIRST.microseconds <= end <= LAST.microseconds else None
