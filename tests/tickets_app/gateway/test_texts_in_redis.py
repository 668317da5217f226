"""What others wrote into the same Redis is a text at most: nothing of it is run, and what is none is not there."""

import os
import pickle
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.core.cache import caches

from tests import redis_server
from tests.dashboard.identity.conftest import start_settings
from tickets_app.gateway.cache import VERSION, Shelf

pytestmark = pytest.mark.skipif(not redis_server.answers(), reason=redis_server.HOW)
KEY = f"texts-in-redis-{os.getpid()}"  # tests run in several processes


class Trap:
    """Touches a file where it is unpickled."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def __reduce__(self):
        return Path.touch, (self._file,)


@pytest.fixture
def shelf(settings) -> Iterator[Shelf]:
    patient = {"OPTIONS": {"socket_timeout": 60, "socket_connect_timeout": 60}}
    settings.CACHES = {
        name: cache | patient for name, cache in start_settings(CACHE_URL=redis_server.URL).CACHES.items()
    }
    yield Shelf(name="answers")
    caches["answers"].delete(VERSION + KEY)


def raw() -> tuple[redis.Redis, str]:
    return redis.Redis.from_url(redis_server.URL), caches["answers"].make_key(VERSION + KEY)


@pytest.mark.parametrize("text", ["", "1", "-0", "é😀", '{"a": 1}\n[]', "half a character: \ud83d"])
def test_a_text_comes_back_as_it_is(shelf, text):
    shelf.put(KEY, text, 60)
    assert shelf.get(KEY) == text
    assert shelf.get_many([KEY, "none"]) == {KEY: text}
    server, key = raw()
    assert server.get(key) == text.encode("utf-8", "surrogatepass")


def test_what_would_run_when_it_is_read_does_not(shelf, tmp_path):
    server, key = raw()
    server.set(key, pickle.dumps(Trap(tmp_path / "ran")))
    assert shelf.get(KEY) is None
    assert shelf.get_many([KEY]) == {}
    assert not (tmp_path / "ran").exists()
    shelf.put(KEY, "used all the same", 60)  # nor is it taken for a server that fails
    assert shelf.get(KEY) == "used all the same"
