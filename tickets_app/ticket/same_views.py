"""The page of the others of a ticket's reference; for htmx what is put into the ticket."""

from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.copper.resources import Ticket
from tickets_app.display import failures, person, values
from tickets_app.display.came_from import came_from_list
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment, with_retry_after
from tickets_app.filters import links
from tickets_app.filters.query_string import check_path
from tickets_app.gateway import tickets as gateway
from tickets_app.receipt import words as receipt
from tickets_app.rights import VIEW, needs
from tickets_app.ticket import page, same


@needs(VIEW)
@require_safe
@vary_on_headers(*FORMS)
def same_reference(request: HtmxHttpRequest, ticket_id: str) -> HttpResponse:
    """Search for the others within `days` (one of same.DAYS, else the fewest) to each side."""
    check_path(request)
    zone = person.zone_of(request)
    try:
        ticket = gateway.ticket(ticket_id).ticket
    except CopperError as error:
        trail.looked_at(request, ticket_id, failure=error.kind)
        failure = failures.describe_ticket(error, zone)
        context = {"heading": failure.heading, "advice": failure.advice}
        return with_retry_after(render(request, "error.html", context, status=failure.status), failure)
    if not same.can_be_searched(ticket):
        context = {
            "heading": "This ticket cannot be compared",
            "advice": "It has no reference that can be searched for, or no readable time, by which others could be found.",
        }
        return render(request, "error.html", context, status=404)
    return _found(request, ticket, _days(request))


def _found(request: HtmxHttpRequest, ticket: Ticket, days: int) -> HttpResponse:
    zone = person.zone_of(request)
    names = gateway.location_names()
    found, query, outcome = same.find(ticket, days, names, zone, datetime.now(UTC))
    shown = len(found.pairs)
    failed = outcome.failure.kind if outcome.failure else None
    trail.compared(request, ticket.id, links.list_params(query), shown=shown, failure=failed)
    url = f"{links.ticket_url(ticket.id)}same/"
    context = {
        "same": found,
        "choices": [(number, f"{url}?days={number}") for number in same.DAYS],
        "ticket_url": links.ticket_url(ticket.id),
        "receipt": receipt.of_page(zone),
        "reference": values.plain(ticket.properties.get("reference"), values.MAX_CELL),
    }
    template = "tickets/ticket/_same.jinja"
    if not is_fragment(request):  # it stands below what matters of the ticket already
        template, place = "tickets/ticket/same.html", names.of(values.located(ticket))
        context |= page.facts(ticket, place, zone) | {"back": came_from_list(request)}
    response = render(request, template, context, status=found.failure.status if found.failure and not shown else 200)
    return with_retry_after(response, found.failure)


def _days(request: HttpRequest) -> int:
    wanted = request.GET.get("days", "")
    return next((days for days in same.DAYS if str(days) == wanted), same.DAYS[0])
