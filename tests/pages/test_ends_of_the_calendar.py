"""The first and the last times that there are: every page that takes one answers, with a search or without (row 45)."""

from itertools import product
from urllib.parse import urlencode

import pytest

from tests.pages.conftest import made

FIRST = ["0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000001Z", "0001-01-01T00:00:00-12:00", "0001-01-01", "0001-01-02"]
LAST = [
    "9999-12-31T23:59:59.999999Z",
    "9999-12-31T23:59:59.999999999Z",
    "9999-12-31T23:59:59Z",
    "9999-12-31T23:59:59.999999+14:00",
    "9999-12-31T00:00:00-23:00",
    "9999-12-30",
    "9999-12-31",
]
NAMES = ["created[gte]", "created[gt]", "created[lte]", "created[lt]", "looked_to", "look_back_to", "cursor_created"]
PATHS = ["/tickets/", "/tickets/histogram", "/tickets/new", "/tickets/export/", "/tickets/lookup/"]


@pytest.mark.parametrize("at", FIRST + LAST)
def test_an_end_of_the_calendar_is_answered(serve, client, settings, at):
    settings.TIME_ZONE = (
        "Pacific/Kiritimati" if at in FIRST else "America/New_York"
    )  # beyond that end, on a clock there
    serve([made(1)])
    for name, path in product(NAMES, PATHS):
        query = {name: at, "search_query": "R-1"} | (
            {"starting_after": "tkt_00001"} if name == "cursor_created" else {}
        )
        response = client.get(f"{path}?{urlencode(query)}", headers={"HX-Request": "true"})
        assert response.status_code in {200, 302, 400}, (path, name)
        b"".join(response)


@pytest.mark.parametrize("at", FIRST + LAST)
def test_so_is_it_without_a_search(serve, client, at):
    serve([made(1)])
    for name in NAMES:
        assert client.get("/tickets/", {name: at}).status_code in {200, 302, 400}, name


@pytest.mark.parametrize(
    "at", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z"]
)
def test_a_ticket_at_an_end_of_the_calendar_is_found_and_gone_on_from(serve, pages, at):
    serve([made(number, created=at) for number in range(1, 8)])
    seen, url = [], "/tickets/?limit=3"
    while url:
        page = pages.open(url)
        seen, url = [*seen, *page.ids], page.next_url
        assert (page.status, len(seen) <= 7) == (200, True)
    assert sorted(seen) == [f"tkt_{number:05}" for number in range(1, 8)]
    bounds = f"created[gte]={at}&created[lte]={at}"
    assert len(pages.open(f"/tickets/?search_query=R-&{bounds}").ids) == 7


def test_an_export_up_to_the_very_last_time_is_complete(serve, client):
    serve([made(1)])
    query = {
        "created[gte]": "2026-11-01T00:00:00Z",
        "created[lte]": "9999-12-31T23:59:59.999999Z",
        "search_query": "R-",
    }
    assert b"tkt_00001" in b"".join(client.get("/tickets/export.ndjson", query))
