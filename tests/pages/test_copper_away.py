"""While Copper does not answer, what it gave a while ago is shown again: marked, with its age, and for nothing but reading."""

import re
import time

import pytest

from copper_sandbox import Fault
from tests import caches
from tests.pages.conftest import made
from tests.tickets_app.export.reading import body
from tickets_app.gateway import shared

DOWN = Fault(503)


@pytest.fixture
def away(serve, settings, clock):
    """A list and a ticket were looked at; then Copper is down. Gives how to go on, by minutes."""
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    caches.clear()
    sandbox = serve([made(number) for number in range(120)])

    def after(minutes: float) -> None:
        sandbox.script(lambda _asked: DOWN)
        clock.shift(60 * minutes)

    return after


@pytest.mark.parametrize("address", ["/tickets/", "/tickets/?location=loc_a&limit=20", "/tickets/tkt_00003/"])
def test_what_was_seen_within_the_hour_is_shown_with_its_age(client, away, address):
    before = client.get(address).content
    away(20)
    response = client.get(address)
    page = response.content.decode()
    assert response.status_code == 200
    assert page.count("data-ticket-id") == before.decode().count("data-ticket-id")
    assert "Copper has not answered since" in page
    assert "20 minutes ago" in page
    if "limit" in address or address == "/tickets/":
        assert page.count('class="stale"') == before.decode().count('<tr role="row" data-ticket-id')


@pytest.mark.parametrize(("minutes", "keeps", "cached"), [(61, 60, 15), (1, 0, 15), (1, 60, 0)])
def test_what_is_older_or_was_not_to_be_kept_is_not(client, serve, settings, clock, minutes, keeps, cached):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = cached, keeps
    sandbox = serve([made(1)])
    client.get("/tickets/")
    client.get("/tickets/tkt_00001/")
    sandbox.script(lambda _asked: DOWN)
    clock.shift(60 * minutes)
    assert client.get("/tickets/").status_code == 502
    assert client.get("/tickets/tkt_00001/").status_code == 502


def test_what_lies_beyond_is_asked_of_copper_and_its_failure_said(client, away):
    client.get("/tickets/?limit=20")
    away(5)
    response = client.get("/tickets/?limit=20&starting_after=tkt_00019")
    assert (response.status_code, response.content.count(b"data-ticket-id")) == (502, 0)


def test_files_searches_counts_and_new_tickets_never_use_it(client, away):
    for address in ("/tickets/", "/tickets/?search_query=R-1&range=30d", "/tickets/export.ndjson"):
        body(client.get(address))
    away(5)
    assert client.get("/tickets/export.ndjson").status_code == 502
    assert client.get("/tickets/new?limit=50").status_code == 502
    page = client.get("/tickets/?search_query=R-1&range=30d").content.decode()
    assert 'class="stale"' not in page


def test_it_ends_by_itself_when_copper_answers(client, serve, settings, clock):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    sandbox = serve([made(1)])
    client.get("/tickets/")
    sandbox.script(lambda _asked: DOWN)
    clock.shift(60)
    assert "has not answered" in client.get("/tickets/").content.decode()
    sandbox.unscript()
    clock.shift(60)
    assert "has not answered" not in client.get("/tickets/").content.decode()


def test_it_says_since_when_however_often_it_is_asked(client, away):
    client.get("/tickets/")
    away(5)
    said = {re.search(r"not answered since ([\d:]+)", client.get("/tickets/").content.decode())[1] for _ in range(3)}
    assert len(said) == 1


def test_another_account_sees_nothing_of_it(client, away, settings):
    client.get("/tickets/")
    away(5)
    settings.COPPER_ACCOUNT = "acct_other"
    shared.forget()
    assert client.get("/tickets/").status_code == 502


def test_while_the_breaker_is_open_copper_is_not_asked_for_it(client, serve, settings, clock):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 1, 60
    sandbox = serve([made(1)])
    client.get("/tickets/")
    sandbox.script(lambda _asked: DOWN)
    clock.shift(60)
    for _ in range(12):
        client.get("/tickets/")
    asked, started = len(sandbox.ledger), time.monotonic()
    pages = [client.get("/tickets/").content for _ in range(20)]
    assert all(b"has not answered since" in page for page in pages)
    assert len(sandbox.ledger) - asked <= 3 + (time.monotonic() - started)  # a probe every 1.5 seconds, and no retries
