"""A list of the last hours or days: of now, or, where Copper does not answer, as it was a while ago (decision 71)."""

from functools import partial

from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.times import MOVING_RANGES
from tickets_app.gateway import moving
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.page_result import Outcome


def moves(form: TicketFilterForm) -> bool:
    """Whether the list begins so long before now, and so elsewhere each second; not one that goes on, or is searched."""
    return form.range in MOVING_RANGES and not form.query.continues and form.query.search_query is None


def moving_list(form: TicketFilterForm) -> Outcome:
    """Give the page of a list that `moves`. Where that is of a while ago, the form's range means what it meant then."""
    name = form.range or ""
    since, kept = moving.last_start(name, form.query), partial(moving.given, name, form.query)
    outcome = gateway.list_tickets(form.query, stale=True, since=since, kept=kept)
    if outcome.silent and since:
        form.count_from(since)
    return outcome
