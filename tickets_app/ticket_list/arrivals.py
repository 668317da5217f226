"""New tickets: what has arrived since a list was shown. One quiet request, for as long as somebody looks."""

from dataclasses import dataclass, replace
from datetime import timedelta

from django.http import HttpRequest

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Ticket, cursor_at
from tickets_app.filters import links
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome
from tickets_app.ticket_list import looks

EVERY = 15  # seconds between two questions while somebody is active; the browser asks more seldom when nobody is
SLACK = timedelta(minutes=2)  # by which Copper's clock may differ from ours before a search misses an arrival


@dataclass(frozen=True, slots=True)
class Poll:
    """What the browser asks next, and how often."""

    url: str

    @property
    def seconds(self) -> float:
        """How often it is asked while somebody is active."""
        return EVERY


def first_poll(request: HttpRequest, form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> Poll | None:
    """Give what to ask after the newest page was shown; None for a list that no new ticket belongs to."""
    if query.continues or query.high is not None or (outcome.failure is not None and not outcome.rows):
        return None
    return Poll(looks.continued(request, _since(form, query, outcome), ""))


def next_poll(request: HttpRequest, form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> Poll:
    """Give what to ask after an answer: beyond what came, or the same again where nothing did or it failed."""
    unfinished = outcome.rest is not None or outcome.failure is not None
    again = not outcome.rows if query.ending_before is not None else query.search_query is not None and unfinished
    url = links.arrivals_url(query, form.own_columns) if again else _since(form, query, outcome)
    return Poll(looks.continued(request, url, request.GET.get(looks.LOOK, "")))


def _since(form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> str:
    """A list goes on above its newest ticket. A search, whose newest match may be weeks old, asks by time: so it looks
    through what is new alone. What it finds twice the browser knows by its id.
    """
    tickets = tuple(row for row in outcome.rows if isinstance(row, Ticket))
    base = replace(query.first_page(), limit=MAX_LIMIT)
    if query.search_query is None and tickets:
        base = replace(base, ending_before=cursor_at(tickets[::-1]))
    else:
        base = base.between(Moment.of(form.now.replace(microsecond=0) - SLACK), None)
    return links.arrivals_url(base, form.own_columns)
