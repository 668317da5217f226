"""Processes that know each other through Redis, or would, and the death of one."""

import secrets
from collections.abc import Callable, Iterator

import pytest

from tests import caches, redis_server
from tests.tickets_app.gateway.across_processes.still import Town, without_time
from tickets_app.gateway.across_processes.peers import Peers
from tickets_app.gateway.cache import Guard

# Seconds: on a slow machine nobody is taken for dead, nor Redis for away, where that is not what is looked at.
OPTIONS = {"socket_timeout": 60, "socket_connect_timeout": 60}
LONG, SHORT = 600.0, 2.0


@pytest.fixture(autouse=True)
def empty_cache():
    caches.clear()


@pytest.fixture
def process() -> Callable[..., Peers]:
    """Makes processes that know each other."""
    name = secrets.token_hex(4)
    return lambda url=redis_server.URL, lease=LONG: Peers(url, OPTIONS, name, Guard(), lease=lease)


@pytest.fixture
def town(monkeypatch) -> Iterator[Town]:
    without_time(monkeypatch)
    made = Town()
    yield made
    made.close()


def die(peers: Peers) -> None:
    """As `kill -9`: nothing is said any more."""
    peers._guard = lambda _use: None
