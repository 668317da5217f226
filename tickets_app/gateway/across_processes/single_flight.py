"""One request to Copper for all processes that want the same at the same time: one makes it, and tells the others."""

import json
import threading
from collections.abc import Callable
from dataclasses import asdict

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import answer
from tickets_app.gateway.across_processes.peers import BEAT, Peers
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.metrics import cache_answers

LOST = CopperError(Kind.BUSY, "another process failed", attempts=0)


class _Arrival:
    """What another process says, once it does."""

    def __init__(self) -> None:
        self.event, self.text = threading.Event(), ""

    def __call__(self, text: str) -> None:
        self.text = text
        self.event.set()


def is_lack_of_time(error: CopperError) -> bool:
    """Whether somebody only ran out of their own time: that says nothing to those who wait for the same answer."""
    return error.kind in {Kind.TIMEOUT, Kind.BUSY}


class Flights:
    """Single flight over processes. Without Redis everyone flies alone."""

    def __init__(self, peers: Peers) -> None:
        """`peers`: the other processes."""
        self._peers = peers

    def get(self, key: str, load: Callable[[], Kept], deadline: Deadline) -> Kept:
        """Give what `load` gives, here or in another process.

        Raises CopperError: what `load` raised; TIMEOUT when the wait was too long.
        """
        waited = False
        while not (waited and deadline.passed):
            arrived = _Arrival()
            if (leads := self._peers.join(key, arrived, again=waited)) is not False:
                return self._fly(key, load, told=bool(leads))
            # Who makes the request may die: after a while it is asked again who does.
            if arrived.event.wait(min(BEAT, deadline.remaining())):
                found = _read(arrived.text)
                if isinstance(found, Kept):
                    cache_answers.labels("shared").inc()
                    return found
                if not is_lack_of_time(found):
                    raise found
            waited = not arrived.text
        self._peers.leave(key)
        raise CopperError(Kind.TIMEOUT, "waited for the same request of another process", attempts=0)

    def _fly(self, key: str, load: Callable[[], Kept], *, told: bool) -> Kept:
        outcome = _written(LOST)
        try:
            found = load()
            outcome = found.dump()
            return found
        except CopperError as error:
            outcome = _written(error)
            raise
        finally:
            if told:
                self._peers.land(key, outcome)


def _written(error: CopperError) -> str:
    return json.dumps({"error": asdict(error)})


def _read(text: str) -> Kept | CopperError:
    """What another process wrote; one of another version may write something else."""
    if found := answer.load(text):
        return found
    try:
        facts = json.loads(text)["error"]
        return CopperError(**{**facts, "kind": Kind(facts["kind"])})
    except (ValueError, TypeError, KeyError):
        return LOST
