"""An event in words: what the page shows of it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from audit.models import Event, Kind
from tickets_app.copper.resources import legible
from tickets_app.filters import links

_WORDS = dict(Kind.choices)
# Lists and searches are about one where they began at it.
_ABOUT_TICKETS = {Kind.TICKET_VIEWED, Kind.SEARCHED, Kind.NOTE_WRITTEN, Kind.NOTE_REMOVED, Kind.NOTES_SEARCHED}
_NAMES = {
    "created[gte]": "from",
    "created[gt]": "after",
    "created[lte]": "up to",
    "created[lt]": "before",
    "search_query": "reference",
    "search_query_length": "characters searched for",
    "starting_after": "on from the ticket",
    "ending_before": "newer than the ticket",
    "looked_to": "on from",
    "shown": "rows shown",
    "looked_for": "looked for",
    "looked_at": "tickets looked at",
    "note": "number of the note",
    "author": "written by",
    "notes": "with notes",
}


@dataclass(frozen=True, slots=True)
class EventRow:
    """One row of the table."""

    id: int
    at: str
    iso: str
    kind: str
    person: str
    subject: str
    url: str | None  # of the ticket it is about
    facts: list[tuple[str, str]]
    address: str
    request_id: str


def row(event: Event, zone: ZoneInfo) -> EventRow:
    """Put an event into words; times in `zone`."""
    about_ticket = event.kind in _ABOUT_TICKETS and event.subject not in {"", ".", ".."} and "/" not in event.subject
    return EventRow(
        id=event.pk,
        at=event.at.astimezone(zone).strftime("%a %-d %b %Y, %H:%M:%S"),
        iso=event.at.isoformat(timespec="seconds"),
        kind=_WORDS.get(event.kind, event.kind),
        person=legible(event.user_name),
        subject=legible(event.subject),
        url=links.ticket_url(event.subject) if about_ticket else None,
        facts=list(_facts(event.facts)),
        address=event.address,
        request_id=event.request_id,
    )


def _facts(facts: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """Each fact as a name and a text; the filters one by one."""
    for name, value in facts.items():
        if isinstance(value, Mapping):
            yield from _facts(value)
        elif isinstance(value, bool):
            yield _NAMES.get(name, name), "yes" if value else "no"
        else:
            yield _NAMES.get(name, name), legible(str(value))
