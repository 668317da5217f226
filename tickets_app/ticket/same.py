"""The others of a ticket's reference: "charged twice?" What was searched is always said, and "no other" only of all of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Ticket, encodable
from tickets_app.display import failures, values
from tickets_app.display.failures import Failure
from tickets_app.filters import links, times
from tickets_app.filters.fields import MAX_SEARCH
from tickets_app.filters.query_string import has_control_characters
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import Names
from tickets_app.gateway.page_result import Outcome
from tickets_app.ticket import differences
from tickets_app.ticket.differences import Line

DAYS = (1, 7, 30)  # to each side, to choose from
MOST = 5  # tickets that are compared one by one
MAX_LINES = 60  # of one comparison


@dataclass(frozen=True, slots=True)
class Pair:
    """Another ticket of the reference, held against this one: what differs first.

    `more`: properties that differ and are not shown. `alike`: those that are the same.
    """

    id: str
    url: str
    created: str
    place: str
    same_place: bool
    apart: str
    lines: list[Line]
    more: int
    alike: int


@dataclass(frozen=True, slots=True)
class Same:
    """What was found, and within which days. `heading` says "no other" only where all of them were searched."""

    heading: str
    searched: str
    pairs: list[Pair]
    more: int
    list_url: str  # empty for a reference that the list does not take, such as one with a line end
    failure: Failure | None
    whole: bool
    days: int


def find(ticket: Ticket, days: int, names: Names, zone: ZoneInfo, now: datetime) -> tuple[Same, TicketQuery, Outcome]:
    """Search for the reference so many days to each side of the ticket; for the audit trail also what was asked and came.

    The ticket has a reference and a time (`can_be_searched`).
    """
    query = _query(ticket, days)
    outcome = gateway.list_tickets(query)
    reference = ticket.properties["reference"]
    found = [row for row in outcome.rows if isinstance(row, Ticket) and row.properties.get("reference") == reference]
    others = sorted((row for row in found if row.id != ticket.id), key=lambda other: _nearness(ticket, other))
    whole = outcome.rest is None and outcome.failure is None
    looked_to = times.show_short(outcome.looked_to, zone, now) if outcome.looked_to and not whole else ""
    return (
        Same(
            heading=_heading(len(others), whole=whole),
            searched=_searched(query, zone, now, looked_to),
            pairs=[_pair(ticket, other, names, zone) for other in others[:MOST]],
            more=max(0, len(others) - MOST),
            list_url="" if has_control_characters(str(reference)) else links.list_url(query),
            failure=failures.describe(outcome.failure, zone) if outcome.failure else None,
            whole=whole,
            days=days,
        ),
        query,
        outcome,
    )


def can_be_searched(ticket: Ticket) -> bool:
    """Whether others of the reference can be looked for at all."""
    reference = ticket.properties.get("reference")
    return isinstance(reference, str) and ticket.created is not None and _fits_in_an_address(reference)


def _fits_in_an_address(reference: str) -> bool:
    """Whether Copper can be asked for it: it is not blank, not half a character, and not longer than what can be typed."""
    return bool(reference.strip()) and len(reference) <= MAX_SEARCH and encodable(reference) == reference


def _query(ticket: Ticket, days: int) -> TicketQuery:
    assert ticket.created is not None  # noqa: S101 - for the type checker: can_be_searched said so
    at, by = ticket.created.at, timedelta(days=days)
    return TicketQuery(
        search_query=str(ticket.properties["reference"]),
        created_gte=Moment.of(_around(at, -by)),
        created_lte=Moment.of(_around(at, by)),
        limit=MAX_LIMIT,
    )


def _around(at: datetime, by: timedelta) -> datetime:
    try:
        return (at + by).replace(microsecond=0)
    except OverflowError:  # the ends of the calendar
        return at.replace(microsecond=0)


def _nearness(ticket: Ticket, other: Ticket) -> tuple[bool, float]:
    return values.located(other) != values.located(ticket), _seconds(ticket, other)


def _seconds(ticket: Ticket, other: Ticket) -> float:
    if ticket.created is None or other.created is None:
        return float("inf")
    return abs((other.created.at - ticket.created.at).total_seconds())


def _heading(count: int, *, whole: bool) -> str:
    if whole:
        return {0: "No other ticket", 1: "1 other ticket"}.get(count, f"{count} other tickets")
    return {0: "No other ticket so far", 1: "1 other ticket so far"}.get(count, f"{count} other tickets so far")


def _searched(query: TicketQuery, zone: ZoneInfo, now: datetime, looked_to: str) -> str:
    low, high = (times.show_short(bound, zone, now) for bound in (query.created_gte, query.created_lte) if bound)
    words = f"with exactly this reference, from {low} to {high}, at all locations"
    return f"{words}. Searched back to {looked_to} only" if looked_to else words


def _pair(ticket: Ticket, other: Ticket, names: Names, zone: ZoneInfo) -> Pair:
    differing, alike = differences.between(ticket.properties, other.properties)
    return Pair(
        id=other.id,
        url=links.ticket_url(other.id),
        created=times.show(other.created, zone) if other.created else "no readable time",
        place=names.of(values.located(other)) or "no location",
        same_place=values.located(other) == values.located(ticket),
        apart=_apart(ticket, other),
        lines=[differences.line(one, zone) for one in differing[:MAX_LINES]],
        more=max(0, len(differing) - MAX_LINES),
        alike=alike,
    )


def _apart(ticket: Ticket, other: Ticket) -> str:
    seconds = _seconds(ticket, other)
    if seconds == float("inf"):
        return ""
    later = other.created is not None and ticket.created is not None and other.created.at > ticket.created.at
    amount = next(
        (f"{round(seconds / size):,} {unit}" for size, unit in _UNITS if seconds >= 2 * size), _few_seconds(seconds)
    )
    return f"{amount} {'later' if later else 'earlier'}" if seconds else "at the same second"


def _few_seconds(seconds: float) -> str:
    return f"{round(seconds)} s" if seconds >= 1 else "less than 1 s"


_UNITS = ((86_400, "days"), (3_600, "h"), (60, "min"))
