"""The page of one ticket."""

from urllib.parse import urlsplit

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.display import failures, person, values
from tickets_app.display.paths import path_of
from tickets_app.display.request import HtmxHttpRequest, with_retry_after
from tickets_app.filters import links, times
from tickets_app.filters.query_string import path_is_text
from tickets_app.gateway import tickets as gateway
from tickets_app.rights import VIEW, needs
from tickets_app.ticket import properties

LONGEST_ADDRESS = 4000  # characters; the server takes lines of 4,094 (gunicorn's `limit_request_line`)


@needs(VIEW)
@require_safe
def ticket_detail(request: HtmxHttpRequest, ticket_id: str) -> HttpResponse:
    """One ticket with all its properties."""
    if not path_is_text(request.path_info):
        raise SuspiciousOperation("the path is not UTF-8")
    zone = person.zone_of(request)
    context: dict[str, object] = {"back": _back(request), "ticket_id": ticket_id}
    try:
        found = gateway.ticket(ticket_id)
    except CopperError as error:
        trail.looked_at(request, ticket_id, failure=error.kind)
        failure = failures.describe_ticket(error, zone)
        response = render(
            request, "tickets/ticket/ticket_detail.html", {**context, "failure": failure}, status=failure.status
        )
        return with_retry_after(response, failure)
    trail.looked_at(request, ticket_id)
    ticket = found.ticket
    raw, raw_cut = properties.raw_json(ticket.properties)
    names = gateway.location_names()
    reference = values.plain(ticket.properties.get("reference"), values.MAX_CELL)
    place = names.of(ticket.location) if ticket.location else ""
    day = times.show_short_day(ticket.created, zone) if ticket.created else ""
    context |= {
        "title": " · ".join(filter(None, (reference or ticket.id, place, day))),
        "ticket": ticket,
        "silence": failures.silence(found.silent, found.as_of, zone) if found.silent else "",
        "reference": reference,
        "values": properties.all_values(ticket.properties),
        "zone_name": zone.key if zone.key != "UTC" else "",
        "created": times.show(ticket.created, zone) if ticket.created else None,
        "location": place,
        "location_url": links.location_url(ticket.location) if ticket.location else None,
        "raw": raw,
        "raw_cut": raw_cut,
    }
    return render(request, "tickets/ticket/ticket_detail.html", context)


def _back(request: HttpRequest) -> str:
    """The list that the person came from, else the list's first page."""
    home = path_of("tickets:list")
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as `http://[`
        return home
    if came_from.netloc != request.get_host() or came_from.path != home:
        return home
    back = came_from._replace(scheme="", netloc="", fragment="").geturl()
    return back if len(back) <= LONGEST_ADDRESS else home
