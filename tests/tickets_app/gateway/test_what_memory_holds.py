"""Without a Redis: Copper's answers, of which there are many, push nothing else out of memory, and of each other the oldest."""

from datetime import timedelta

import pytest
from django.conf import settings as the_settings
from django.core.cache import cache, caches

from tests import caches as all_caches
from tests.pages.conftest import NOON, made, no_answers_kept, serve  # noqa: F401 - fixtures
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shared
from tickets_app.gateway import tickets as gateway

MOST = the_settings.CACHES["answers"]["OPTIONS"]["MAX_ENTRIES"]


@pytest.fixture
def sandbox(serve, settings):  # noqa: F811 - the fixture
    settings.COPPER_CACHE_SECONDS = 3600
    started = serve([made(1)])
    # A thread asks for them otherwise, and their answer would push out another list whenever it comes.
    assert gateway.location_names(refresh=True, patience=30).by_id
    return started


def look(number: int) -> None:
    """Open a list that no other number opens."""
    gateway.list_tickets(TicketQuery(limit=1, created_lt=Moment.of(NOON + timedelta(minutes=number))))


def asked_for(sandbox) -> int:
    """How many lists Copper was asked for."""
    return sum(entry.path.endswith("/tickets") for entry in sandbox.ledger)


def test_many_lists_push_nothing_else_out(sandbox):
    cache.set("a-lock", "held")
    shared.parts().shelf.put("an-export", "half done", 3600)
    for number in range(MOST + 100):
        look(number)
    assert cache.get("a-lock") == "held"
    assert shared.parts().shelf.get("an-export") == "half done"


def test_of_many_lists_those_stay_that_were_looked_at_last(sandbox):
    for number in range(MOST + 1):
        look(number)
        look(0)  # which everybody looks at
    asked = asked_for(sandbox)
    assert asked == MOST + 1
    for number in range(2, MOST + 1):
        look(number)
    look(0)
    assert asked_for(sandbox) == asked
    look(1)
    assert asked_for(sandbox) == asked + 1


def test_what_clears_the_caches_of_tests_clears_all_of_them():
    for name in ("default", "answers"):
        caches[name].set("k", name)
    all_caches.clear()
    assert [caches[name].get("k") for name in ("default", "answers")] == [None, None]
