"""A Copper that takes requests and says nothing: whoever saw a page before sees that within seconds."""

import threading

import pytest

from tests import caches
from tests.pages.conftest import made
from tickets_app.copper.http import client as http_client


@pytest.mark.parametrize("address", ["/tickets/", "/tickets/tkt_00003/"])
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
    finally:
        goes_on.set()
    assert "Copper has not answered since" in page
    assert "1 minute ago" in page
