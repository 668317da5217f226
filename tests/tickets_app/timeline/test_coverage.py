"""The strip: what was looked at, what failed, what is still to be looked at, and where each of them goes on."""

import re
from datetime import timedelta

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import NOON, made
from tests.pages.reading import unescaped
from tests.tickets_app.ticket_list.test_complete import address

DAY = {"gte": "2026-11-19T12:00:00Z", "lt": "2026-11-20T12:30:00Z"}


def stretches(html: str) -> list[tuple[str, str, str | None]]:
    """(kind, words, link) of each, oldest first; what is drawn and what is written say the same."""
    found = re.findall(r'<li class="(looked|failed|unsearched)">(?:<a href="([^"]*)">)?([^<]*)', html)
    drawn = re.findall(r'class="stretch (\w+)"(?: href="([^"]*)")?[^>]*aria-label="([^"]*)"', html)
    assert [(kind, url, words.removesuffix(". Go on there.")) for kind, url, words in drawn] == found
    return [(kind, words, url or None) for kind, url, words in found]


def strip(client, url: str, **headers: str) -> list[tuple[str, str, str | None]]:
    return stretches(unescaped(client.get(url, headers=headers).content))


def test_the_first_page_says_how_far_back_it_looked_and_goes_on_there(serve, client, pages):
    serve([made(n) for n in range(300)])
    below, looked = strip(client, address(**DAY))
    assert looked == ("looked", "Searched: back to 20 Nov, 11:11 UTC", None)
    assert below[:2] == ("unsearched", "Not searched yet: before 20 Nov, 11:11 UTC")
    assert pages.ids(below[2]) == [f"tkt_{n:05}" for n in range(50, 300)]


def test_at_the_end_all_of_it_was_looked_at(serve, client):
    serve([made(n) for n in range(30)])
    assert strip(client, address(**DAY)) == [("looked", "Searched: all of it", None)]


def test_a_page_opened_in_the_middle_says_that_what_is_above_was_not_looked_at_here(serve, client, pages):
    serve([made(n) for n in range(300)])
    second = pages.open(address(**DAY)).next_url
    below, looked, above = strip(client, second)
    assert looked[1] == "Searched: from 20 Nov, 10:21 UTC to 20 Nov, 11:11 UTC"
    assert above[:2] == ("unsearched", "Not searched on this page: after 20 Nov, 11:11 UTC")
    assert pages.open(above[2]).ids[0] == "tkt_00000"
    assert pages.open(below[2]).ids[0] == "tkt_00100"


def test_an_appended_page_goes_on_from_where_the_reader_began(serve, client, pages):
    serve([made(n) for n in range(300)])
    second = pages.open(address(**DAY)).next_url
    _, looked = strip(client, second + "&seen_since=top", HX_Request="true")
    assert looked[1] == "Searched: back to 20 Nov, 10:21 UTC"
    third = pages.open(second).next_url
    middle = strip(client, third + "&seen_since=2026-11-20T11:11:00Z", HX_Request="true")
    assert middle[1][1] == "Searched: from 20 Nov, 09:31 UTC to 20 Nov, 11:11 UTC"


@pytest.mark.parametrize("garbage", ["x", "2026", "<b>"])
def test_garbage_handed_on_is_taken_as_nothing(serve, client, pages, garbage):
    serve([made(n) for n in range(300)])
    second = pages.open(address(**DAY)).next_url
    assert len(strip(client, second + f"&seen_since={garbage}", HX_Request="true")) == 3


def test_newer_pages_lie_above_what_was_looked_at(serve, client, pages):
    serve([made(n) for n in range(300)])
    found = strip(client, address(**DAY, ending_before="tkt_00200", cursor_created="2026-11-20T08:40:00Z"))
    assert [kind for kind, *_ in found] == ["unsearched", "looked", "unsearched"]
    assert found[1][1] == "Searched: from 20 Nov, 08:40 UTC to 20 Nov, 09:30 UTC"
    assert pages.open(found[2][2]).ids[-1] == "tkt_00149"
    assert pages.open(found[0][2]).ids[0] == "tkt_00201"


def test_what_failed_is_said_where_it_failed(serve, client, pages):
    sandbox = serve([made(n) for n in range(300)])
    second = pages.open(address(**DAY)).next_url
    sandbox.script(lambda asked: Fault(status=400))
    found = strip(client, second + "&seen_since=top", HX_Request="true")
    assert [kind for kind, *_ in found] == ["failed", "looked"]
    assert "before 20 Nov, 11:11 UTC" in found[0][1]
    assert found[0][2] is not None
    only = strip(client, address(**DAY))
    assert [kind for kind, *_ in only] == ["failed"]
    assert "nothing was searched" in only[0][1]


def test_a_search_without_a_start_says_that_what_is_before_its_leg_was_not_looked_at(serve, client, pages, settings):
    settings.SEARCH_DEFAULT_DAYS = 1
    serve([made(n, at=NOON - timedelta(minutes=10 * n)) for n in range(400)])
    found = strip(client, address(search_query="none", lt="2026-11-20T12:30:00Z"))
    assert [kind for kind, *_ in found][-1] == "looked"
    assert found[0][0] == "unsearched"
    assert found[-1][1] == "Searched: back to 19 Nov, 12:30 UTC"


def test_every_time_says_its_zone(serve, client, settings):
    settings.TIME_ZONE = "America/New_York"
    serve([made(n) for n in range(300)])
    for _, words, _ in strip(client, address(**DAY)):
        assert words.count(" EST") == words.count("Nov,")
