"""The client of Redis. It is loaded where there is a Redis: in a process without one its library would take 6 MiB."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from redis import Redis


def client(url: str, options: Mapping[str, Any]) -> "Redis":
    """One with connections of its own. `url` and `options` as Django's cache has them."""
    from redis import Redis

    return Redis.from_url(url, **options)
