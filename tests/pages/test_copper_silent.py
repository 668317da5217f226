"""A Copper that takes requests and says nothing: whoever saw a page before sees that within seconds."""

import threading
from contextlib import ExitStack

import pytest

from tests import caches
from tests.pages.conftest import made
from tickets_app.copper.http import client as http_client
from tickets_app.copper.http.breaker import SILENT_FOR
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.slots import LONGEST_QUEUE
from tickets_app.gateway import shared


@pytest.mark.parametrize("address", ["/tickets/", "/tickets/?range=7d", "/tickets/tkt_00003/"])
def test_a_copper_that_says_nothing_is_not_waited_for(client, serve, settings, clock, monkeypatch, address):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    monkeypatch.setattr(http_client, "PATIENCE", 0.001)
    caches.clear()
    sandbox, goes_on = serve([made(number) for number in range(12)]), threading.Event()
    client.get(address)
    sandbox.script(lambda _asked: goes_on.wait(60) and None)
    clock.shift(60)
    try:
        page = client.get(address).content.decode()
        asked = sum("/tickets" in entry.path for entry in sandbox.ledger)
    finally:
        goes_on.set()
    assert asked <= 2, "once well, and once in vain"
    assert "Copper has not answered since" in page
    assert "1 minute ago" in page


def test_where_too_many_ask_what_was_seen_is_shown_with_that_word(client, serve, settings, clock):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES, settings.COPPER_MAX_CONCURRENCY = 15, 60, 1
    caches.clear()
    serve([made(number) for number in range(12)])
    client.get("/tickets/")
    clock.shift(60)
    slots = shared.parts().client._slots
    for _ in range(100):
        slots._learn(4 * LONGEST_QUEUE)
    with slots.hold("somebody", Deadline.after(60)):
        response = client.get("/tickets/")
    page = response.content.decode()
    assert response.status_code == 200
    assert "More people ask Copper than it answers just now. This is what it gave at" in page
    assert "Copper has not answered" not in page


@pytest.mark.parametrize(("slots", "silent"), [(2, 2), (8, 3)])
def test_where_fewer_may_be_asked_at_once_fewer_without_a_word_are_enough(serve, settings, monkeypatch, slots, silent):
    settings.COPPER_MAX_CONCURRENCY = slots
    serve([])
    breaker, now = shared.parts().client._breaker, [1000.0]
    monkeypatch.setattr(breaker, "_clock", lambda: now[0])
    found = []
    with ExitStack() as under_way:
        for _ in range(silent):
            under_way.enter_context(breaker.watching())
            now[0] += SILENT_FOR
            found.append(breaker.is_left_alone())
    assert found == [*[False] * (silent - 1), True]
