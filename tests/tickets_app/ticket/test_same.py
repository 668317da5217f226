"""The others of a ticket's reference: nearest first, what differs, and "no other" only where all was searched."""

import re
from datetime import timedelta

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import NOON, made


def check(number: int, *, minutes: float = 0, location: str = "loc_a", **more: object) -> dict[str, object]:
    return made(number, at=NOON + timedelta(minutes=minutes), reference="4417", location=location, **more)


TICKETS = [
    check(1, total="20.00"),
    check(2, minutes=1.75, total="20.00", tip="3.00"),
    check(3, minutes=-600, total="5.00"),
    check(4, minutes=1, location="loc_b", total="20.00"),
    made(5, at=NOON, reference="44170"),
    check(6, minutes=-60 * 24 * 3),
]


def found(client, days: str = "") -> str:
    return client.get(f"/tickets/tkt_00001/same/{days}", headers={"HX-Request": "true"}).content.decode()


def order(html: str) -> list[str]:
    return [part.split("/")[2] for part in html.split('<p class="mb-1"><a href="')[1:]]


def test_same_location_first_then_nearest_in_time(client, serve):
    serve(TICKETS)
    html = found(client)
    assert "3 other tickets<" in html
    assert order(html) == ["tkt_00002", "tkt_00003", "tkt_00004"]
    assert "<strong>105 s later</strong>" in html
    assert "(another location)" in html
    assert "44170" not in html
    assert "Search on, as a list" not in html, "all was searched"


def test_what_differs_stands_side_by_side_and_what_does_not_is_counted(client, serve):
    serve(TICKETS[:2])
    html = found(client)
    assert '<bdi>tip</bdi></th><td class="differs"><bdi>—</bdi></td><td class="differs"><bdi>3.00</bdi>' in html
    assert "<bdi>total</bdi>" not in html
    assert "other properties are the same" in html


def test_the_days_are_named_and_can_be_widened(client, serve):
    serve(TICKETS)
    assert "from 19 Nov, 12:00 UTC to 21 Nov, 12:00 UTC, at all locations" in found(client)
    assert order(found(client, "?days=7")) == ["tkt_00002", "tkt_00003", "tkt_00006", "tkt_00004"]
    assert "<strong>1 day</strong>" in found(client, "?days=oops")


def test_no_other_is_said_only_where_all_was_searched(client, serve, settings):
    serve([TICKETS[0]])
    assert "No other ticket<" in found(client)
    settings.SEARCH_TIME_BUDGET, settings.COPPER_MAX_CONCURRENCY = 0.1, 1
    busy = [made(100 + number, at=NOON - timedelta(seconds=number + 1)) for number in range(1500)]
    serve([TICKETS[0], *busy], latency=0.06)
    html = found(client)
    assert "No other ticket so far<" in html
    assert "Searched back to" in html
    # Pressed again, the same search would begin anew; the list keeps what it found, and goes on.
    assert re.search(r'href="/tickets/\?[^"]*search_query=4417[^"]*">Search on, as a list<', html)


@pytest.mark.parametrize("status", [500, 429])
def test_a_failure_is_said_and_never_no_other(client, serve, status):
    sandbox = serve(TICKETS)
    fault = Fault(status=status, headers={"Retry-After": "99"})  # longer than anybody waits for
    sandbox.script(lambda asked: fault if "search_query" in dict(asked.params) else None)
    response = client.get("/tickets/tkt_00001/same/")
    assert response.status_code in {502, 503}
    assert "No other ticket<" not in response.content.decode()


def test_a_ticket_without_a_reference_cannot_be_compared(client, serve):
    serve([{**made(1), "reference": None}])
    assert "Charged twice?" not in client.get("/tickets/tkt_00001/").content.decode()
    assert client.get("/tickets/tkt_00001/same/").status_code == 404


def test_without_a_script_it_is_a_page_of_its_own(pages, serve):
    serve(TICKETS)
    page = pages.open("/tickets/tkt_00001/same/")
    assert "Back to the ticket" in page.text
    assert "/tickets/tkt_00002/" in page.links
    assert "/tickets/tkt_00001/same/?days=30" in page.links


@pytest.mark.parametrize("reference", ["a\ud800b", "x" * 501, " "], ids=["half a character", "too long", "blank"])
def test_a_reference_that_copper_cannot_be_asked_for_is_not_searched(client, serve, reference):
    sandbox = serve([{**made(number), "reference": reference} for number in (1, 2)])
    assert "Charged twice?" not in client.get("/tickets/tkt_00001/").content.decode()
    assert client.get("/tickets/tkt_00001/same/").status_code == 404
    assert not [entry for entry in sandbox.ledger if "search_query" in dict(entry.params)]


@pytest.mark.parametrize("reference", ["a\x00b", "4417\n", "4417\tb"])
def test_no_link_leads_to_a_list_that_refuses_the_reference(client, pages, serve, reference):
    serve([{**made(number), "reference": reference} for number in range(1, 9)])
    assert "7 other tickets<" in found(client)
    page = pages.open("/tickets/tkt_00001/same/")
    assert "2 more." in page.text
    assert not [link for link in page.links if "search_query" in link]


def test_what_is_not_shown_of_the_differences_is_counted(client, serve):
    serve([check(number, **{f"p{place}": number for place in range(60)}) for number in (1, 2)])
    assert "more differ" not in found(client)
    serve([check(number, **{f"p{place}": number for place in range(63)}) for number in (1, 2)])
    assert "3 more differ: see the ticket. 3 other properties are the same." in found(client)


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "at the same second"),
        (0.4, "less than 1 s later"),
        (1, "1 s later"),
        (119, "119 s later"),
        (120, "2 min later"),
        (7200, "2 h later"),
    ],
)
def test_how_far_they_are_apart(client, serve, seconds, words):
    serve([check(1), check(2, minutes=seconds / 60)])
    assert f"<strong>{words}</strong>" in found(client)


def test_two_places_that_are_no_ids_are_told_apart(client, serve):
    serve([check(1) | {"location": 7}, check(2) | {"location": 8}, check(3) | {"location": 7}])
    html = found(client)
    assert order(html) == ["tkt_00003", "tkt_00002"]
    assert html.count("(another location)") == 1
    assert "<bdi>8</bdi>" in html
