"""A list as it is asked for: of now, or, where Copper does not answer, as it was a while ago (decision 71)."""

from functools import partial

from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.times import MOVING_RANGES
from tickets_app.gateway import moving
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.answer_cache import SILENT
from tickets_app.gateway.page_result import Outcome


def list_of(form: TicketFilterForm, *, lively: bool) -> Outcome:
    """Give its page. Where that is of a while ago, the form's relative range means what it meant then."""
    name = form.range
    if name not in MOVING_RANGES or form.query.continues or form.query.search_query is not None:
        return gateway.list_tickets(form.query, lively=lively, stale=True)
    start, before = form.query.created_gte, moving.last_start(name, form.query)
    kept = partial(moving.given, name, form.query)
    outcome = gateway.list_tickets(form.query, stale=True, spare=before is not None, kept=kept)
    if outcome.failure and before and outcome.failure.kind in SILENT:
        form.count_from(before)
        older = gateway.list_as_given(form.query, outcome.failure)
        if older.silent:
            return older
        form.count_from(start)
    return outcome
