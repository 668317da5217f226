"""The tickets and locations of one account, sorted so that a page costs a few look-ups and not a scan."""

import itertools
import threading
from bisect import bisect_left, bisect_right, insort
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Self

from copper_sandbox.generate import Shop
from copper_sandbox.rows import Json, Row
from copper_sandbox.times import nanoseconds


@dataclass(frozen=True, slots=True)
class Bounds:
    """The database query of one list: nanoseconds, both ends included."""

    location: str | None = None
    low: int | None = None
    high: int | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """The rows that the database query returned, newest first, and whether it has more."""

    rows: Sequence[Row]
    has_more: bool


_KEY = attrgetter("key")


class Store:
    """Safe to change while it is served."""

    def __init__(self, tickets: Iterable[Json] = (), locations: Iterable[Json] = ()) -> None:
        """Serve exactly these dicts; among equal times the order is that of `tickets` (newest first)."""
        self._lock = threading.RLock()
        self._all: list[Row] = []
        self._by_location: dict[str, list[Row]] = {}
        self._by_id: dict[str, Row] = {}
        self._arrivals = itertools.count(1)
        self.locations: dict[str, Json] = {}
        for location in locations:
            self.locations[str(location["id"])] = {"object": "location", **location}
        self.insert(self._row(ticket, -place) for place, ticket in enumerate(tickets, 1))

    @classmethod
    def generate(cls, *, tickets: int, days: float = 60, seed: int = 7, now: datetime | None = None) -> Self:
        """Make realistic data of the `days` before `now`, the same for the same arguments."""
        shop = Shop(seed)
        store = cls(locations=shop.locations)
        store.insert(shop.rows(tickets, days, now))
        return store

    @staticmethod
    def _row(ticket: Json, place: int) -> Row:
        body = {"object": "ticket", **ticket}
        location, reference = ticket.get("location"), ticket.get("reference")
        at = nanoseconds(ticket.get("created"))
        return Row(
            (at if at is not None else 0, place),
            str(ticket["id"]),
            location if isinstance(location, str) else None,
            reference if isinstance(reference, str) else None,
            lambda: body,
        )

    def insert(self, rows: Iterable[Row]) -> None:
        """Add many rows at once."""
        made = sorted(rows, key=_KEY)
        with self._lock:
            self._all = sorted([*self._all, *made], key=_KEY)
            for row in made:
                self._by_id[row.id] = row
                if row.location is not None:
                    self._by_location.setdefault(row.location, []).append(row)
            for rows_there in self._by_location.values():
                rows_there.sort(key=_KEY)

    def add(self, ticket: Json) -> None:
        """One ticket arrives; among equal times it is the newest."""
        self.add_row(self._row(ticket, next(self._arrivals)))

    def add_row(self, row: Row) -> None:
        """One made row arrives."""
        with self._lock:
            insort(self._all, row, key=_KEY)
            self._by_id[row.id] = row
            if row.location is not None:
                insort(self._by_location.setdefault(row.location, []), row, key=_KEY)

    def delete(self, ticket_id: str) -> None:
        """A ticket vanishes. Raises KeyError for an unknown one."""
        with self._lock:
            row = self._by_id.pop(ticket_id)
            self._all.remove(row)
            if row.location is not None:
                self._by_location[row.location].remove(row)

    def ticket(self, ticket_id: str) -> Row | None:
        """One ticket by its id."""
        return self._by_id.get(ticket_id)

    def __len__(self) -> int:
        return len(self._all)

    def __iter__(self) -> Iterator[Row]:
        with self._lock:
            return iter(list(self._all))

    def window(self, bounds: Bounds, limit: int, *, after: Row | None = None, before: Row | None = None) -> Window:
        """Run the database query: at most `limit` rows older than `after`, or directly newer than `before`."""
        with self._lock:
            rows = self._all if bounds.location is None else self._by_location.get(bounds.location, [])
            low = 0 if bounds.low is None else bisect_left(rows, (bounds.low, -(10**18)), key=_KEY)
            high = len(rows) if bounds.high is None else bisect_right(rows, (bounds.high, 10**18), key=_KEY)
            if before is not None:
                low = max(low, bisect_right(rows, before.key, key=_KEY))
                return Window(rows[low : min(low + limit, high)][::-1], low + limit < high)
            if after is not None:
                high = min(high, bisect_left(rows, after.key, key=_KEY))
            return Window(rows[max(low, high - limit) : max(low, high)][::-1], high - limit > low)

    def truth(self, **filters: str) -> list[Json]:
        """All tickets that match, newest first, by plain comparison of every one: what a right client must find."""
        with self._lock:
            rows = sorted(self._all, key=_KEY, reverse=True)
        return [row.make() for row in rows if _matches(row, filters)]


def _matches(row: Row, filters: Mapping[str, str]) -> bool:
    at = row.key[0]
    for name, value in filters.items():
        bound = nanoseconds(value) or 0
        fits = {
            "location": row.location == value,
            "search_query": search_matches(value, row.reference),
            "created_gte": at >= bound,
            "created_gt": at > bound,
            "created_lte": at <= bound,
            "created_lt": at < bound,
        }
        if not fits[name]:
            return False
    return True


def search_matches(search_query: str, reference: str | None) -> bool:
    """What "matches" means is not documented; here: contains, whatever the case."""
    return reference is not None and search_query.casefold() in reference.casefold()
