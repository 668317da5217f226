"""Processes that know each other through Redis, or would, and the death of one."""

import secrets
from collections.abc import Callable

import pytest

from tests import caches, redis_server
from tickets_app.gateway.across_processes.peers import Peers
from tickets_app.gateway.cache import Guard

OPTIONS = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}


@pytest.fixture(autouse=True)
def empty_cache():
    caches.clear()


@pytest.fixture
def process() -> Callable[..., Peers]:
    """Makes processes that know each other."""
    name = secrets.token_hex(4)
    return lambda url=redis_server.URL: Peers(url, OPTIONS, name, Guard())


def die(peers: Peers) -> None:
    """As `kill -9`: nothing is said any more."""
    peers._guard = lambda _use: None
