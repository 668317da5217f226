"""Whose days a list's days are: the reader's, or where one location with a clock of its own is chosen, that store's."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from zoneinfo import ZoneInfo

from tickets_app.display.zones import zone_mark
from tickets_app.filters.times import from_hour, zone_place
from tickets_app.stores.clocks import StoreClock, store_clocks


class State(Enum):
    """Why days are whose they are."""

    NO_PLACE = "no location is chosen"
    STORE = "its location has a clock"
    NOT_SET = "nobody has said in which zone its location is"
    UNKNOWN = "what was said cannot be read: the database is away"


@dataclass(frozen=True, slots=True)
class WhoseDays:
    """`clock`: the zone and the hour at which days turn over there."""

    clock: StoreClock
    state: State

    @property
    def of_store(self) -> bool:
        """Whether they are a store's."""
        return self.state is State.STORE

    def words(self, place: str, reader: ZoneInfo, now: datetime) -> str:
        """Say it on the page of a reader, whose zone times of day have; nothing where there is no choice."""
        own = zone_place(reader, now)
        if self.state is State.STORE:
            mark = zone_mark(now.astimezone(self.clock.zone))
            return f"Days are {place}’s ({mark}){from_hour(self.clock.turns_over)}. Times of day are in {own}."
        if self.state is State.NOT_SET:
            return f"{place}: zone not set. Days are in {own}."
        if self.state is State.UNKNOWN:
            return f"The zone of {place} cannot be read just now. Days are in {own}."
        return ""


def whose_days(location: str, reader: ZoneInfo) -> WhoseDays:
    """Whose days are meant where this location is chosen (empty: none is). Never raises."""
    own = StoreClock(reader)
    if not location:
        return WhoseDays(own, State.NO_PLACE)
    clocks = store_clocks()
    if clock := clocks.of(location):
        return WhoseDays(clock, State.STORE)
    return WhoseDays(own, State.NOT_SET if clocks.known else State.UNKNOWN)
