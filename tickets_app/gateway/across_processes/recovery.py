"""Whether Copper answers again, told among processes through Redis: one of them probes, and all hear of it."""

import secrets
from collections.abc import Mapping
from typing import Any

from tickets_app.gateway.across_processes.client import client
from tickets_app.gateway.cache import Guard

KEPT = 60.0  # seconds for which it stands that it answered


class Recovery:
    """What breakers tell each other (the `Others` of copper/http/breaker.py). Without Redis each probes for itself."""

    def __init__(self, url: str, options: Mapping[str, Any], name: str, guard: Guard) -> None:
        """`url` and `options` as Django's cache has them; `name`: the same for all processes that share."""
        self._redis = client(url, options)
        self._guard, self._prefix = guard, f"copper-tickets:1:{{{name}}}:"
        self._probe = f"{self._prefix}probe"

    def may_probe(self, seconds: float) -> bool:
        """Whether nobody has probed within so many seconds. Then this process does, and nobody else for as long."""
        ms = max(1, int(seconds * 1000))
        return self._guard(lambda: bool(self._redis.set(self._probe, "1", nx=True, px=ms))) is not False

    def are_probing(self) -> bool:
        """Whether somebody has probed lately, and Copper did not answer."""
        return bool(self._guard(lambda: self._redis.exists(self._probe)))

    def tell(self) -> None:
        """Say that Copper answered a probe, and that none is needed any more."""
        key = f"{self._prefix}answered"

        def said() -> None:
            self._redis.set(key, secrets.token_hex(8), px=int(KEPT * 1000))
            self._redis.delete(self._probe)

        self._guard(said)

    def told(self) -> str | None:
        """What was told last: another text each time. None where nothing was, or it was long ago."""
        found = self._guard(lambda: self._redis.get(f"{self._prefix}answered"))
        return found.decode("ascii", "replace") if isinstance(found, bytes) else None
