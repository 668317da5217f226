"""Which tickets of a page share reference and location within minutes: what to look at first for who was charged twice."""

from collections.abc import Iterable
from itertools import pairwise

from django.conf import settings

from tickets_app.copper.resources import Row, Ticket


def ids(rows: Iterable[Row]) -> frozenset[str]:
    """The ids of those within DUPLICATE_MINUTES of another one; none where that is 0."""
    within = settings.DUPLICATE_MINUTES * 60
    seen = _by_key(rows) if within else {}
    found: set[str] = set()
    for tickets in seen.values():
        for (before, first), (after, second) in pairwise(sorted(tickets)):
            if after - before <= within:
                found |= {first, second}
    return frozenset(found)


def _by_key(rows: Iterable[Row]) -> dict[tuple[str, str], list[tuple[float, str]]]:
    """The times and ids of tickets that have a reference, a location and a time."""
    seen: dict[tuple[str, str], list[tuple[float, str]]] = {}
    for row in rows:
        if isinstance(row, Ticket) and row.created and (key := _key(row)):
            seen.setdefault(key, []).append((row.created.at.timestamp(), row.id))
    return seen


def _key(ticket: Ticket) -> tuple[str, str] | None:
    reference = ticket.properties.get("reference")
    if isinstance(reference, str) and reference.strip() and ticket.location:
        return reference, ticket.location
    return None
