"""While Copper does not answer: a range that begins so long before now, and so is another list each second."""

import re

import pytest

from tests import caches
from tests.pages.conftest import made
from tests.pages.reading import Seen
from tests.pages.test_copper_away import DOWN, away  # noqa: F401 - a fixture


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
