"""Which tickets of a list share reference and location within minutes: what to look at first for who was charged twice."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from django.conf import settings

from tickets_app.copper.resources import Row, Ticket, usable_id


@dataclass(frozen=True, slots=True)
class Pairs:
    """`ids`: of those within DUPLICATE_MINUTES of another one of the same answer.

    `seams`: of those that are as near to the answer's first or last ticket, and may have another one in the answer before or
    behind; with what the page tells them by (static/copper_tickets/ticket_list/twice.js): whose they are, and the millisecond.
    """

    ids: frozenset[str] = frozenset()
    seams: dict[str, str] = field(default_factory=dict)


def within() -> int:
    """Seconds between two of them at most; 0: none are looked for."""
    return int(settings.DUPLICATE_MINUTES * 60)


def pairs(rows: Iterable[Row]) -> Pairs:
    """Find them."""
    most = within()
    dated = (
        [(row.created.at.timestamp(), row) for row in rows if isinstance(row, Ticket) and row.created] if most else []
    )
    if not dated:
        return Pairs()
    seen, (newest, _), (oldest, _) = _by_key(dated), dated[0], dated[-1]
    return Pairs(frozenset(_near_another(seen, most)), dict(_seams(seen, newest - most, oldest + most)))


_Key = tuple[str, str]  # reference and location
_Seen = dict[_Key, list[tuple[float, str]]]  # second and id of each


def _near_another(seen: _Seen, most: float) -> Iterator[str]:
    for key, tickets in seen.items():
        if len(tickets) > 1 and _tells(key):
            for (before, first), (after, second) in pairwise(sorted(tickets)):
                if after - before <= most:
                    yield first
                    yield second


def _seams(seen: _Seen, since: float, until: float) -> Iterator[tuple[str, str]]:
    """Of those that are as new as the newest ones, or as old as the oldest."""
    for key, tickets in seen.items():
        for second, id_ in tickets:
            if (second >= since or second <= until) and _tells(key):
                yield id_, f"{zlib.crc32(repr(key).encode())} {second * 1000:.0f}"


def _by_key(dated: Iterable[tuple[float, Ticket]]) -> _Seen:
    """The times and ids of tickets whose reference and location are texts: of most of them that is all that is asked."""
    seen: _Seen = {}
    for second, ticket in dated:
        reference, place = ticket.properties.get("reference"), ticket.properties.get("location")
        if isinstance(reference, str) and isinstance(place, str):
            seen.setdefault((reference, place), []).append((second, ticket.id))
    return seen


def _tells(key: _Key) -> bool:
    """Whether a reference and a location say anything."""
    reference, place = key
    return bool(reference.strip()) and usable_id(place) is not None
