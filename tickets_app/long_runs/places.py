"""A long answer's place: taken before it begins, kept while it lasts; who finds none is told how many come first."""

import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

from django.conf import settings
from django.http import HttpRequest

from tickets_app.gateway import shared
from tickets_app.gateway.places import LEASE, Waiting
from tickets_app.long_runs.progress import owner_of
from tickets_app.long_runs.reader import Reader

AGAIN = 5  # seconds until who waits asks again: what a script is told, and a page without JavaScript does
PATIENCE = 10.0  # seconds that a script is waited with for a place
LOOK = 0.5  # seconds between two looks meanwhile
_NOBODY = "nobody-"

_waiters = 0  # threads of this process that wait for a place: as many as there are places (dashboard/worker.py)
_counting = threading.Lock()


@dataclass(frozen=True, slots=True)
class InLine:
    """How somebody stands who waits, in words. `done` of `steps`: how far up the line they came."""

    heading: str
    advice: str
    done: int
    steps: int
    again: int = AGAIN


class Place:
    """A place that is held."""

    def __init__(self, person: str) -> None:
        """`person` has taken it."""
        self._person, self._told = person, time.monotonic()
        self._held = True

    def keep(self) -> bool:
        """It is still in use. To be called often, wherever it is asked whether to end: this is no reason to (False)."""
        if self._held and time.monotonic() - self._told > LEASE / 3:
            self._told = time.monotonic()
            shared.parts().places.keep(self._person)
        return False

    @contextmanager
    def kept(self) -> Iterator[None]:
        """It is in use for as long as this lasts: what is done in here may ask nobody for long whether to end."""
        ended = threading.Event()

        def keep() -> None:
            while not ended.wait(LEASE / 3):
                shared.parts().places.keep(self._person)

        thread = threading.Thread(target=keep, name="place", daemon=True)
        with suppress(
            RuntimeError
        ):  # no more threads just now: it is said where it is asked whether to end, as elsewhere
            thread.start()
        try:
            yield
        finally:
            ended.set()
            if thread.ident:
                thread.join()  # else it might say so after the place was given back

    def give_back(self) -> None:
        """It is not. Said again, it changes nothing."""
        if self._held:
            self._held = False
            shared.parts().places.give_back(self._person)


def person_of(request: HttpRequest) -> str:
    """Who has one place at a time. Whom nobody knows, such as a script on this machine alone, is somebody new each time."""
    owner = owner_of(request)
    return owner if owner != "nobody" else f"{_NOBODY}{secrets.token_hex(8)}"


def take(request: HttpRequest) -> Place | InLine:
    """A place, or how they stand in line: for pages, which ask again by themselves."""
    person = person_of(request)
    found = _take(person)
    if isinstance(found, InLine) and person.startswith(_NOBODY):
        shared.parts().places.leave(person)  # is somebody else the next time
    return found


def take_soon(request: HttpRequest) -> Place | InLine:
    """The same, waited for a few seconds: for programs. Few wait at a time, since each holds a thread."""
    person, reader, until = person_of(request), Reader(request), time.monotonic() + PATIENCE
    found = _take(person)
    with _waiter() as may_wait:
        pause = threading.Event()
        while isinstance(found, InLine) and may_wait and time.monotonic() < until and not reader.left:
            pause.wait(LOOK)
            found = _take(person)
    if isinstance(found, InLine) and (reader.left or person.startswith(_NOBODY)):
        shared.parts().places.leave(person)
    return found


def look(request: HttpRequest) -> InLine | None:
    """How somebody stands; None where it is their turn."""
    waiting = shared.parts().places.look(person_of(request))
    return _in_line(waiting) if waiting else None


def leave(request: HttpRequest) -> None:
    """They wait no longer."""
    shared.parts().places.leave(person_of(request))


def _take(person: str) -> Place | InLine:
    waiting = shared.parts().places.take(person)
    return _in_line(waiting) if waiting else Place(person)


@contextmanager
def _waiter() -> Iterator[bool]:
    global _waiters  # noqa: PLW0603 - one for the whole process is what it is for
    with _counting:
        may_wait = _waiters < settings.LONG_ANSWERS
        _waiters += may_wait
    try:
        yield may_wait
    finally:
        with _counting:
            _waiters -= may_wait


def _in_line(waiting: Waiting) -> InLine:
    advice = "So that pages stay quick, only a few exports, look-ups and counts are made at a time."
    if waiting.own:
        heading, advice = (
            "Another one of yours is being made",
            "Each person has one export, look-up or count at a time.",
        )
    elif waiting.before:
        heading = f"{waiting.before:,} {'person is' if waiting.before == 1 else 'people are'} before you"
    else:
        heading = "You are next"
    steps = waiting.first + 1
    return InLine(heading, advice, max(0, steps - 1 - waiting.before), steps)
