"""Back to the list from a look-up: the one that somebody came from, and from a result the tickets that were asked about."""

import re

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import look_up

pytestmark = pytest.mark.usefixtures("quick")
PAGE = "/tickets/lookup/"


def back(response) -> str:
    return re.search(r'<a href="([^"]*)" data-back>← Back to the list', response.content.decode())[1].replace(
        "&amp;", "&"
    )


@pytest.mark.parametrize(
    "there",
    ["/tickets/?location=loc_a&range=yesterday", "/tickets/?search_query=47%2011&columns=created,total", "/tickets/"],
)
def test_the_form_leads_back_to_the_list_with_all_its_filters(client, serve, there):
    serve([made(1)])
    assert back(client.get(PAGE, headers={"Referer": f"http://testserver{there}"})) == there


@pytest.mark.parametrize("there", ["http://evil.example/tickets/?x=1", "http://[", "http://testserver/audit/", ""])
def test_from_elsewhere_it_leads_to_the_first_page(client, serve, there):
    serve([made(1)])
    assert back(client.get(PAGE, headers={"Referer": there})) == "/tickets/"


def test_a_result_leads_to_the_tickets_that_were_asked_about(client, serve):
    serve([made(1)])
    client.get(PAGE)
    fields = {"location": "loc_a", "created[gte]": "2026-11-20T00:00:00Z", "created[lt]": "2026-11-21T00:00:00Z"}
    answer = look_up(client, ["R-1"], token="a-token-of-its-own-01", **fields)
    led = back(client.get(answer["Location"], headers={"Referer": f"http://testserver{PAGE}"}))
    assert led == "/tickets/?location=loc_a&created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
