"""The names of the locations: a help that is never waited for. Without them tickets are shown with location ids."""

import logging
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from tickets_app.copper import spelling
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.resources import Location, legible

FRESH = 300.0  # seconds: a location is opened or renamed a few times a year
PAUSE = 30.0  # seconds between tries while they fail
BRIEF = 0.05  # seconds that anybody may wait for the very first names
WAIT = 2  # so many may wait for longer: each holds a thread that pages need
AGAIN = 2.0  # seconds after which the others ask again

logger = logging.getLogger(__name__)
_NUMBERS = re.compile(r"(\d{1,18})")


class State(StrEnum):
    """What is known of the names."""

    UNKNOWN = "unknown"  # not asked yet, or the answer is not there yet
    AWAITED = "awaited"  # the same, and as many wait for the answer as may: it is to be asked for in a while
    KNOWN = "known"
    FORBIDDEN = "forbidden"  # the key may not read Locations (COPPER_API.md, "Locations")
    FAILED = "failed"  # they could not be had just now; older names may be there


@dataclass(frozen=True, slots=True)
class Names:
    """Location names by id, in the order of the menu."""

    state: State = State.UNKNOWN
    by_id: Mapping[str, str] = field(default_factory=dict)

    def of(self, location_id: str) -> str:
        """Give the name, or the id where no name is known."""
        return self.by_id.get(location_id, location_id)


_LONGEST = 60  # characters of a name, and of a city, where something has to be seen behind it
_LOOKED_AT = 150  # characters of a name in which it has to differ: a list shows a few more


def _told_apart(locations: list[Location]) -> dict[str, str]:
    """Names by id. Behind those that look the same stands the city, and the id where that is missing or the same, too."""
    names = {one.id: one.name if spelling.seen(one.name) else one.id for one in locations}
    clashing = _clashing(names)
    cities = {one.id: city for one in locations if one.id in clashing and (city := _city(one))}
    found = names | {id_: _with(names[id_], cities.get(id_, id_)) for id_ in clashing}
    for id_ in _clashing(found):
        found[id_] = _with(names[id_], f"{cities[id_]}, {id_}" if id_ in cities else id_)
    for id_ in _clashing(found):  # where somebody named a location as we would
        found[id_] = _with(found[id_], id_)
    return found


def _clashing(names: Mapping[str, str]) -> set[str]:
    """The ids whose names look like another's."""
    looks = {id_: " ".join(spelling.seen(name).split())[:_LOOKED_AT] for id_, name in names.items()}
    times = Counter(looks.values())
    return {id_ for id_, look in looks.items() if times[look] > 1}


def _city(location: Location) -> str:
    address = location.properties.get("address")
    city = address.get("city") if isinstance(address, dict) else None
    return legible(city.strip())[:_LONGEST] if isinstance(city, str) and spelling.seen(city) else ""


def _with(name: str, more: str) -> str:
    short = name if len(name) <= _LONGEST else f"{name[:_LONGEST]}…"
    return f"{short} ({more})" if name != more else name


class Directory:
    """Keeps the names in this process and refreshes them in a thread of its own."""

    def __init__(self, load: Callable[[], list[Location]]) -> None:
        """`load` gives all locations or raises CopperError; it is called in a background thread."""
        self._load = load
        self._names = Names()
        self._due = 0.0
        self._refresh: threading.Thread | None = None
        self._lock = threading.Lock()
        self._seats = threading.BoundedSemaphore(WAIT)

    def refresh_when_due(self) -> None:
        """Start a refresh in the background if it is time for one and none is under way."""
        with self._lock:
            if self._refresh is None and time.monotonic() >= self._due:
                refresh = threading.Thread(target=self._run, name="location-names", daemon=True)
                try:
                    refresh.start()
                except RuntimeError as error:  # no more threads just now; nobody can wait for one that was not started
                    self._due = time.monotonic() + PAUSE
                    logger.warning("Location names: %s", error)
                else:
                    self._refresh = refresh

    def names(self, patience: float) -> Names:
        """Give what is known; while nothing is known at all, wait up to `patience` seconds for the first answer.

        Only a few wait for longer than BRIEF. The others are told at once that it is AWAITED.
        """
        refresh = self._refresh
        if self._names.state is State.UNKNOWN and refresh is not None:
            refresh.join(min(patience, BRIEF))
            if patience > BRIEF and refresh.is_alive() and not self._waited(refresh, patience - BRIEF):
                return Names(State.AWAITED)
        return self._names

    def _waited(self, refresh: threading.Thread, seconds: float) -> bool:
        """Wait for a refresh, and say whether there was a seat for that."""
        if not self._seats.acquire(blocking=False):
            return False
        try:
            refresh.join(seconds)
        finally:
            self._seats.release()
        return True

    def _run(self) -> None:
        try:
            found = _told_apart(self._load())
            self._names = Names(State.KNOWN, dict(sorted(found.items(), key=lambda item: _place_in_menu(item[1]))))
            self._due = time.monotonic() + FRESH
        except CopperError as error:
            state = State.FORBIDDEN if error.kind is Kind.FORBIDDEN else State.FAILED
            self._names = Names(state, self._names.by_id)
            self._due = time.monotonic() + (FRESH if state is State.FORBIDDEN else PAUSE)
            logger.warning("Location names: %s", error)
        finally:
            with self._lock:
                self._refresh = None


def _place_in_menu(name: str) -> list[str | int]:
    """Numbers as people count: “Store 2” stands before “Store 10”."""
    parts = _NUMBERS.split(name.casefold())
    return [int(part) if place % 2 else part for place, part in enumerate(parts)]
