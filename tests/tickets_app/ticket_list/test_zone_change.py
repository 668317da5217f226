"""Choosing another zone: whole days stay the same days, times of day the same moments; and the page says which."""

import re

import pytest
from django.test import Client

from tests.pages.conftest import made
from tests.pages.reading import Reader

LA = "America/Los_Angeles"


@pytest.fixture(autouse=True)
def in_november(clock) -> None:
    """The marks of zones are those of now."""


def bounds(gte: str = "", lt: str = "", **more: str) -> str:
    given = {"gte": gte, "gt": more.get("gt", ""), "lte": more.get("lte", ""), "lt": lt}
    return "&".join(f"created%5B{name}%5D={value}" for name, value in given.items() if value)


def change(client: Client, query: str, zone: str = LA) -> str:
    response = client.post("/preferences/", {"zone": zone, "next": f"/tickets/?{query}" if query else "/tickets/"})
    assert response.status_code == 302
    return response.url.partition("?")[2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            bounds("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z"),
            bounds("2026-11-20T00:00:00-08:00", "2026-11-21T00:00:00-08:00"),
        ),
        (
            bounds("2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z"),
            bounds("2026-11-01T00:00:00-07:00", "2026-11-02T00:00:00-08:00"),
        ),
        (bounds("2026-11-20T00:00:00Z"), bounds("2026-11-20T00:00:00-08:00")),
        (bounds("", "2026-11-21T00:00:00Z"), bounds("", "2026-11-21T00:00:00-08:00")),
        (
            bounds(gt="2026-11-19T23:59:59.999999Z", lte="2026-11-20T23:59:59.999999Z"),
            bounds(gt="2026-11-19T23:59:59.999999-08:00", lte="2026-11-20T23:59:59.999999-08:00"),
        ),
        # spelled with another offset it is a whole day of this zone all the same
        (bounds("2026-11-19T19:00:00-05:00"), bounds("2026-11-20T00:00:00-08:00")),
    ],
)
def test_whole_days_stay_the_same_days_of_the_calendar(serve, client, pages, before, after):
    serve([])
    assert change(client, f"location=loc_a&{before}&limit=7") == f"location=loc_a&{after}&limit=7"
    page = pages.open(f"/tickets/?location=loc_a&{after}&limit=7")
    assert "Times are now in Los Angeles (PST). The same days are asked for, now as Los Angeles days." in page.text
    assert change(client, after, "") == before.replace("2026-11-19T19:00:00-05:00", "2026-11-20T00:00:00Z")


@pytest.mark.parametrize(
    "query",
    [
        bounds("2026-11-20T18:00:00Z", "2026-11-20T23:00:00Z"),
        bounds("2026-11-20T00:00:00Z", "2026-11-20T23:00:00Z"),
        bounds("2026-11-20T18:00:00Z", "2026-11-21T00:00:00Z"),
        bounds(lte="2026-11-20T00:00:00Z"),  # up to midnight, that ticket included: a moment
        bounds("2026-11-20T00:00:00.000000001Z"),
    ],
)
def test_times_of_day_stay_the_same_moments(serve, client, pages, query):
    serve([])
    assert change(client, query) == query
    said = "Times are now in Los Angeles (PST). The times asked for are the same moments as before."
    assert said in pages.open(f"/tickets/?{query}").text


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "Times are now in Los Angeles (PST)."),
        ("range=24h", "Times are now in Los Angeles (PST)."),
        ("range=yesterday", "Times are now in Los Angeles (PST). “Yesterday” goes by Los Angeles days."),
        ("range=last-week", "Times are now in Los Angeles (PST). “Last week” goes by Los Angeles days."),
    ],
)
def test_what_is_relative_stays_so(serve, client, pages, query, said):
    serve([])
    assert change(client, query) == query
    lines = re.findall(r'zone-said" role="status">([^<]*)<', client.get(f"/tickets/?{query}").content.decode())
    assert lines == [said]


def test_it_is_said_once_and_by_a_page(serve, client):
    serve([made(1)])
    change(client, "limit=7")
    assert "Times are now in" not in client.get("/tickets/", headers={"HX-Request": "true"}).content.decode()
    assert "Times are now in" in client.get("/tickets/?limit=7").content.decode()
    assert "Times are now in" not in client.get("/tickets/?limit=7").content.decode()


def test_the_same_zone_again_says_nothing(serve, client):
    serve([])
    change(client, "")
    client.get("/tickets/")
    day = bounds("2026-11-20T00:00:00-08:00")
    assert change(client, day) == day
    assert "Times are now in" not in client.get("/tickets/").content.decode()


@pytest.mark.parametrize("query", ["created%5Bgte%5D=never", "limit=0", "x=%ff"])
def test_an_address_that_cannot_be_read_stays_as_it_is(serve, client, query):
    serve([])
    assert change(client, query) == query


def test_a_whole_day_at_the_end_of_the_calendar_stays_the_moment_it_is(serve, client):
    serve([])
    query = bounds("0001-01-01T00:00:00Z")
    assert change(client, query, "Asia/Tokyo") == query


def test_the_page_of_all_zones_keeps_the_list(serve, client, pages):
    serve([])
    day = bounds("2026-11-20T00:00:00Z", "2026-11-21T00:00:00Z")
    [link] = [link for link in pages.open(f"/tickets/?{day}").links if link.startswith("/preferences/?next=")]
    html = client.get(link).content.decode()
    form = html[html.index('id="main"') :]
    kept = re.search(r'name="next" value="([^"]*)"', form)[1].replace("&amp;", "&")
    moved = client.post("/preferences/", {"zone": LA, "next": kept}).url
    assert moved == f"/tickets/?{bounds('2026-11-20T00:00:00-08:00', '2026-11-21T00:00:00-08:00')}"
    elsewhere = client.get("/preferences/?next=https://evil.example/").content.decode()
    assert "evil.example" not in elsewhere[elsewhere.index('id="main"') :]


def test_the_line_about_zones_is_hidden_until_a_script_knows_better_and_knows_the_pages_zone(serve, client):
    serve([made(1)])
    line = re.search(r'<form id="zone-line".*?</form>', client.get("/tickets/?limit=7").content.decode(), re.DOTALL)[0]
    assert " hidden>" in line
    assert 'data-zone="UTC" data-chosen=""' in line
    assert "Times are in UTC." in line
    assert 'name="next" value="/tickets/?limit=7"' in line
    change(client, "", "America/New_York")
    line = re.search(r'<form id="zone-line".*?</form>', client.get("/tickets/").content.decode(), re.DOTALL)[0]
    assert 'data-zone="America/New_York" data-chosen="America/New_York"' in line
    assert re.search(r"Times are in New York \(EST\)\.", line)
    assert "Keep New York" in line


@pytest.mark.parametrize("columns", ["", "created,total"])
def test_times_are_never_shown_without_their_zone(serve, pages, columns):
    serve([made(1)])
    page = pages.open(f"/tickets/?columns={columns}")
    assert ("Created (UTC)" in page.text) is not bool(columns)
    assert ("Fri 20 Nov 2026, 11:59:00 UTC" if columns else "Fri 20 Nov 11:59:00 UTC") in page.text


def test_somebody_else_keeps_their_zone(serve, client):
    serve([])
    change(client, "")
    assert "Times are now in" not in Reader(Client()).open("/tickets/").text
