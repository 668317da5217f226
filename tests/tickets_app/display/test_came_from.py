"""The link at the top of a ticket: it leads back to where one came from, and says what that is."""

import re

import pytest

from tests.pages.conftest import made

TICKET = "/tickets/tkt_00001/"


def back(client, there: str, page: str = TICKET) -> tuple[str, str]:
    html = client.get(page, headers={"Referer": there}).content.decode()
    [found] = re.findall(r'<a [^>]*href="([^"]*)" data-back[^>]*>← ([^<]*)', html)
    return found[0].replace("&amp;", "&"), found[1]


@pytest.mark.parametrize(
    ("there", "words"),
    [
        ("/tickets/?location=loc_a&range=yesterday", "Back to the list"),
        ("/tickets/tkt_00002/", "Back to the ticket"),
        ("/tickets/tkt_00002/same/?days=7", "Back to the comparison"),
        ("/tickets/tkt_00001/same/", "Back to the comparison"),
        ("/tickets/lookup/results/a-result/", "Back to the look-up"),
        ("/tickets/notes/?q=refund", "Back to the notes"),
        ("/audit/?person=rosa", "Back to the audit trail"),
    ],
)
def test_it_leads_to_the_page_that_named_the_ticket(client, serve, there, words):
    serve([made(1)])
    assert back(client, f"http://testserver{there}") == (there, words)


@pytest.mark.parametrize(
    "there",
    [
        "",
        "http://[",
        "http://evil.example/tickets/?x=1",
        "http://testserver/nowhere/",
        "http://testserver/preferences/",
        f"http://testserver{TICKET}",
        f"http://testserver/tickets/?search_query={'a' * 4000}",
    ],
)
def test_from_anywhere_else_it_leads_to_the_list(client, serve, there):
    serve([made(1)])
    assert back(client, there) == ("/tickets/", "Back to the list")


@pytest.mark.parametrize("page", ["/views/", "/preferences/"])
def test_views_and_preferences_lead_back_to_the_list_that_one_came_from(client, db, page):
    there = "/tickets/?location=loc_a&range=yesterday"
    assert back(client, f"http://testserver{there}", page) == (there, "Back to the list")
    assert "← All tickets" in client.get(page).content.decode()
