"""What a receipt says of each request: rows, matches, time, age and failure; and that it holds no key."""

import json
import logging
import re

import pytest
import time_machine

from copper_sandbox import Fault
from tests.pages.conftest import NOON, made
from tests.tickets_app.lookup.reading import go_on, look_up, state
from tests.tickets_app.receipt.reading import receipt
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import receipt as receipts
from tickets_app.gateway import shared
from tickets_app.gateway.receipt import Asked, Receipt
from tickets_app.lookup.lookup import Lookup

ADDRESSES = ("/tickets/", "/tickets/?search_query=R-1", "/tickets/tkt_00001/", "/tickets/tkt_00001/same/")


def test_a_list_says_its_rows_and_a_search_what_it_looked_at_and_what_matched(client, serve):
    serve([made(number) for number in range(40)])
    [(words, _)] = receipt(client.get("/tickets/"))
    assert re.fullmatch(r"40 rows, no search, \d+ ms, at .* UTC", words)
    searched = receipt(client.get("/tickets/?search_query=R-39&created[gte]=2026-11-20T00:00:00Z"))
    assert any(re.match(r"up to 100 rows looked at, 1 matched, \d+ ms", words) for words, _ in searched)
    [(words, _)] = receipt(client.get("/tickets/tkt_00003/"))
    assert words.startswith("1 ticket, ")


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00003/", "/tickets/tkt_00003/same/"])
def test_each_says_what_it_holds_and_what_is_asked_for_all_pages(client, serve, path):
    serve([made(number) for number in range(40)])
    html = client.get(path).content.decode()
    assert (
        html.count("Each can be repeated in a shell that has the key in COPPER_API_KEY. The key itself is not in here.")
        == 1
    )
    assert html.count("Names of locations, asked for in the background for all pages") == 1


def test_what_came_from_the_cache_says_since_when(client, serve, settings):
    settings.COPPER_CACHE_SECONDS = 60
    shared.forget()
    serve([made(1)])
    with time_machine.travel(NOON) as clock:
        assert "cached" not in receipt(client.get("/tickets/"))[0][0]
        clock.shift(30)
        assert receipt(client.get("/tickets/"))[0][0].endswith("cached since Fri 20 Nov 2026, 12:00:00 UTC")


def test_what_had_to_do_while_copper_is_away_is_said_as_that(client, serve, settings):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 1, 60
    shared.forget()
    sandbox = serve([made(1)])
    with time_machine.travel(NOON) as clock:
        client.get("/tickets/tkt_00001/")
        sandbox.script(lambda _asked: Fault(503))
        clock.shift(120)
        [(words, _)] = receipt(client.get("/tickets/tkt_00001/"))
    assert words.startswith("1 ticket, ")
    assert re.search(r"Copper did not answer \(server error\): shown as it answered at Fri 20 Nov 2026, 12:00:0", words)


def test_a_failure_is_a_request_too(client, serve):
    serve([made(1)])
    page = client.get("/tickets/tkt_00009/")
    assert page.status_code == 404
    assert receipt(page)[0][0].startswith("failed (404), ")


@pytest.mark.parametrize("path", [*ADDRESSES, "look-up"])
def test_the_key_is_in_neither_page_nor_log(client, serve, settings, caplog, path):
    caplog.set_level(logging.DEBUG)
    settings.COPPER_API_KEY = "sk_test_canary4711"
    serve([made(1)])
    page = look_up(client, ["R-1"]) if path == "look-up" else client.get(path)
    assert page.status_code == 200
    assert all('-u "$COPPER_API_KEY:"' in line for _, line in receipt(page))
    assert receipt(page)
    for text in (page.content.decode(), caplog.text):
        assert "canary" not in text


def test_no_page_holds_another_pages_requests(client, serve):
    serve([made(1)])
    assert [len(receipt(client.get("/tickets/tkt_00001/"))) for _ in range(3)] == [1, 1, 1]


def test_many_requests_are_counted_and_the_first_are_listed(client, serve, monkeypatch):
    monkeypatch.setattr(receipts, "MOST", 2)
    serve([made(number) for number in range(1000)])
    page = look_up(client, ["R-3", "R-none"])
    assert len(receipt(page)) == 2
    count = int(re.search(r"How this was found: (\d+) requests to Copper", page.content.decode())[1])
    assert count >= 10
    assert f"And {count - 2} more, which are not listed." in page.content.decode()


def test_a_look_up_that_goes_on_keeps_what_it_asked(client, serve):
    serve([made(number) for number in range(3)])
    page = look_up(client, ["R-none"])
    before = receipt(page)
    assert state(page)
    further = receipt(go_on(client, page, "further"))
    assert further[: len(before)] == before
    assert len(further) > len(before)


def test_a_look_up_that_an_earlier_version_kept_has_none_and_can_be_gone_on_with():
    whole = Lookup(("R-1",), TicketQuery()).dump()
    kept = {name: value for name, value in whole.items() if name not in {"receipt", "listed"}}
    assert Lookup.load(kept).receipt.listed() == ([], 0)


def test_a_receipt_comes_back_from_json_as_it_was():
    kept = Receipt([Asked(("tickets",), (("limit", "5"),), 1.5, 0.25, 1.0, 5, "timeout", sent=False)], 9)
    again = Receipt.load(json.loads(json.dumps(kept.dump())))
    assert again.listed() == kept.listed()
    for wrong in ([], [1, [2]], ["x"], 5):
        with pytest.raises((LookupError, TypeError, ValueError)):
            Receipt.load(wrong)
