"""walk(query, fetch): a list to its end, one page after the other. The definition of a right answer; no threads, no clock.

Stands on COPPER_API.md, "Tickets": `has_more` alone says whether to go on, and a page of a search may be empty while
matches lie further on.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page, Row, Ticket, Unreadable

Fetch = Callable[[TicketQuery], Page]  # raises CopperError


@dataclass(frozen=True, slots=True)
class Step:
    """One stretch of the list that is now final.

    `rows` come newest first. `rest` is the query that goes on exactly behind them (also after a failure: it tries the
    same place again); None when the list is at its end. `looked_to` is the time of the last row that was looked at,
    where one is known, and `looked_at` the number of rows that were: `counted`, or an estimate. `failure` ends the walk.
    `replaced` says that the cursor's ticket was gone and the place was found again by other means. A step that does not fit
    into the page (see plan.py) is told as an empty one with `fits` false: the page ends there.
    """

    rows: tuple[Row, ...]
    rest: TicketQuery | None
    looked_to: Moment | None = None
    failure: CopperError | None = None
    replaced: bool = False
    looked_at: int | None = None
    counted: bool = True
    fits: bool = True


@dataclass(slots=True)
class _Seen:
    """What this walk has passed, so that no ticket is given twice and a list that goes round is noticed."""

    ids: set[str] = field(default_factory=set)
    edges: set[str] = field(default_factory=set)

    def sift(self, rows: tuple[Row, ...]) -> tuple[Row, ...]:
        fresh = []
        for row in rows:
            if isinstance(row, Ticket):
                if row.id in self.ids:
                    continue
                self.ids.add(row.id)
            fresh.append(row)
        return tuple(fresh)

    def check_advance(self, query: TicketQuery, page: Page, edge: Cursor) -> None:
        """Refuse a list that stands still or runs backwards as a whole. Disorder inside a page is Copper's to have."""
        if edge.id in self.edges or (query.cursor and edge.id == query.cursor.id):
            raise CopperError(Kind.STUCK, "the list goes round: a cursor came up again")
        self.edges.add(edge.id)
        times = [ticket.created.order for ticket in page.tickets if ticket.created]
        if edge.created:
            times.append(edge.created.order)
        if not times or query.cursor is None or query.cursor.created is None:
            return
        start = query.cursor.created.order
        if max(times) < start if query.goes_newer else min(times) > start:
            raise CopperError(Kind.STUCK, "the list runs backwards: a page lies wholly where the walk has been")


class Walk:
    """A walk that is taken a step at a time. `rest` is where it goes on; None at the end of the list."""

    def __init__(self, query: TicketQuery) -> None:
        """Start at the query's place."""
        self.rest: TicketQuery | None = query
        self._seen = _Seen()

    def step(self, fetch: Fetch) -> Step:
        """Take one step: one page, or two requests for an empty one. Raises CopperError, and then stands where it stood."""
        query, rest = self.rest, None
        if query is None:
            raise ValueError("the walk is at its end")
        asked, page = _fetch_from(query, fetch)
        replaced = asked is not query
        page, edge, more, looked_at = _with_edge(asked, page, fetch)
        fresh = self._seen.sift(_readable_part(page, newer=query.goes_newer, more=more))
        if edge is not None and more:
            if page.tickets and not fresh and not replaced:
                raise CopperError(Kind.STUCK, "a page held nothing but tickets of earlier ones")
            self._seen.check_advance(query, page, edge)
            rest = asked.beyond(edge)
        self.rest = rest
        return Step(fresh, rest, edge.created if edge else None, replaced=replaced, looked_at=looked_at)


def walk(query: TicketQuery, fetch: Fetch) -> Iterator[Step]:
    """Yield the list's steps in order until it ends or a failure stops it. Never raises CopperError: see `Step.failure`."""
    walked = Walk(query)
    while walked.rest is not None:
        try:
            step = walked.step(fetch)
        except CopperError as failure:
            yield Step((), walked.rest, failure=failure)
            return
        yield step


def _fetch_from(query: TicketQuery, fetch: Fetch) -> tuple[TicketQuery, Page]:
    """Fetch a page. Where the cursor's ticket is gone, find its place again: by the ids before it, then by its time."""
    try:
        return query, fetch(query)
    except CopperError as error:
        if query.cursor is None or not _says_cursor_is_gone(error):
            raise
        found = _fetch_near(query, query.cursor, fetch)
        if found is None:
            raise
        return found


def _fetch_near(query: TicketQuery, cursor: Cursor, fetch: Fetch) -> tuple[TicketQuery, Page] | None:
    """Fetch from the first place near a cursor that Copper still knows, if any."""
    for other in _places_near(query, cursor):
        try:
            return other, fetch(other)
        except CopperError as error:
            if not _says_cursor_is_gone(error):
                raise
    return None


def _says_cursor_is_gone(error: CopperError) -> bool:
    # Whether an unknown cursor is a 400 or a 404 is not documented.
    if error.kind is Kind.NOT_FOUND:
        return True
    return (
        error.kind is Kind.REFUSED and error.status == 400 and error.param in {"starting_after", "ending_before", None}
    )


def _places_near(query: TicketQuery, cursor: Cursor) -> Iterator[TicketQuery]:
    for index, id_ in enumerate(cursor.previous):
        yield query.beyond(Cursor(id_, cursor.created, cursor.previous[index + 1 :]))
    anchored = query.from_time(cursor)
    if anchored is not None:
        yield anchored


def _with_edge(query: TicketQuery, page: Page, fetch: Fetch) -> tuple[Page, Cursor | None, bool, int | None]:
    """Give the page, where the rows that Copper looked at for it end, whether the list goes on there, and their number.

    A search's empty page carries no id: the same request without the search gives the rows that were looked at.
    Without a search an empty page that has more contradicts itself: it is asked for once more, and then believed.
    """
    edge = page.edge(newer=query.goes_newer, behind=query.cursor)
    if edge is not None or not page.has_more:
        return page, edge, page.has_more, None if query.search_query else len(page.rows)
    looked_at = fetch(query.without_search())
    edge = looked_at.edge(newer=query.goes_newer, behind=query.cursor)
    if edge is None and looked_at.has_more:
        if looked_at.rows:
            raise CopperError(Kind.UNREADABLE, "a page of which no row has an id to go on from")
        raise CopperError(Kind.STUCK, "Copper said that there is more, but gave none")
    return page if query.search_query else looked_at, edge, looked_at.has_more, len(looked_at.rows)


def _readable_part(page: Page, *, newer: bool, more: bool) -> tuple[Row, ...]:
    """The page's rows, less unreadable ones beyond the edge while there is more: the next page holds them again."""
    rows = list(page.rows)
    beyond = 0 if newer else -1
    while more and rows and isinstance(rows[beyond], Unreadable):
        rows.pop(beyond)
    return tuple(rows)
