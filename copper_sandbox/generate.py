"""Realistic tickets: restaurants and shops in several time zones, busy at noon and in the evening, nearly empty at night.

What the database query needs is made at once; the rest of a ticket is made when it is served, always the same.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from hashlib import blake2b
from zoneinfo import ZoneInfo

from copper_sandbox.places import HOSTILE_REFERENCES, MENUS, PLACES, SERVERS, Place
from copper_sandbox.rows import Json, Row
from copper_sandbox.times import nanoseconds, spelled

# How busy each hour of a local day is: lunch and dinner are ten times and more what the night is.
_HOURS = {
    "restaurant": [1, 0.3, 0.1, 0.1, 0.1, 0.3, 1, 3, 4, 3, 3, 8, 16, 14, 6, 4, 5, 9, 15, 17, 13, 8, 4, 2],
    "shop": [0.1, 0.1, 0.1, 0.1, 0.1, 0.2, 0.5, 2, 5, 8, 10, 12, 13, 11, 10, 11, 13, 14, 10, 5, 2, 1, 0.5, 0.2],
}
_ID_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789"
_DAY = 86_400  # seconds
_QUANTITIES = (1, 1, 1, 2, 3)
_STATUSES = ("paid",) * 90 + ("open",) * 5 + ("voided",) * 3 + ("refunded",) * 2
_BRANDS = ("visa", "mastercard", "amex")


class Shop:
    """A company with its locations; the same seed makes the same tickets."""

    def __init__(self, seed: int) -> None:
        """Choose the company by its seed."""
        self._random = random.Random(seed)
        self.locations = [place.location() for place in PLACES]
        self._weights = [place.weight for place in PLACES]

    def rows(self, count: int, days: float, now: datetime | None) -> Iterator[Row]:
        """Make `count` tickets of the `days` before `now`."""
        rng, now = self._random, now or datetime.now(UTC)
        places = rng.choices(PLACES, self._weights, k=count)
        moments = sorted(((_moment(rng, place, days, now), place) for place in places), key=lambda made: made[0])
        before = now
        for number, (moment, place) in enumerate(moments):
            at = before if 0 < number % 211 < 3 else moment  # a few share one timestamp to the millisecond
            before = at
            yield self._row(rng, number, at, place)

    def arrival(self, number: int) -> Row:
        """Make a ticket that is rung up now."""
        place = self._random.choices(PLACES, self._weights)[0]
        return self._row(self._random, 10_000_000 + number, datetime.now(UTC), place)

    def _row(self, rng: random.Random, number: int, at: datetime, place: Place) -> Row:
        seed = rng.getrandbits(32)
        created = spelled(at, fraction=seed % 9 != 0)
        ticket_id = "tkt_" + "".join(rng.choices(_ID_LETTERS, k=16))
        location = None if seed % 397 == 0 else place.id
        reference = _reference(rng, number, place)
        make = partial(_ticket, seed, ticket_id, created, reference, location, place)
        return Row((nanoseconds(created) or 0, number), ticket_id, location, reference, make, constant=True)


def _moment(rng: random.Random, place: Place, days: float, now: datetime) -> datetime:
    """A time at which this place is open, within the `days` before `now`."""
    zone = ZoneInfo(place.zone)
    while True:
        day = (now - timedelta(days=rng.random() * days)).astimezone(zone).date()
        hour = rng.choices(range(24), _HOURS[place.kind])[0]
        start = datetime(day.year, day.month, day.day, hour, tzinfo=zone).astimezone(UTC)
        at = start + timedelta(milliseconds=rng.randrange(3_600_000))
        if now - timedelta(days=days) <= at <= now:
            return at
        if days < 1:  # too short for daily peaks
            return now - timedelta(seconds=rng.random() * days * _DAY)


def _reference(rng: random.Random, number: int, place: Place) -> str | None:
    chance = rng.random()
    if chance < 0.02:
        return None
    if chance < 0.025:
        return rng.choice(HOSTILE_REFERENCES)
    if place.kind == "shop":
        return f"R-{10_000 + number}"
    if chance < 0.15:
        return f"Table {rng.randrange(1, 41)}"
    return str(1000 + number % 9000)


def _ticket(seed: int, id_: str, created: str, reference: str | None, location: str | None, place: Place) -> Json:
    """Make the whole ticket, the same each time: a byte of a hash is a roll of the dice, since that costs next to nothing."""
    rolled = blake2b(seed.to_bytes(4, "big"), digest_size=20).digest()
    items: list[Json] = []
    menu, subtotal = list(MENUS[place.kind]), 0
    for choice, count in zip(rolled[: 1 + rolled[8] % 4], rolled[4:8], strict=False):
        name, amount = menu.pop(choice % len(menu))
        quantity = _QUANTITIES[count % len(_QUANTITIES)]
        items.append({"name": name, "quantity": quantity, "unit_amount": amount})
        subtotal += quantity * amount
    tax = subtotal * place.tax // 1000
    total = subtotal + tax
    status = _STATUSES[rolled[9] % len(_STATUSES)]
    body: Json = {"id": id_, "object": "ticket", "created": created, "reference": reference, "location": location}
    if reference is None and seed % 2:
        del body["reference"]  # missing altogether
    body["status"] = status
    body["currency"] = place.currency
    body["total"] = f"{total // 100}.{total % 100:02}"
    body["amount"] = total
    body["amount_tax"] = tax
    body["items"] = items
    body["payment"] = _payment(rolled[10:15]) if status in {"paid", "refunded"} else None
    body["metadata"] = _metadata(rolled[15:18], place)
    return body


def _payment(rolled: bytes) -> Json:
    if rolled[0] % 5 == 0:
        return {"method": "cash"}
    brand, last4 = _BRANDS[rolled[1] % len(_BRANDS)], int.from_bytes(rolled[2:4], "big") % 10_000
    return {"method": "card", "brand": brand, "last4": f"{last4:04}", "contactless": rolled[4] % 10 < 7}


def _metadata(rolled: bytes, place: Place) -> Json:
    who = SERVERS[rolled[0] % len(SERVERS)]
    if place.kind == "shop":
        return {"till": 1 + rolled[1] % 4, "cashier": who}
    return {"table": 1 + rolled[1] % 40, "server": who, "guests": 1 + rolled[2] % 6}
