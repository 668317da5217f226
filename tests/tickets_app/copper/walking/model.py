"""A Copper in memory for tests of the walk: the documented contract in a few lines, no HTTP."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from operator import ge, gt, le, lt

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Page, Ticket

START = datetime(2026, 11, 20, 9, tzinfo=UTC)


def ticket(number: int, *, minute: int | None = None, reference: str = "") -> Ticket:
    """A ticket; two with the same minute share their timestamp."""
    at = START + timedelta(minutes=number if minute is None else minute)
    created = at.isoformat().replace("+00:00", "Z")
    return Ticket(f"t{number}", {"id": f"t{number}", "created": created, "reference": reference})


@dataclass
class ModelCopper:
    """Tickets newest first; `asked` is what was asked of it; `before_each` may change it between requests."""

    tickets: list[Ticket]
    before_each: Callable[["ModelCopper"], None] = lambda copper: None
    gone: dict[str, tuple[datetime, int]] = field(default_factory=dict)
    asked: list[TicketQuery] = field(default_factory=list)
    max_page: int = 100

    def fetch(self, query: TicketQuery) -> Page:
        """One GET /tickets."""
        self.before_each(self)
        self.asked.append(query)
        size, place = min(query.limit, self.max_page), self._place(query.cursor.id) if query.cursor else -1
        if query.goes_newer:
            newer = self._rows(query, self.tickets[:place])
            return self._matching(query, newer[-size:], more=len(newer) > size)
        older = self._rows(query, self.tickets[place + 1 :])
        return self._matching(query, older[:size], more=len(older) > size)

    def _rows(self, query: TicketQuery, tickets: list[Ticket]) -> list[Ticket]:
        """Those within the bounds: one bound after the other, since nearly all of the time of these tests is spent here."""
        order = self._order
        for bound, compare in (
            (query.created_gte, ge),
            (query.created_gt, gt),
            (query.created_lte, le),
            (query.created_lt, lt),
        ):
            if bound is not None:
                end = bound.order
                tickets = [row for row in tickets if compare(order(row), end)]
        return tickets

    @staticmethod
    def _order(row: Ticket) -> tuple[datetime, int]:
        """Its time as it is compared."""
        return row.created.order

    def _place(self, id_: str) -> int:
        for index, row in enumerate(self.tickets):
            if row.id == id_:
                return index
        raise CopperError(Kind.REFUSED, status=400, code="resource_missing", param="starting_after")

    @staticmethod
    def _matching(query: TicketQuery, window: list[Ticket], *, more: bool) -> Page:
        wanted = query.search_query
        return Page(tuple(row for row in window if wanted is None or wanted in row.properties["reference"]), more)
