"""While Copper does not answer, what it gave a while ago is shown again: marked, with its age, and for nothing but reading."""

import re
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from urllib.parse import urlencode

import pytest
from django.core.cache import cache

from copper_sandbox import Fault
from dashboard.operations import logs
from tests import caches
from tests.pages.conftest import made
from tests.pages.reading import unescaped
from tests.tickets_app.export.reading import body
from tests.tickets_app.lookup.reading import lines, look_up
from tests.tickets_app.timeline.test_histogram import FRIDAY, address, bars, count_url
from tickets_app.copper.errors import CopperError
from tickets_app.copper.http.breaker import FAILURES
from tickets_app.gateway import shared, whole_list
from tickets_app.gateway import tickets as gateway

DOWN = Fault(503)
FAILED = r"Copper (had an error of its own|is failing since [\d:]+)"  # the breaker may have opened meanwhile


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
    assert re.search(r"Copper has not answered since \d\d:\d\d:\d\d UTC\.", page)
    assert re.search(r"This is what it gave at \d\d:\d\d:\d\d UTC, 20 minutes ago", page)
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


ODD = [b"null", b"[]", b'{"data": null}', b'{"data": [], "has_more": "no"}', b'{"id": "a/b"}']


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("address", ["/tickets/", "/tickets/?search_query=R-1", "/tickets/tkt_00003/"])
def test_what_cannot_be_read_is_not_kept(client, serve, settings, clock, address, odd):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    caches.clear()
    sandbox = serve([made(number) for number in range(12)])
    sandbox.script(lambda _asked: Fault(200, body=odd))
    assert client.get(address).status_code == 502
    sandbox.unscript()
    assert client.get(address).status_code == 200, "Try again, at once"
    if "search" in address:
        return
    clock.shift(20)
    sandbox.script(lambda _asked: Fault(200, body=odd))
    assert client.get(address).status_code == 502
    sandbox.unscript()
    sandbox.script(lambda _asked: DOWN)
    page = client.get(address)
    assert (page.status_code, b"Copper has not answered since" in page.content) == (200, True), "the good one is there"


def test_names_that_cannot_be_read_are_not_kept(serve, settings):
    settings.COPPER_CACHE_SECONDS = 15
    caches.clear()
    sandbox = serve([made(1)])
    sandbox.script(lambda _asked: Fault(200, body=b"[]"))
    load = shared.parts().directory._load
    with pytest.raises(CopperError):
        load()
    sandbox.unscript()
    assert [one.id for one in load()]


def test_what_lies_beyond_is_asked_of_copper_and_its_failure_said_below(pages, away):
    pages.open("/tickets/?limit=20")
    away(5)
    seen = pages.open("/tickets/?limit=20")
    assert (seen.status, len(seen.ids)) == (200, 20)
    for beyond in (pages.rows(seen.next_url), pages.open(seen.next_url)):
        assert (beyond.status, beyond.ids) == (502, [])
        assert re.search(rf"{FAILED}\.", beyond.text)
        assert beyond.next_url.partition("&look=")[0] == seen.next_url.partition("&look=")[0]  # to try it again


def test_between_fresh_rows_and_those_of_before_stands_a_line(pages, away, clock):
    pages.rows(pages.open("/tickets/?limit=20").next_url)
    clock.shift(20 * 60)
    fresh = pages.open("/tickets/?limit=20")
    away(0)
    appended = pages.rows(fresh.next_url)
    html = appended.response.content.decode()
    assert (appended.status, len(appended.ids), html.count('class="stale"')) == (200, 20, 20)
    assert set(appended.ids).isdisjoint(fresh.ids)
    assert "stale" not in fresh.response.content.decode()
    above, _, _ = html.partition("data-ticket-id")
    assert "Copper has not answered since" in above
    assert "20 minutes ago" in above


def test_files_and_new_tickets_and_searches_never_use_it(client, away):
    for asked in ("/tickets/", "/tickets/?search_query=R-1&range=30d", "/tickets/export.ndjson"):
        body(client.get(asked))
    away(5)
    assert client.get("/tickets/export.ndjson").status_code == 502
    assert client.get("/tickets/new?limit=50").status_code == 502
    page = client.get("/tickets/?search_query=R-1&range=30d").content.decode()
    assert 'class="stale"' not in page


def test_nor_does_the_file_of_a_ticket(client, away):
    """It has no line that would say how old it is."""
    assert client.get("/tickets/tkt_00003/ticket.json").status_code == 200
    away(5)
    response = client.get("/tickets/tkt_00003/ticket.json")
    assert response.status_code == 502
    assert b"tkt_00003" not in response.content
    assert client.get("/tickets/tkt_00003/").status_code == 200


def test_nor_do_look_ups(client, away, monkeypatch):
    monkeypatch.setattr(whole_list, "PAUSES", (0.01,))
    assert [line[1] for line in lines(look_up(client, ["R-1"]))] == ["found"]
    away(5)
    response = look_up(client, ["R-1"])
    assert response.status_code == 502
    assert [line[1:] for line in lines(response)] == [("open", "Not searched yet", [])]


def test_nor_do_counts(client, away):
    counted = count_url(unescaped(client.get(address(**FRIDAY)).content)).partition("&histogram=")[0]
    assert "120 tickets" in client.get(counted).content.decode()
    away(5)
    cache.clear()  # of counts; answers lie apart
    page = client.get(counted).content.decode()
    assert set(bars(page)) == {"not counted yet"}
    assert re.search(rf"{FAILED}\. What was counted stays\.", page)


def test_rows_of_before_are_no_count_above_them_and_none_is_kept_of_them(client, away):
    client.get(address(**FRIDAY))
    away(20)
    cache.clear()  # of counts; answers lie apart
    for _ in range(2):  # the second time what the first one kept would be there
        page = client.get(address(**FRIDAY)).content.decode()
        assert page.count('class="stale"') == 50
        assert set(bars(page)) == {"not counted yet"}
        assert "the oldest count is from" not in page


def test_they_are_not_added_to_what_was_counted_above_them(pages, away, clock):
    pages.rows(pages.open(address(**FRIDAY)).next_url)
    clock.shift(20 * 60)
    fresh = pages.open(address(**FRIDAY))
    html = fresh.response.content.decode()
    away(0)
    state = re.search(r'name="histogram" value="([^"]*)"', html)[1]
    appended = pages.rows(f"{fresh.next_url}&{urlencode({'histogram': state})}").response.content.decode()
    assert appended.count('class="stale"') == 50
    assert bars(appended) == bars(html)


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


@pytest.mark.parametrize(
    ("setting", "one", "other"),
    [
        ("COPPER_ACCOUNT", "", "acct_other"),
        ("COPPER_API_KEY", "sk_test_x", "sk_live_x"),
        ("COPPER_API_KEY", "sk_live_x", "sk_test_x"),
    ],
)
def test_another_account_or_mode_sees_nothing_of_it(client, away, settings, setting, one, other):
    setattr(settings, setting, one)
    for asked in ("/tickets/", "/tickets/tkt_00003/"):
        assert client.get(asked).status_code == 200
    away(5)
    for value, status in ((other, 502), (one, 200)):
        setattr(settings, setting, value)
        shared.forget()
        assert [client.get(asked).status_code for asked in ("/tickets/", "/tickets/tkt_00003/")] == [status] * 2


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


WAITS = {"sleep", "connect", "sendall", "recv_into", "select", "poll"}
WAITS_OF_THREADS = {"wait", "join", "_wait_for_tstate_lock"}  # of Python's own module


@contextmanager
def waits() -> Iterator[list[str]]:
    """All that is called in this thread by which it waits: for a time, Copper or another thread; not for who reads the log."""
    called: list[str] = []

    def note(frame: FrameType, event: str, what: Callable[..., object]) -> None:
        code, name = frame.f_code, getattr(what, "__name__", "")
        for_threads = code.co_filename == threading.__file__ and code.co_name in WAITS_OF_THREADS
        if event == "c_call" and (name in WAITS or for_threads) and code.co_filename != logs.__file__:
            called.append(name)

    sys.setprofile(note)
    try:
        yield called
    finally:
        sys.setprofile(None)


@pytest.mark.parametrize("address", ["/tickets/", "/tickets/tkt_00003/"])
def test_while_the_breaker_is_open_nothing_is_asked_and_nothing_waited_for(client, away, monkeypatch, address):
    client.get(address)
    assert gateway.location_names(refresh=True, patience=60).by_id
    away(1)
    with waits() as called:
        client.get(address)
    assert "acquire" in called  # it is asked, in a thread of its own
    breaker = shared.parts().client._breaker
    monkeypatch.setattr(breaker, "_clock", lambda: 0.0)  # no probe is ever due
    for _ in range(FAILURES):
        breaker.failed()
    with waits() as called:
        page = client.get(address).content
    assert b"Copper has not answered since" in page
    assert called == []
