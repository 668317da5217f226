"""Recorded exchanges: what the gateway makes of an answer, whoever gave it.

The cassettes were recorded from the sandbox, since nobody here can reach the real API. `make record` records them anew, and
with COPPER_API_KEY set from the real one: look at what they hold before committing them.
"""

import base64
import os
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from vcr.stubs.requests_stubs import VCRRequestsHTTPConnection, VCRRequestsHTTPSConnection

from copper_sandbox import Sandbox, Store
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http import connections
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shared
from tickets_app.gateway import tickets as gateway

SINCE = Moment.parse("2026-11-01T00:00:00Z")
CASSETTES = Path(__file__).parents[2] / "cassettes"
SECRET_HEADERS = ["Authorization", "Copper-Account", "Set-Cookie", "Cookie"]
RECORDED_FROM = "https://api.usecopper.com/v1"  # what the cassettes say, wherever they came from


@pytest.fixture(scope="module")
def vcr_config() -> dict[str, object]:
    return {
        "filter_headers": SECRET_HEADERS,
        "before_record_request": _anonymous,
        "before_record_response": _without_cookies,
        "match_on": ["method", "path", "query"],
        "decode_compressed_response": True,
        # Our pools have connections of their own, which vcrpy does not know.
        "custom_patches": (
            (connections.HttpPool, "ConnectionCls", VCRRequestsHTTPConnection),
            (connections.HttpsPool, "ConnectionCls", VCRRequestsHTTPSConnection),
        ),
    }


@pytest.fixture(scope="module")
def vcr_cassette_dir() -> str:
    return str(CASSETTES)


@pytest.fixture(autouse=True)
def finished(copper, vcr):
    """A cassette is in force for all threads: the names of the locations must have come before it ends."""
    shared.forget()
    yield
    gateway.location_names()
    shared.parts().directory.names(60)
    shared.forget()


def _anonymous(request):
    """The sandbox's port is another one each time."""
    request.uri = re.sub(r"^https?://[^/]+/v1", RECORDED_FROM, request.uri)
    return request


def _without_cookies(response):
    response["headers"] = {name: value for name, value in response["headers"].items() if name.lower() != "set-cookie"}
    return response


@pytest.fixture(autouse=True)
def copper(request, settings):
    """While recording, a sandbox (or the real API); else the address of the tests, where nobody listens."""
    settings.COPPER_CACHE_SECONDS = 0
    if request.config.getoption("--record-mode") in {None, "none"}:
        yield
        return
    if key := os.environ.get("RECORD_WITH_KEY"):
        settings.COPPER_API_KEY, settings.COPPER_API_URL = key, RECORDED_FROM
        yield
        return
    store = Store.generate(tickets=130, days=20, seed=7, now=datetime(2026, 11, 24, tzinfo=UTC))
    with Sandbox(store) as sandbox:
        settings.COPPER_API_URL = sandbox.url
        yield


@pytest.mark.vcr
def test_a_page_of_tickets():
    outcome = gateway.list_tickets(TicketQuery(limit=5))
    assert outcome.failure is None
    assert len(outcome.rows) == 5
    assert outcome.rest.cursor.id == outcome.rows[-1].id
    times = [row.created.order for row in outcome.rows]
    assert times == sorted(times, reverse=True)


@pytest.mark.vcr
def test_a_search_whose_first_pages_are_empty():
    outcome = gateway.list_tickets(TicketQuery(search_query="no such reference", created_gte=SINCE, limit=5))
    assert outcome.failure is None
    assert outcome.rows == ()
    assert outcome.rest is None


@pytest.mark.vcr
def test_one_ticket():
    first = gateway.list_tickets(TicketQuery(limit=5)).rows[0]
    assert gateway.ticket(first.id).ticket.properties == first.properties


@pytest.mark.vcr
def test_a_ticket_that_does_not_exist():
    with pytest.raises(CopperError) as refusal:
        gateway.ticket("tkt_of_nobody")
    assert (refusal.value.kind, refusal.value.code) == (Kind.NOT_FOUND, "resource_missing")


def test_no_cassette_holds_a_secret():
    cassettes = list(CASSETTES.glob("*.yaml"))
    assert len(cassettes) >= 4
    for cassette in cassettes:
        text = cassette.read_text().lower()
        for header in SECRET_HEADERS:
            assert f"{header.lower()}:" not in text
        assert "sk_test_" not in text
        assert "sk_live_" not in text
        for key in ("sk_test_X", "sk_test_sandbox"):
            assert base64.b64encode(f"{key}:".encode()).decode().lower() not in text


def test_the_filters_remove_what_is_secret(vcr_config):
    """The filter itself, on a request that holds everything: fails when a header is taken off the list."""
    import vcr

    request = vcr.request.Request("GET", "http://127.0.0.1:1/v1/tickets", None, dict.fromkeys(SECRET_HEADERS, "SECRET"))
    recorder = vcr.VCR(**vcr_config)
    filtered = recorder.get_merged_config()["before_record_request"](request)
    assert "SECRET" not in str(filtered.headers)
    assert filtered.uri == f"{RECORDED_FROM}/tickets"
