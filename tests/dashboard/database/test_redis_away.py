"""Redis killed and frozen: every address answers as before, nothing typed is lost, and it is used again by itself."""

from contextlib import contextmanager

import pytest
from django.core.cache import cache

from tests import redis_server
from tests.dashboard.database.test_away import ADDRESSES, LOOK_UP, PATIENT, ada, asked  # noqa: F401 - a fixture
from tests.pages.conftest import made
from tickets_app.gateway import cache as kept
from tickets_app.gateway import shared
from tickets_app.models import SavedView

pytestmark = [
    pytest.mark.skipif(not redis_server.may_be_started(), reason="needs redis-server: `apt install redis-server`"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # sockets that the fault tore
]


@contextmanager
def killed(redis):
    redis.kill()
    yield
    redis.start()


@contextmanager
def frozen(redis):
    redis.freeze()
    try:
        yield
    finally:
        redis.thaw()


@pytest.fixture(params=[killed, frozen])
def fault(request, settings, monkeypatch):
    """A Redis that the site uses, and what becomes of it."""
    monkeypatch.setattr(kept, "REST", 0.0)  # what is well again is asked at once
    with redis_server.of_its_own() as redis:
        used = {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": redis.url,
            "OPTIONS": {"socket_timeout": 0.2, "socket_connect_timeout": 0.2},
        }
        settings.CACHES = dict.fromkeys(settings.CACHES, used)
        settings.COPPER_CACHE_SECONDS = 15
        shared.forget()
        yield request.param(redis)
        shared.forget()


def test_every_address_answers_as_before(fault, serve, ada, db):  # noqa: F811 - the fixture imported above
    serve([made(number) for number in range(3)])
    client = ada()
    usual = {name: asked(client, name)[0].status_code for name in ADDRESSES}
    assert usual["readiness"] == 200
    SavedView.objects.all().delete()
    with fault:
        for name in ADDRESSES:
            response, seconds = asked(client, name)
            assert (name, response.status_code) == (name, usual[name])
            assert seconds < PATIENT
            if name == "readiness":
                assert response.json()["degraded"] == ["cache"]
        assert b"tkt_00001" in client.post("/tickets/lookup/", LOOK_UP).content
        assert SavedView.objects.get().name == "Reno, today"
    assert client.get("/readyz").json()["degraded"] == []
    cache.set("there", "again", 5)
    assert cache.get("there") == "again"
    assert client.get("/tickets/").content.count(b"data-ticket-id") == 3
