"""While Copper does not answer: a range that begins so long before now, and so is another list each second."""

import re
import threading
import time

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests import caches
from tests.pages.conftest import made
from tests.pages.reading import Reader, Seen
from tests.pages.test_copper_away import DOWN, away  # noqa: F401 - a fixture
from tickets_app.copper.http import client as http_client
from tickets_app.gateway import answer_cache
from tickets_app.models import Preference


def start(page: Seen) -> str:
    """Since when the tickets are that the page's fixed link leads to."""
    fixed = next(link for link in page.links if "&seen=" in link)
    return re.search("created%5Bgte%5D=([^&]*)", fixed)[1]


@pytest.mark.parametrize("name", ["1h", "24h", "7d", "30d"])
def test_it_is_shown_as_it_was_then(pages, away, name):  # noqa: F811 - the fixture
    address = f"/tickets/?location=loc_a&range={name}&limit=100"
    before = pages.open(address)
    away(20)
    page = pages.open(address)
    assert page.status == 200
    assert "Copper has not answered since" in page.text
    assert "20 minutes ago" in page.text
    assert page.ids == before.ids
    assert start(page) == start(before), "what is shown is since then"


def test_the_next_page_goes_on_since_then(pages, away):  # noqa: F811 - the fixture
    address = "/tickets/?location=loc_a&range=24h&limit=5"
    before = pages.open(address)
    away(20)
    assert f"&created%5Bgte%5D={start(before)}&" in pages.open(address).next_url


def test_the_receipt_has_one_request_and_says_that_what_is_shown_is_of_before(pages, away):  # noqa: F811 - the fixture
    address = "/tickets/?location=loc_a&range=7d"
    pages.open(address)
    away(20)
    page = pages.open(address).response.content.decode()
    requests = re.findall(r"<li><p>(.*?) <button[^>]*aria-label=.Copy this request", page)
    assert len(requests) == 1, requests
    assert "Copper did not answer (server error): shown as it answered at" in requests[0]


def test_another_location_range_page_or_search_is_not_shown(pages, away):  # noqa: F811 - the fixture
    for asked in ("location=loc_a&range=7d&limit=20", "range=7d&search_query=R-1"):
        assert pages.open(f"/tickets/?{asked}").status == 200
    away(20)
    for asked in (
        "range=7d&limit=20",
        "location=loc_a&range=24h&limit=20",
        "location=loc_a&range=7d&limit=21",
        "range=7d&search_query=R-1",
    ):
        assert pages.open(f"/tickets/?{asked}").status == 502, asked


@pytest.mark.parametrize(("minutes", "keeps", "cached"), [(61, 60, 15), (1, 0, 15), (1, 60, 0)])
def test_what_is_older_or_was_not_to_be_kept_is_not(pages, serve, settings, clock, minutes, keeps, cached):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = cached, keeps
    sandbox = serve([made(1)])
    assert pages.open("/tickets/?range=7d").status == 200
    sandbox.script(lambda _asked: DOWN)
    clock.shift(60 * minutes)
    assert pages.open("/tickets/?range=7d").status == 502


def test_it_is_of_now_again_once_copper_answers(pages, clock, serve, settings):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    caches.clear()
    sandbox = serve([made(number) for number in range(120)])
    address = "/tickets/?range=1h&limit=100"
    before = pages.open(address)
    clock.shift(60 * 20)
    sandbox.script(lambda _asked: DOWN)
    assert pages.open(address).ids == before.ids
    sandbox.unscript()
    page = pages.open(address)
    assert start(page) > start(before)
    assert len(page.ids) < len(before.ids)
    assert "Copper has not answered since" not in page.text


def of(name: str, zone: str) -> Reader:
    """What somebody reads in their zone."""
    client, user = Client(), get_user_model().objects.create_user(name)
    Preference.objects.create(user=user, zone=zone)
    client.force_login(user)
    return Reader(client)


def test_what_was_given_to_a_reader_in_another_zone_is_shown_as_well(away, clock):  # noqa: F811 - the fixture
    maria, tom = of("maria", "UTC"), of("tom", "America/New_York")
    maria.open("/tickets/?range=7d")
    clock.shift(60)
    newest = tom.open("/tickets/?range=7d")
    away(20)
    for reader in (maria, tom):
        page = reader.open("/tickets/?range=7d")
        assert (page.status, page.ids, start(page)) == (200, newest.ids, start(newest))


def test_an_answer_that_comes_when_the_page_has_left_is_the_one_that_is_shown_next(
    pages, serve, settings, clock, monkeypatch
):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    monkeypatch.setattr(http_client, "PATIENCE", 0.001)
    caches.clear()
    sandbox, goes_on = serve([made(number) for number in range(12)]), threading.Event()
    before = pages.open("/tickets/?range=7d")
    sandbox.script(lambda _asked: goes_on.wait(60) and None)
    clock.shift(20 * 60)
    try:
        assert start(pages.open("/tickets/?range=7d")) == start(before)
    finally:
        goes_on.set()
    for thread in threading.enumerate():
        if thread.name == "copper-answer":
            thread.join()
    sandbox.script(lambda _asked: DOWN)
    clock.shift(60)
    page = pages.open("/tickets/?range=7d")
    assert start(page) > start(before)
    assert "1 minute ago" in page.text


def test_where_the_list_of_before_was_too_large_to_keep_that_of_now_is_waited_for(
    pages, serve, settings, clock, monkeypatch
):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    monkeypatch.setattr(http_client, "PATIENCE", 0.001)
    monkeypatch.setattr(answer_cache, "MOST_STALE", 100)
    caches.clear()
    sandbox = serve([made(number) for number in range(12)])
    before = pages.open("/tickets/?range=7d")
    sandbox.script(lambda _asked: time.sleep(0.05))
    clock.shift(20 * 60)
    page = pages.open("/tickets/?range=7d")
    assert page.status == 200
    assert start(page) > start(before)
