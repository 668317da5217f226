"""What a ticket's page and panel show of it."""

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from tickets_app.copper import numbers
from tickets_app.copper.resources import Ticket
from tickets_app.display import failures, values
from tickets_app.filters import links, times
from tickets_app.gateway.location_names import Names
from tickets_app.gateway.tickets import Retrieved
from tickets_app.receipt import words as receipt
from tickets_app.sent_links.sent import Sent
from tickets_app.sent_links.what_was_seen import SEEN, Witness
from tickets_app.stores.clocks import store_clock, store_clocks
from tickets_app.ticket import properties, same, summary
from tickets_app.ticket.properties_as_html import as_html


def sent_link(request: HttpRequest, ticket_id: str) -> Sent | None:
    """What the link says by which a ticket was opened, if it was sent by somebody."""
    return Sent.read(request.GET.get(SEEN, ""), _what(ticket_id))


def _seen(found: Retrieved, text: str, zone: ZoneInfo, now: datetime) -> str:
    """What a link made here says was seen: the ticket of now, or of when Copper gave it."""
    seen_at = found.as_of if found.silent else now
    return Witness.of([text], zone, seen_at, count=1, whole=True, down_to=None).sealed(_what(found.ticket.id))


def context(
    request: HttpRequest, found: Retrieved, names: Names, zone: ZoneInfo, sent: Sent | None
) -> dict[str, object]:
    """All that the templates read; times in `zone`."""
    ticket, now = found.ticket, datetime.now(UTC)
    text = numbers.dumps(ticket.properties)
    seen = _seen(found, text, zone, now)
    url = links.ticket_url(ticket.id)
    raw, raw_cut = properties.raw_json(ticket.properties)
    reference = _reference(ticket)
    place = names.of(values.located(ticket))
    day = times.show_short_day(ticket.created, zone) if ticket.created else ""
    return {
        "title": " · ".join(filter(None, (reference or ticket.id, place, day))),
        **facts(ticket, place, zone),
        "sent": sent.of_ticket(None if found.silent else text, now) if sent else "",
        "sent_url": f"{request.build_absolute_uri(url)}?{SEEN}={seen}",
        "silence": failures.silence(found.silent, found.as_of, zone) if found.silent and found.as_of else "",
        "reference": reference,
        "tables": summary.tables(ticket.properties),
        "properties": as_html(properties.all_values(ticket.properties)),
        "chat_line": json.dumps(_chat_line(request, ticket, reference, place, zone)),
        "same_url": f"{url}same/" if same.can_be_searched(ticket) else "",
        "raw": raw,
        "raw_cut": raw_cut,
        "raw_url": f"{url}ticket.json",
        "receipt": receipt.of_page(zone),
    }


def facts(ticket: Ticket, place: str, zone: ZoneInfo) -> dict[str, object]:
    """What matters of it, above all else: where, when (in `zone`), and the properties that the site names."""
    return {
        "ticket": ticket,
        "id_copy": json.dumps(ticket.id),
        "summary": summary.facts(ticket.properties),
        "zone_name": zone.key if zone.key != "UTC" else "",
        "created": times.show(ticket.created, zone) if ticket.created else None,
        "store_time": _store_time(ticket, zone),
        "location": place,
        "location_url": links.location_url(ticket.location) if ticket.location else None,
    }


def _what(ticket_id: str) -> str:
    """The ticket that a link's signature holds for."""
    return f"ticket {ticket_id}"


def _store_time(ticket: Ticket, zone: ZoneInfo) -> str:
    """The time by the store's own clock, where that is another; or that nobody has said where it is."""
    if ticket.location is None or ticket.created is None:
        return ""
    clock = store_clock(ticket.location)
    if clock is None:
        return "zone not set" if store_clocks().known else ""
    return times.show(ticket.created, clock.zone) if clock.zone.key != zone.key else ""


def _reference(ticket: Ticket) -> str:
    given = ticket.properties.get("reference")
    return "" if given is None else values.plain(given, values.MAX_CELL)


def _chat_line(request: HttpRequest, ticket: Ticket, reference: str, place: str, zone: ZoneInfo) -> str:
    """Reference, place, time (the store's, where its zone is known) and link, for a chat."""
    clock = store_clock(ticket.location) if ticket.location else None
    when = times.show(ticket.created, clock.zone if clock else zone) if ticket.created else ""
    link = request.build_absolute_uri(links.ticket_url(ticket.id))
    return " · ".join(filter(None, (reference or ticket.id, place, when, link)))
