"""Django's cache as a help that may be gone: what is put there can be missing, and a failure of it fails nothing."""

import logging
import time
from collections.abc import Callable
from typing import Any, TypeVar

from django.core.cache import caches
from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache

VERSION = "4"  # part of every key: a changed shape must not be read by older or newer processes
REST = 10.0  # seconds the cache is left alone after it failed (RELIABILITY.md, row 74)

logger = logging.getLogger(__name__)
Found = TypeVar("Found")


class Texts:
    """How texts lie in Redis: as they are. Django's own way there is pickle, and reading that runs whatever is in it."""

    def dumps(self, text: str) -> bytes:
        """Give what is kept."""
        return text.encode("utf-8", "surrogatepass")

    def loads(self, kept: bytes) -> str | None:
        """Give the text; None for what is none. Others may write into the same Redis."""
        try:
            return kept.decode("utf-8", "surrogatepass")
        except UnicodeDecodeError:
            return None


class TextRedisCache(RedisCache):
    """Django's Redis, for texts alone (CACHES)."""

    def __init__(self, server: str | list[str], params: dict[str, Any]) -> None:
        super().__init__(server, {**params, "OPTIONS": {**params.get("OPTIONS", {}), "serializer": Texts}})


class QuickLocMemCache(LocMemCache):
    """Django's memory of one process, without its look at each key (CACHES)."""

    def validate_key(self, key: str) -> None:
        """Take any. Django asks whether memcached would, thirty times for the bars above a list of a month."""


class Guard:
    """Uses the cache's server, unless it failed a moment ago: pages must come without it, and not wait for it each time."""

    def __init__(self) -> None:
        self._rests_until = 0.0

    def __call__(self, use: Callable[[], Found]) -> Found | None:
        """Give what `use` gives, or None where the server fails or rests from a failure."""
        if time.monotonic() < self._rests_until:
            return None
        try:
            return use()
        except Exception as error:  # each cache backend raises its own kinds, and all mean "no cache"
            if time.monotonic() >= self._rests_until:  # else another thread has just said it
                self._rests_until = time.monotonic() + REST
                logger.warning("The cache failed (%s); going on without it for %d s", type(error).__name__, REST)
            return None


class Shelf:
    """Keeps texts for a while. Safe to use from several threads."""

    def __init__(self, guard: Guard | None = None, name: str = "default") -> None:
        """`guard`: shared by all that use the same server, so that its failure costs time once. `name`: of CACHES."""
        self._guarded, self._name = guard or Guard(), name
        self._redis: RedisCache | None = None

    def get(self, key: str) -> str | None:
        """Give the text under a key, if it is there."""
        found = self._guarded(lambda: self._cache().get(VERSION + key))
        return found if isinstance(found, str) else None

    def get_many(self, keys: list[str]) -> dict[str, str]:
        """Give the texts that are there, by key, at the cost of one question."""
        found = self._guarded(lambda: self._cache().get_many([VERSION + key for key in keys])) if keys else None
        texts = found.items() if isinstance(found, dict) else ()
        return {key.removeprefix(VERSION): text for key, text in texts if isinstance(text, str)}

    def put(self, key: str, text: str, seconds: float) -> None:
        """Keep a text for so many seconds, if the cache works."""
        self._guarded(lambda: self._cache().set(VERSION + key, text, seconds))

    def _cache(self) -> BaseCache:
        """Django has one a thread. Of Redis one does for all: each has connections of its own, and a search many threads."""
        own = caches[self._name]
        if isinstance(own, RedisCache):
            self._redis = self._redis or own
            return self._redis
        return own
