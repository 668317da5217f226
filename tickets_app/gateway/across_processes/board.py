"""A little that all processes know and change, one after the other: in Redis where there is one, else in this process."""

import json
import logging
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from tickets_app.gateway.across_processes.client import client
from tickets_app.gateway.cache import Guard

State = dict[str, Any]  # JSON
Found = TypeVar("Found")
KEPT = 3600  # seconds after the last change
_UNREADABLE = (LookupError, TypeError, ValueError, AttributeError)  # what a state of another shape gives

logger = logging.getLogger(__name__)


class Board:
    """One state. Changing it twice means the same as changing it once: Redis may have done it and not have said so."""

    def __init__(
        self, guard: Guard, url: str | None = None, options: Mapping[str, Any] | None = None, key: str = ""
    ) -> None:
        """`url` and `options` as Django's cache has them, where it is a Redis; `key`: the same for all that share it."""
        self._redis = client(url, options or {}) if url else None
        self._guard, self._key = guard, key
        self._lock = threading.Lock()
        self._own: State = {}
        self._said = False

    def change(self, change: Callable[[State, float], Found]) -> Found:
        """Give what `change` gives; it is handed the state, and seconds of a clock: of the machine of Redis, which may be
        set back, or else of this process, which goes on only. It may be called several times.
        """
        found = self._guard(lambda: self._in_redis(change)) if self._redis else None
        if found is not None:
            return found[0]
        with self._lock:
            return change(self._own, time.monotonic())

    def _in_redis(self, change: Callable[[State, float], Found]) -> tuple[Found]:
        assert self._redis is not None  # noqa: S101 - for the type checker: the caller looked

        def step(pipe: Any) -> Any:
            """May be called again: another process was quicker."""
            state, (seconds, microseconds) = _read(pipe.get(self._key)), pipe.time()
            before = json.dumps(state)
            now = seconds + microseconds / 1_000_000
            try:
                found = change(state, now)
            except _UNREADABLE as error:  # nothing is wrong with Redis: all else that it is used for goes on
                self._say(error)
                state = {}
                found = change(state, now)
            pipe.multi()
            if (after := json.dumps(state)) != before:
                pipe.set(self._key, after, ex=KEPT)
            return (found,)

        done: Any = self._redis.transaction(step, self._key, value_from_callable=True)
        found: tuple[Found] = done
        return found

    def _say(self, error: Exception) -> None:
        if not self._said:
            self._said = True
            logger.warning("What processes know together could not be read (%s); it begins anew", type(error).__name__)


def _read(text: bytes | str | None) -> State:
    try:
        state = json.loads(text or "{}")
    except ValueError:
        return {}
    return state if isinstance(state, dict) else {}
