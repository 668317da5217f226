"""What a list says of itself: whether it is all, what to do where nothing is, what it is narrowed by, and the way back to it."""

import pytest

from tests.pages.conftest import made


@pytest.mark.parametrize("more", [False, True])
def test_the_list_says_all_only_at_its_end(serve, pages, more):
    serve([made(number) for number in range(60 if more else 43)])
    page = pages.open("/tickets/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    assert ("All 43 tickets since 1 Nov, 00:00 UTC." in page.text) is not more
    assert ("50 tickets, back to 20 Nov, 11:11 UTC." in page.text) is more


def test_an_empty_list_says_what_to_do_next(serve, pages):
    serve([])
    assert "This account holds no tickets yet" in pages.open("/tickets/").text
    filtered = pages.open("/tickets/?location=loc_a&range=today")
    assert "No tickets since" in filtered.text
    assert "Remove a filter above" in filtered.text
    searched = pages.open("/tickets/?search_query=x")
    assert "No match." in searched.text
    assert "Every ticket there was searched" in searched.text


def test_the_bar_and_the_tab_say_the_filters(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/?location=loc_a&range=24h&search_query=R-1&starting_after=tkt_00001")
    assert "Filters: Reno · Last 24 hours · “R-1”" in page.text
    assert "<title>TEST · “R-1” · Reno · Last 24 hours · Copper Tickets</title>" in page.response.content.decode()
    assert "/tickets/?location=loc_a&search_query=R-1" in page.links  # any time
    bounds = pages.open("/tickets/?created%5Bgt%5D=2026-11-20T09:00:00Z&created%5Blte%5D=2026-11-21T09:00:00Z")
    assert "All locations · Fri 20 Nov, 09:00 – Sat 21 Nov, 09:00" in bounds.text


def test_the_ticket_page_leads_back_to_the_same_list(serve, pages):
    serve([made(1)])
    there = "http://testserver/tickets/?location=loc_a&limit=7"
    assert "/tickets/?location=loc_a&limit=7" in pages.open("/tickets/tkt_00001/", Referer=there).links
    elsewhere = pages.open("/tickets/tkt_00001/", Referer="http://evil.example/tickets/?x=1").links
    assert not [link for link in elsewhere if "evil" in link or "x=1" in link]


def test_what_would_make_a_search_quicker_is_said_only_while_it_goes_on(serve, pages, settings):
    settings.SEARCH_TIME_BUDGET = 0.1
    serve([made(number) for number in range(1000)], latency=0.06)
    assert "Faster with a location and a time." in pages.open("/tickets/?search_query=nothing").text
    assert "Faster with a location." in pages.open("/tickets/?search_query=nothing&range=30d").text
    both = "/tickets/?search_query=nothing&location=loc_a&created%5Bgte%5D=2026-11-01T00:00:00Z"
    assert "Faster with" not in pages.open(both).text
    serve([made(1)])
    assert "Faster with" not in pages.open("/tickets/?search_query=nothing&created%5Bgte%5D=2026-11-20T00:00:00Z").text
