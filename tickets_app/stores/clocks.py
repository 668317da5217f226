"""The clock of a store: its zone and the hour at which its business day begins. Kept in this process for a few seconds."""

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver

from tickets_app.display.person import AWAY
from tickets_app.models import LocationClock

FRESH = 15.0  # seconds after which the database is asked again: other processes change it, too
PAUSE = 5.0  # seconds between tries while it is away

logger = logging.getLogger(__name__)


class StoreClock(NamedTuple):
    """A zone, and the hour (0 to 23) at which a business day begins there. A person's own days are one with 0."""

    zone: ZoneInfo
    turns_over: int = 0


@dataclass(frozen=True, slots=True)
class Clocks:
    """The clocks by location. `known`: whether they could ever be read; else that a location has none says nothing."""

    known: bool = False
    by_location: Mapping[str, StoreClock] = field(default_factory=dict)

    def of(self, location_id: str | None) -> StoreClock | None:
        """The clock of a location; None where its zone is not set."""
        return self.by_location.get(location_id) if location_id else None


class _Kept:
    """What this process read last, and when (seconds of `time.monotonic`) it asks again. Threads may both ask: no harm."""

    def __init__(self) -> None:
        self.clocks, self.due = Clocks(), 0.0

    def get(self) -> Clocks:
        """Ask where it is time to. While the database is away what was known goes on being so."""
        if time.monotonic() >= self.due:
            try:
                self.clocks, self.due = Clocks(known=True, by_location=_read()), time.monotonic() + FRESH
            except AWAY as error:
                self.due = time.monotonic() + PAUSE
                logger.warning("The stores' clocks could not be read (%s)", type(error).__name__)
        return self.clocks


_kept = _Kept()


def store_clocks() -> Clocks:
    """All clocks. At most one query, and none within FRESH seconds of another. Never raises."""
    return _kept.get()


def store_clock(location_id: str | None) -> StoreClock | None:
    """The clock of one location; None where its zone is not set, or nothing is known (`store_clocks().known`)."""
    return store_clocks().of(location_id)


def demand() -> None:
    """For what cannot be answered without the clocks: read them where they never were. Raises what the database raises."""
    if not _kept.clocks.known:
        _kept.clocks = Clocks(known=True, by_location=_read())


@receiver([post_save, post_delete], sender=LocationClock)
def forget_soon(**_: Any) -> None:
    """Ask the database again: one of them was changed here."""
    _kept.due = 0.0


def forget() -> None:
    """Know nothing any more: for tests that begin so."""
    _kept.clocks, _kept.due = Clocks(), 0.0


def _read() -> dict[str, StoreClock]:
    found = {}
    for location, zone, turns_over in LocationClock.objects.order_by().values_list("location", "zone", "turns_over"):
        try:
            found[location] = StoreClock(ZoneInfo(zone), turns_over)
        except (ZoneInfoNotFoundError, ValueError):  # another machine's time zone data may know more
            logger.warning("The zone %r of location %r is not known here", zone, location)
    return found
