"""Sending a list on: its fixed link says what was seen, and who opens such a link is told what is new."""

from datetime import UTC, datetime
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import MAX_ID
from tickets_app.display import person
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import Parameters, read_or_say
from tickets_app.gateway.page_result import Outcome
from tickets_app.rights import VIEW, needs
from tickets_app.sent_links.sent import Sent
from tickets_app.sent_links.what_was_seen import MOST, SEEN, Witness


def sent_link(parameters: Parameters, query: TicketQuery) -> Sent | None:
    """What the link says by which the list was opened, if it was sent by somebody."""
    return Sent.read(parameters.values.get(SEEN, ""), _what(query))


def is_whole(query: TicketQuery, outcome: Outcome) -> bool:
    """Whether the rows are all that there are, as of now."""
    return not (query.continues or outcome.rest or outcome.failure or outcome.silent)


def fixed_link(form: TicketFilterForm, fixed: TicketQuery, query: TicketQuery, outcome: Outcome) -> str:
    """The address of `fixed`, which shows what `query` shows now whenever it is opened; with what is seen of it here."""
    seen_at = outcome.as_of if outcome.silent and outcome.as_of else form.now
    seen = Witness.of_rows(outcome.rows, form.zone, seen_at, whole=is_whole(query, outcome))
    return carried(form.address(fixed), seen.sealed(_what(fixed)))


def carried(url: str, sealed: str) -> str:
    """An address with the parameter; as it is where there is none."""
    return f"{url}{'&' if '?' in url else '?'}{urlencode({SEEN: sealed})}" if sealed else url


@needs(VIEW)
@require_POST
def share(request: HttpRequest) -> HttpResponse:
    """The fixed link of a page that has grown, as text. It sends the link it has, and the ids of its rows from the top."""
    _, _, query_string = request.POST.get("address", "").partition("?")
    parameters, problem = read_or_say(query_string)
    form = TicketFilterForm(parameters, zone=person.zone_of(request), now=datetime.now(UTC))
    ids, count = request.POST.getlist("id"), request.POST.get("count", "")
    if problem or not form.is_valid() or not _are_ids(ids) or not _is_count(count, ids):
        return HttpResponseBadRequest("This is no list of tickets.", content_type="text/plain")
    query = form.query
    down_to = Moment.parse(request.POST.get("down_to"))
    seen = Witness.of(ids, form.zone, form.now, count=int(count), whole="whole" in request.POST, down_to=down_to)
    return HttpResponse(carried(form.address(query), seen.sealed(_what(query))), content_type="text/plain")


def _what(query: TicketQuery) -> str:
    """The list that a link's signature holds for: its filters, wherever in it one is."""
    return urlencode(query.filters())


def _are_ids(ids: list[str]) -> bool:
    return 0 < len(ids) <= MOST and all(0 < len(id_) <= MAX_ID for id_ in ids)


def _is_count(text: str, ids: list[str]) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 10 and int(text) >= len(ids)
