"""A link that was damaged on the way opens no wider list without a word."""

import re
from html import unescape

import pytest

from tests.pages.conftest import made

TICKETS = [made(number, location=f"loc_{'ab'[number % 2]}", reference=f"R-{number}") for number in range(20)]
DAMAGED = [
    "limit=50&amp;location=loc_a",
    "amp;location=loc_a&amp;limit=50",
    "created%255Bgte%255D=2026-11-20T11%253A50%253A00Z&location=loc_a",
    "location%3Dloc_a%26limit%3D50",
    "created=2026-11-20T11:50:00Z",
    "createdgte=2026-11-20T11:50:00Z",
    "created[gte]=2026-11-20&amp;location=loc_a",  # a local time, which else leads on to its address with an offset
]


@pytest.mark.parametrize("query", DAMAGED)
def test_a_line_above_the_list_names_what_is_damaged_and_leads_to_the_mended_link(serve, client, query):
    serve(TICKETS)
    response = client.get(f"/tickets/?{query}")
    line = re.search('<div class="[^"]*" id="mending".*?</div>', response.content.decode(), re.DOTALL)[0]
    assert response.status_code == 200
    assert response.content.index(b'id="mending"') < response.content.index(b"<table")
    link = unescape(re.search('<a class="alert-link[^"]*" href="([^"]*)"', line)[1])
    page = client.get(link, follow=True).content.decode()
    assert 'id="mending"' not in page
    assert page.count("data-ticket-id") < response.content.decode().count("data-ticket-id")


@pytest.mark.parametrize("query", ["created", "created[gte", "location=loc_a&created%5Bgte%5D", "search_que"])
def test_what_is_lost_is_said(serve, pages, query):
    serve(TICKETS)
    assert "A part of it is lost" in pages.open(f"/tickets/?{query}").text


@pytest.mark.parametrize(
    "query", ["", "location=loc_a&utm_source=x&fbclid=y", "limit=7&histogram=a&seen_since=top&look=b"]
)
def test_a_link_as_it_should_be_has_no_such_line(serve, client, query):
    serve(TICKETS)
    assert b'id="mending"' not in client.get(f"/tickets/?{query}").content


@pytest.mark.parametrize("query", ["limit=0&amp;location=loc_a", "limit=%ff&amp;location=loc_a"])
def test_a_refused_link_that_is_damaged_too_is_refused(serve, client, query):
    serve(TICKETS)
    assert client.get(f"/tickets/?{query}").status_code == 400


@pytest.mark.parametrize(
    "path", ["/tickets/export/", "/tickets/export.csv", "/tickets/export.ndjson", "/tickets/export.xlsx"]
)
@pytest.mark.parametrize("query", DAMAGED)
def test_no_file_holds_more_than_was_meant(serve, client, path, query):
    sandbox = serve(TICKETS)
    response = client.get(f"{path}?{query}")
    assert (response.status_code, b"damaged on the way" in response.content) == (400, True)
    assert len(sandbox.ledger) == 0


def test_a_look_up_says_it_as_well(serve, client):
    serve(TICKETS)
    page = client.get("/tickets/lookup/?range=7d&amp;location=loc_a").content.decode()
    assert 'href="/tickets/lookup/?range=7d&amp;location=loc_a"' in page


def test_a_damaged_link_that_was_sent_still_says_what_its_sender_saw(serve, client):
    serve(TICKETS)
    page = client.get("/tickets/?location=loc_a&created%5Bgte%5D=2026-11-20T00:00:00Z").content.decode()
    sent = unescape(re.search('id="fixed-link"[^>]*href="([^"]*)"', page)[1])
    damaged = client.get(sent.replace("&", "&amp;")).content.decode()
    line = re.search('<div class="[^"]*" id="mending".*?</div>', damaged, re.DOTALL)[0]
    mended = client.get(unescape(re.search('<a class="alert-link[^"]*" href="([^"]*)"', line)[1])).content.decode()
    assert "they are the same now" in mended
