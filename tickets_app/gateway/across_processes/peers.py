"""This process among the others: that it lives, what it holds and what it waits for, told to Redis, and its inbox there."""

import itertools
import json
import logging
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from tickets_app.copper.http.slots import Account
from tickets_app.gateway.across_processes.client import client
from tickets_app.gateway.cache import Guard

BEAT = 0.5  # seconds between the signs that it lives, while it holds or awaits anything
LINGER = 5.0  # seconds the inbox is read on after nothing is awaited any more
LONGEST = 60.0  # seconds a request to Copper can be under way, deadlines included
KEPT = 10.0  # seconds a message waits to be read
_ROOM = 0.5  # seconds that Redis may at least be late with "nothing came"

logger = logging.getLogger(__name__)


class Peers:
    """Shares slots (the `Pool` of copper/http/slots.py) and requests under way with the other processes of one account."""

    def __init__(self, url: str, options: Mapping[str, Any], name: str, guard: Guard, *, lease: float) -> None:
        """`url` and `options` as Django's cache has them; `name`: the same for all processes that share, as is `lease`.

        That is after how many seconds a process that says nothing is taken for dead, and what it held is free again.
        """
        self._redis = client(url, options)
        listening = {**options, "socket_timeout": BEAT + max(_ROOM, options.get("socket_timeout") or 0.0)}
        self._listening = client(url, listening)
        self._guard, self._lease, self._prefix = guard, lease, f"copper-tickets:1:{{{name}}}:"
        self._me = secrets.token_hex(8)
        self._settle, self._join, self._land = (
            self._redis.register_script((Path(__file__).parent / f"{script}.lua").read_text())
            for script in ("settle", "join", "land")
        )
        self._account = Account()
        self._heard: Callable[[int | None], None] = lambda _granted: None
        self._lock = threading.Lock()  # one account at a time, the newest last
        self._state = threading.Lock()
        self._awaited: dict[str, tuple[int, Callable[[str], None]]] = {}  # the question's number, and whom to tell
        self._numbers = itertools.count(1)
        self._flying = 0
        self._thread: threading.Thread | None = None

    # Slots

    def attach(self, heard: Callable[[int | None], None]) -> None:
        """Call `heard` with the slots this process was ever granted, or None, when that changes."""
        self._heard = heard

    def settle(self, account: Account) -> int | None:
        """Tell the account of this process; give the slots it was ever granted, None without Redis."""
        with self._lock:
            self._account = account
            granted = self._tell()
        return granted if self._listen() else None

    def _tell(self) -> int | None:
        one = self._account
        keys = [self._key("alive"), self._key("accounts")]
        numbers = (one.granted, one.returned, one.target, one.limit)
        args = [self._me, _ms(self._lease), *numbers, self._key("inbox:"), _ms(KEPT), *one.waiting]
        granted = self._call(self._settle, keys, args)
        if granted is None:
            return None
        self._note(int(granted))
        return int(granted)

    def _note(self, granted: int) -> None:
        """Say at the next sign of life, too, what was granted since the account was told: Redis may be empty by then."""
        self._account = replace(self._account, granted=max(self._account.granted, granted))

    # Requests under way

    def join(self, flight: str, landed: Callable[[str], None], *, again: bool) -> bool | None:
        """Say whether this process shall make the request `flight`; None without Redis, so it may.

        Where it shall not, `landed` is called with what the one that makes it says, unless that one dies: join `again` then.
        """
        with self._state:
            # An answer to the question before this one may still be under way to the inbox.
            before = self._awaited.get(flight) if again else None
            number = before[0] if before else next(self._numbers)
            self._awaited[flight] = number, landed
        found = self._call(
            self._join,
            [self._key("alive"), *self._keys(flight)],
            [self._me, _ms(self._lease), _ms(LONGEST), int(again), number],
        )
        if isinstance(found, bytes):
            self._open(found, question=number)
            return False
        leads = None if found is None else found == 1
        if leads is not False:
            with self._state:
                self._awaited.pop(flight, None)
                self._flying += bool(leads)
        if not self._listen() and leads is False:
            self.leave(flight)
            return None
        return leads

    def leave(self, flight: str) -> None:
        """Wait no more."""
        with self._state:
            self._awaited.pop(flight, None)

    def land(self, flight: str, outcome: str) -> None:
        """Tell those who wait what became of the request that this process was to make."""
        with self._state:
            self._flying -= 1
        message = json.dumps({"flight": flight, "outcome": outcome})
        args = [self._me, message, self._key("inbox:"), _ms(KEPT), _ms(self._lease)]
        self._call(self._land, self._keys(flight), args)

    def _keys(self, flight: str) -> list[str]:
        return [self._key(f"{what}:{flight}") for what in ("flight", "asking", "outcome")]

    def _call(self, script: Callable[..., Any], keys: list[str], args: list[Any]) -> Any:
        """Run a script; None without Redis."""
        found = self._guard(lambda: script(keys=keys, args=args))
        if found is None:
            # Redis may have done it and only not have said so. Under a new name we owe nothing: the old one is dead soon.
            self._me = secrets.token_hex(8)
        return found

    # The inbox

    def _listen(self) -> bool:
        """See that somebody reads the inbox and says that this process lives; say whether anybody does who has to."""
        if not self._busy():
            return True
        with self._state:
            if self._thread is None:
                thread = threading.Thread(target=self._read, name="peers", daemon=True)
                try:
                    thread.start()
                except RuntimeError as error:  # no more threads just now: as without Redis, until it is tried again
                    logger.warning("Other processes are not listened to: %s", error)
                    return False
                self._thread = thread
        return True

    def _busy(self) -> bool:
        one = self._account
        return bool(self._awaited or self._flying or one.target > one.returned)

    def _read(self) -> None:
        pause = threading.Event()
        beat = busy = time.monotonic()
        while True:
            started = time.monotonic()
            found = self._guard(lambda: self._listening.blpop([self._key("inbox:") + self._me], timeout=BEAT))
            if found is not None:
                self._open(found[1])
            elif (early := started + BEAT - time.monotonic()) > 0:
                pause.wait(early)  # without Redis nothing blocks
            now = time.monotonic()
            busy = now if self._busy() else busy
            if now >= beat + BEAT and self._busy():
                beat = now
                self._beat()
            with self._state:
                if not self._busy() and now - busy > LINGER:
                    self._thread = None
                    return

    def _beat(self) -> None:
        with self._lock:
            granted = self._tell()
        self._heard(granted)

    def _open(self, raw: bytes | str, **more: object) -> None:
        """Read a message, with `more` in it that this process knows by itself."""
        try:
            message = {**json.loads(raw), **more}
            if "slots" in message:
                granted = int(message["slots"])
                with self._lock:
                    self._note(granted)
                self._heard(granted)
                return
            self._hand_over(message)
        except (ValueError, TypeError, KeyError):
            logger.warning("A message of another process could not be read")

    def _hand_over(self, message: Mapping[str, Any]) -> None:
        flight = message["flight"]
        with self._state:
            number, landed = self._awaited.get(flight, (None, None))
            if landed is None or number != message["question"]:
                return
            del self._awaited[flight]
        landed(str(message["outcome"]))

    def _key(self, name: str) -> str:
        return self._prefix + name


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
