"""TicketQuery: which tickets, and from where in the list. The one place that turns filters into API parameters."""

from dataclasses import dataclass, replace
from typing import Self

from tickets_app.copper.moments import Moment

MAX_LIMIT = 100  # rows; COPPER_API.md, "Lists"
DEFAULT_LIMIT = 50  # rows on a page of ours; Copper's own default is 10

# Our attribute for each of Copper's filters, in the order in which they are sent.
FILTERS = {
    "location": "location",
    "search_query": "search_query",
    "created_gte": "created[gte]",
    "created_gt": "created[gt]",
    "created_lte": "created[lte]",
    "created_lt": "created[lt]",
}


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in a list: just beyond the ticket `id`.

    `created` and `previous` (ids that came just before it and cannot be told apart from it by time, nearest first) are
    only for the day when that ticket is deleted: then the place is found again by them (RELIABILITY.md, row 29).
    """

    id: str
    created: Moment | None = None
    previous: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketQuery:
    """An immutable set of filters, with at most one place to go on from.

    A place is a cursor, or `looked_to`: a search that looks at several parts of the time at once goes on by time, since
    it need not know the id of any ticket there. Everything at or after `looked_to` was looked at. `look_back_to` is
    where a search that was given no start shall pause and ask. Neither is a filter; `resolved` turns both into bounds.

    Raises ValueError for two places at once or a limit outside 1 to 100: forms refuse those with better words.
    """

    location: str | None = None
    search_query: str | None = None
    created_gte: Moment | None = None
    created_gt: Moment | None = None
    created_lte: Moment | None = None
    created_lt: Moment | None = None
    limit: int = DEFAULT_LIMIT
    starting_after: Cursor | None = None
    ending_before: Cursor | None = None
    looked_to: Moment | None = None
    look_back_to: Moment | None = None

    def __post_init__(self) -> None:
        if sum(place is not None for place in (self.starting_after, self.ending_before, self.looked_to)) > 1:
            raise ValueError("starting_after, ending_before and looked_to exclude each other")
        if not 1 <= self.limit <= MAX_LIMIT:
            raise ValueError(f"limit is 1 to {MAX_LIMIT}, not {self.limit}")

    @property
    def goes_newer(self) -> bool:
        """Whether following this list leads to ever newer tickets (`ending_before`) instead of older ones."""
        return self.ending_before is not None

    @property
    def cursor(self) -> Cursor | None:
        """The one cursor there is, if any."""
        return self.starting_after or self.ending_before

    @property
    def continues(self) -> bool:
        """Whether this goes on from a place, instead of from the top."""
        return self.cursor is not None or self.looked_to is not None

    @property
    def low(self) -> Moment | None:
        """The bound on the older side, whether included or not."""
        return self.created_gte or self.created_gt

    @property
    def high(self) -> Moment | None:
        """The bound on the newer side, whether included or not."""
        return self.created_lte or self.created_lt

    def filters(self) -> list[tuple[str, str]]:
        """Give the filters in force under Copper's names: texts exactly as they were given, times in one spelling."""
        given = ((name, getattr(self, attribute)) for attribute, name in FILTERS.items())
        plain = ((name, value.plain if isinstance(value, Moment) else value) for name, value in given)
        return [(name, str(value)) for name, value in plain if value is not None]

    def place(self) -> list[tuple[str, str]]:
        """Give where in the list it begins, under the same names; nothing for the top."""
        cursor = self.cursor
        found = [("ending_before" if self.goes_newer else "starting_after", cursor.id)] if cursor else []
        return [*found, ("looked_to", str(self.looked_to))] if self.looked_to else found

    def params(self) -> list[tuple[str, str]]:
        """Give the parameters of `GET /tickets`."""
        params = [*self.filters(), ("limit", str(self.limit))]
        if self.starting_after:
            params.append(("starting_after", self.starting_after.id))
        if self.ending_before:
            params.append(("ending_before", self.ending_before.id))
        return params

    def beyond(self, cursor: Cursor) -> Self:
        """The same filters, further on in the same direction."""
        if self.goes_newer:
            return replace(self, ending_before=cursor)
        return replace(self, starting_after=cursor, looked_to=None)

    def from_moment(self, moment: Moment) -> Self:
        """The same filters, further on: everything at or after the moment was looked at."""
        return replace(self, starting_after=None, looked_to=moment)

    def between(self, low: Moment | None, high: Moment | None) -> Self:
        """The same filters, only from `low` (included) to `high` (not included); a bound that is tighter stays."""
        narrowed = self
        if low is not None and (self.low is None or low.order > self.low.order):
            narrowed = replace(narrowed, created_gte=low, created_gt=None)
        if high is not None and (self.high is None or high.order <= self.high.order):
            narrowed = replace(narrowed, created_lt=high, created_lte=None)
        return narrowed

    def resolved(self) -> Self:
        """The same tickets, said in Copper's own parameters alone."""
        return replace(self.between(self.look_back_to, self.looked_to), looked_to=None, look_back_to=None)

    def from_time(self, cursor: Cursor) -> Self | None:
        """The same filters from the cursor's time on, that ticket's equals included; None when its time is not known."""
        if cursor.created is None or self.goes_newer:  # a list cannot be asked for from its old end
            return None
        return replace(self.first_page(), created_lte=cursor.created, created_lt=None)

    def first_page(self) -> Self:
        """The same filters from the top."""
        return replace(self, starting_after=None, ending_before=None, looked_to=None, look_back_to=None)

    def at_any_time(self) -> Self:
        """The same filters without bounds of time."""
        return replace(self, created_gte=None, created_gt=None, created_lte=None, created_lt=None)

    def window(self) -> Self:
        """The same place, looking at as many rows as Copper allows."""
        return replace(self, limit=MAX_LIMIT)

    def without_search(self) -> Self:
        """The database query alone: what Copper looks at before it matches `search_query` (COPPER_API.md, "Tickets")."""
        return replace(self, search_query=None)
