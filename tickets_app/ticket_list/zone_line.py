"""The line above the first row about time zones: what a change did, and what it asks where the computer's is another."""

from dataclasses import dataclass

from django.contrib.messages import get_messages
from django.http import HttpRequest

from tickets_app.display import person
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.times import zone_city, zone_place


@dataclass(frozen=True, slots=True)
class ZoneLine:
    """The page's zone by its IANA name, and for people with and without its mark; the one that the person chose, if any.

    `said` are the sentences about what was changed just now. Whether the computer's zone is another only its browser
    knows (static/copper_tickets/ticket_list/zone.js).
    """

    zone: str
    place: str
    city: str
    chosen: str
    said: list[str]


def of_page(request: HttpRequest, form: TicketFilterForm) -> ZoneLine:
    """What the line of a page needs to know."""
    preference = person.preference_of(request)
    return ZoneLine(
        form.zone.key,
        zone_place(form.zone, form.now),
        zone_city(form.zone),
        preference.zone if preference else "",
        [str(message) for message in get_messages(request)],
    )
