"""The first and the last times that there are: every page that takes one answers, with a search or without (row 45)."""

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
PATHS = ["/tickets/", "/tickets/histogram", "/tickets/new", "/tickets/export/", "/tickets/export.csv", "/tickets/lookup/"]


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Pacific/Kiritimati"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("at", FIRST + LAST)
def test_an_end_of_the_calendar_is_answered(serve, client, settings, at, name, zone):
    settings.TIME_ZONE = zone
    serve([made(1)])
    more = [{}, {"search_query": "R-1"}, {"range": "24h"}]
    more += [{name: at, "starting_after": "tkt_00001", **one} for one in more[:2]]
    for path in PATHS:
        for one in more:
            for headers in ({}, {"HX-Request": "true"}):
                response = client.get(f"{path}?{urlencode({name: at, **one})}", headers=headers)
                assert response.status_code in {200, 302, 400}, (path, one)
                b"".join(response)


@pytest.mark.parametrize("at", ["9999-12-31T23:59:59.999999Z", "9999-12-31T23:59:59.999999999Z", "0001-01-01T00:00:00Z"])
def test_a_ticket_at_an_end_of_the_calendar_is_found_and_gone_on_from(serve, pages, at):
    serve([made(number, **{"created": at}) for number in range(1, 8)])
    for more in ("limit=3", "limit=3&search_query=R-", f"limit=3&search_query=R-&created[lte]={at}"):
        seen, url = [], f"/tickets/?{more}"
        while url:
            page = pages.open(url)
            assert page.status == 200
            seen += page.ids
            url = page.next_url
            assert len(seen) <= 7
        assert sorted(seen) == [f"tkt_{number:05}" for number in range(1, 8)] or "search" in more
