"""Copper as this site uses it: a list or a search folded into one page, a ticket, the names of the locations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from django.conf import settings

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket, id_in, is_ticket, parse_ticket, usable_id
from tickets_app.copper.walking.walk import walk
from tickets_app.gateway import search, shared
from tickets_app.gateway.location_names import BRIEF, Names
from tickets_app.gateway.page_requests import Asking, folded
from tickets_app.gateway.page_result import Outcome, cut

LIVELY = 0.75  # seconds after which a page that goes on by itself shows what it has: as often as eyes can follow
NAMES_LONGEST = 5.0  # seconds that the menu of locations waits for them, before it asks again
NAMES_PATIENCE = BRIEF  # seconds a page may wait for the very first location names


def list_tickets(
    query: TicketQuery,
    *,
    lively: bool = False,
    stale: bool = False,
    since: Moment | None = None,
    by_itself: bool = False,
    kept: Callable[[], None] | None = None,
) -> Outcome:
    """Give one page: at most `query.limit` tickets of a search, or one of Copper's pages without one. Never raises.

    `lively` says that the reader goes on without being asked, so a search may stop sooner to show what it has. `stale`: while
    Copper does not answer, a list that it gave within STALE_MINUTES will do; not so a search. `since`: nor need it be this
    list then, but may be the one since that time (it is where the outcome is `silent`, and goes on so). `by_itself`: nobody
    waits for this who sees nothing yet; whoever does comes first. `kept`: told of each answer of Copper's that will be found
    again, also of one that comes when the page has left.
    """
    shared.parts().directory.refresh_when_due()
    urgency = Urgency.GOING_ON if by_itself else Urgency.FIRST_ROWS
    stale = stale and query.search_query is None
    asking = Asking(shared.whole_deadline(), stale=stale, since=since, kept=kept, urgency=urgency)
    if query.search_query is None:
        outcome = _listed(query, asking)
    else:
        asking.lively, asking.fresh = lively and search.keeps(), not query.continues
        asking.budget, asking.in_sequence = Deadline.after(_seconds(asking)), query.goes_newer
        outcome = _search(query, asking)
    return replace(outcome, as_of=asking.as_of, skew=asking.skew, silent=asking.silent)


def _listed(query: TicketQuery, asking: Asking) -> Outcome:
    outcome = folded(query, walk(query, asking.fetch), asking)
    if asking.silent and asking.since and outcome.rest:
        return replace(outcome, rest=replace(outcome.rest, created_gte=asking.since))
    return outcome


def _seconds(asking: Asking) -> float:
    """The first page of a search may look for as long as one without scripts: what it finds is shown soon anyway."""
    short = asking.lively and not asking.fresh
    return min(LIVELY, settings.SEARCH_TIME_BUDGET) if short else settings.SEARCH_TIME_BUDGET


def _search(query: TicketQuery, asking: Asking) -> Outcome:
    id_ = None if query.continues else id_in(query.search_query or "")
    exact = search.ExactHit(id_) if id_ else None
    query = search.in_legs(query)
    steps = walk(query.window(), asking.fetch) if query.goes_newer else search.steps_of(query, asking)
    outcome = cut(folded(query, steps, asking), query)
    if outcome.rest is None and query.look_back_to is not None:
        outcome = search.next_leg(outcome, query, asking)
    return replace(outcome, exact=exact.ticket() if exact else None)


@dataclass(frozen=True, slots=True)
class Retrieved:
    """One ticket, and, where Copper does not answer and it is of a while ago, why and when it was given (`as_of`)."""

    ticket: Ticket
    as_of: datetime
    silent: CopperError | None = None


def ticket(ticket_id: str, *, stale: bool = True) -> Retrieved:
    """Retrieve one ticket; `stale`: while Copper does not answer, as it was a while ago will do.

    Raises CopperError; NOT_FOUND without asking Copper for what can be no id.
    """
    if usable_id(ticket_id) is None:
        raise CopperError(Kind.NOT_FOUND, "not an id", attempts=0)
    shared.parts().directory.refresh_when_due()
    kept = shared.get("tickets", ticket_id, deadline=shared.whole_deadline(), keep=is_ticket, stale=stale)
    return Retrieved(parse_ticket(kept.body), datetime.fromtimestamp(kept.at, UTC), kept.instead_of)


def location_names(*, refresh: bool = False, patience: float = NAMES_PATIENCE) -> Names:
    """Give what is known of the locations' names; hardly waits, never raises. `refresh` begins to ask for them when due.

    `patience`: seconds that the very first names may be waited for.
    """
    if refresh:
        shared.parts().directory.refresh_when_due()
    return shared.parts().directory.names(patience)


def is_live() -> bool:
    """Whether the key is a live one (COPPER_API.md, "Basics")."""
    return str(settings.COPPER_API_KEY).startswith("sk_live_")
