"""While Copper does not answer: with a Redis, what any process was given is shown by all of them."""

import pytest
from django.core.cache import caches
from django.core.cache.backends.locmem import LocMemCache

from copper_sandbox import Fault
from tests import redis_server
from tests.dashboard.identity.conftest import start_settings
from tests.pages.conftest import made
from tickets_app.gateway import shared

pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)


@pytest.fixture
def with_redis(settings):
    """The caches of a start with CACHE_URL, in which a Redis on a slow machine is not taken for away."""
    found = start_settings(CACHE_URL=redis_server.URL).CACHES
    patient = {"OPTIONS": {"socket_timeout": 60, "socket_connect_timeout": 60}}
    settings.CACHES = {name: cache | patient if "Redis" in cache["BACKEND"] else cache for name, cache in found.items()}
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60


def become_another_process() -> None:
    """Nothing is known any more of what lay in the memory of this one."""
    shared.forget()
    for cache in caches.all():
        if isinstance(cache, LocMemCache):
            cache.clear()


@pytest.mark.parametrize("address", ["/tickets/", "/tickets/?range=7d", "/tickets/tkt_00003/"])
def test_what_one_process_was_given_is_shown_by_another(client, serve, with_redis, clock, address):
    sandbox = serve([made(number) for number in range(20)])
    before = client.get(address).content
    sandbox.script(lambda _asked: Fault(503))
    clock.shift(20 * 60)
    become_another_process()
    response = client.get(address)
    assert response.status_code == 200
    assert response.content.count(b"data-ticket-id") == before.count(b"data-ticket-id")
    assert b"20 minutes ago" in response.content
