"""One ticket: its page, what stands of it beside a list, and its JSON. The others of its reference: same_views.py."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from audit import trail
from tickets_app.copper import numbers
from tickets_app.copper.errors import CopperError
from tickets_app.display import failures, person
from tickets_app.display.came_from import page_before
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment, with_retry_after
from tickets_app.filters.query_string import check_path
from tickets_app.gateway import tickets as gateway
from tickets_app.notes import section as notes
from tickets_app.receipt import words as receipt
from tickets_app.rights import VIEW, needs
from tickets_app.sent_links.elsewhere import elsewhere
from tickets_app.ticket import page

PANEL = "panel"  # the element of a list's page that a ticket is put into


@needs(VIEW)
@require_safe
@vary_on_headers(*FORMS, "HX-Target")
def ticket_detail(request: HtmxHttpRequest, ticket_id: str) -> HttpResponse:
    """One ticket with all its properties; for the panel beside a list without the page around it."""
    check_path(request)
    in_panel = is_fragment(request) and request.htmx.target == PANEL
    template = "tickets/ticket/_panel.jinja" if in_panel else "tickets/ticket/ticket_detail.html"
    zone = person.zone_of(request)
    context: dict[str, object] = {
        "before": page_before(request),
        "ticket_id": ticket_id,
        "in_panel": in_panel,
        "address": request.path,
        "title": "Ticket",
    }
    sent = page.sent_link(request, ticket_id)
    if sent and sent.elsewhere:
        return elsewhere(request, sent, request.path)
    try:
        found = gateway.ticket(ticket_id)
    except CopperError as error:
        trail.looked_at(request, ticket_id, failure=error.kind)
        failure = failures.describe_ticket(error, zone)
        context |= {"failure": failure, "receipt": receipt.of_page(zone)}
        response = render(request, template, context, status=failure.status)
        return with_retry_after(response, failure)
    trail.looked_at(request, ticket_id)
    context |= page.context(request, found, gateway.location_names(), zone, sent)
    context["notes"] = notes.of_ticket(request, found.ticket.id)
    return render(request, template, context)


@needs(VIEW)
@require_safe
def raw(request: HttpRequest, ticket_id: str) -> HttpResponse:
    """The ticket as a file of JSON, as Copper sent it: a file has no line that would say how old it is."""
    check_path(request)
    try:
        found = gateway.ticket(ticket_id, stale=False)
    except CopperError as error:
        trail.looked_at(request, ticket_id, failure=error.kind)
        failure = failures.describe_ticket(error, person.zone_of(request))
        words = f"{failure.heading}. {failure.advice}\n"
        response = HttpResponse(words, content_type="text/plain; charset=utf-8", status=failure.status)
        return with_retry_after(response, failure)
    trail.looked_at(request, ticket_id)
    response = HttpResponse(numbers.encoded(numbers.indented(found.ticket.properties)), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="ticket.json"'
    return response
