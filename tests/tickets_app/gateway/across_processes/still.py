"""Processes that stand still between two steps of a test: no threads, no time that passes, and Redis as the test has it."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from hypothesis import Phase, settings

from tests import redis_server
from tickets_app.copper.http.slots import Slots
from tickets_app.copper.http.turns import Urgency, Waiter
from tickets_app.gateway.across_processes import peers as module
from tickets_app.gateway.across_processes.peers import Peers
from tickets_app.gateway.cache import Guard

PATIENT = {"socket_timeout": 60, "socket_connect_timeout": 60}
AGES = 3600.0 * 24  # seconds: nothing is over before the test says so
# A failure is given as it was found: to look for a shorter one takes longer than a test may.
MANY = settings(
    max_examples=80, stateful_step_count=30, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate)
)
PAST = 1  # when the lease of one who is dead ended, in ms


class Still(Peers):
    """What one process tells the others, and hears when it is told to look. `away`: Redis is; `mute`: only its replies."""

    def __init__(self, name: str) -> None:
        super().__init__(redis_server.URL, PATIENT, name, Guard(), lease=AGES)
        self.away = self.mute = False
        self._guard = self._use

    def _use(self, use: Callable[[], Any]) -> Any:
        if self.away:
            return None
        found = use()
        return None if self.mute else found

    def _listen(self) -> bool:
        """No thread."""
        return True

    def read(self) -> None:
        """Open all that lies in the inbox."""
        while not self.away and (message := self._redis.lpop(self._key("inbox:") + self._me)):
            self._open(message)

    def beat(self) -> None:
        """Say that it lives, as a process does that holds or awaits anything."""
        if self._busy():
            self._beat()


class Town:
    """Redis for some processes that nobody else knows."""

    def __init__(self) -> None:
        self.peers = [Still(name := secrets.token_hex(4))]
        self._name, self._redis = name, self.peers[0]._redis

    def newcomer(self) -> Still:
        """One process more."""
        self.peers.append(Still(self._name))
        return self.peers[-1]

    def key(self, name: str) -> str:
        return self.peers[0]._key(name)

    def lapse(self, peers: Still) -> None:
        """More time passes than the lease of a process that said nothing."""
        self._redis.zadd(self.key("alive"), {peers._me: PAST}, xx=True)

    def lapse_all_but(self, living: set[str]) -> None:
        """The same for all names but these."""
        for name in self._redis.zrange(self.key("alive"), 0, -1):
            if name.decode() not in living:
                self._redis.zadd(self.key("alive"), {name: PAST}, xx=True)

    def empty(self) -> None:
        """Redis forgets everything, as after a restart."""
        if keys := list(self._redis.scan_iter(f"{self.key('')}*", count=1000)):
            self._redis.delete(*keys)

    def alive(self) -> set[str]:
        """The names that Redis takes for those of the living."""
        return {name.decode() for name in self._redis.zrangebyscore(self.key("alive"), f"({PAST}", "+inf")}

    def accounts(self) -> dict[str, dict[str, Any]]:
        """What Redis holds of each process."""
        return {name.decode(): json.loads(text) for name, text in self._redis.hgetall(self.key("accounts")).items()}

    def close(self) -> None:
        """Leave nothing behind."""
        self.empty()
        for peers in self.peers:
            peers._redis.close()
            peers._listening.close()
            peers._redis.connection_pool.disconnect()


class Requests(Slots):
    """Slots whose requests are begun and ended by hand, where `hold` would block."""

    def begin(self, urgency: Urgency = Urgency.FIRST_ROWS) -> None:
        """A request wants a slot."""
        with self._lock:
            self._waiting.append(Waiter("a", urgency))
        self._settle()

    def end(self) -> None:
        """One that has a slot is done."""
        with self._lock:
            self._held["a"] -= 1
            self._returned += 1
        self._settle()

    def give_up(self) -> None:
        """The one that waits longest waits no more."""
        self._gave_up(self._waiting[0])
        self._settle()


def without_time(monkeypatch: Any) -> None:
    """No message ends by itself, as no lease does here."""
    for name in ("LONGEST", "KEPT"):
        monkeypatch.setattr(module, name, AGES)


def beginning(peers: Still, number: int, most: int = 4) -> Requests:
    slots = Requests(most, pool=peers)
    for _ in range(number):
        slots.begin()
    return slots
