"""New tickets: what the page's own question gives, and what it costs."""

import gzip
from datetime import timedelta
from html import unescape

import pytest

from copper_sandbox import Fault, Store
from tests.pages.conftest import NOON, made


def poll(page) -> str:
    return unescape(page.response.content.decode().partition('data-poll="')[2].partition('"')[0])


def arrive(sandbox, id_: str, created: str = "2026-11-20T12:05:00Z", reference: str = "R-new") -> None:
    sandbox.store.add({"id": id_, "created": created, "reference": reference, "location": "loc_a"})


def asked(sandbox) -> list[object]:
    return [entry for entry in sandbox.ledger if entry.path == "/v1/tickets"]


def test_one_request_gives_what_is_newer_and_the_next_one_goes_on_there(serve, pages):
    sandbox = serve([made(number) for number in range(80)])
    page = pages.open("/tickets/?location=loc_a")
    before = len(asked(sandbox))
    nothing = pages.open(poll(page))
    assert (nothing.ids, len(asked(sandbox))) == ([], before + 1)
    assert "ending_before=tkt_00000" in poll(nothing)
    for number in range(3):
        arrive(sandbox, f"tkt_new{number}", f"2026-11-20T12:0{number}:30Z")
    fresh = pages.open(poll(nothing))
    assert fresh.ids == ["tkt_new2", "tkt_new1", "tkt_new0"]
    assert fresh.next == []
    assert pages.open(poll(fresh)).ids == []
    assert "limit=100" in poll(page)


def test_more_than_a_page_of_new_ones_come_one_after_the_other_without_a_gap(serve, pages):
    sandbox = serve([made(1)])
    at = poll(pages.open("/tickets/"))
    for number in range(130):
        arrive(sandbox, f"tkt_new{number:03}", f"2026-11-20T13:{number // 60:02}:{number % 60:02}Z")
    first = pages.open(at)
    second = pages.open(poll(first))
    assert second.ids + first.ids == [f"tkt_new{number:03}" for number in reversed(range(130))]


def test_an_empty_list_learns_of_its_first_ticket(serve, pages, clock):
    clock.move_to(NOON + timedelta(minutes=4))
    sandbox = serve([])
    at = poll(pages.open("/tickets/?location=loc_a"))
    arrive(sandbox, "tkt_first")
    assert pages.open(at).ids == ["tkt_first"]


def test_a_search_looks_through_what_is_new_alone(serve, pages, clock):
    clock.move_to(NOON + timedelta(minutes=4))
    sandbox = serve([made(number) for number in range(90)])
    at = poll(pages.open("/tickets/?search_query=R-8"))
    before = len(asked(sandbox))
    assert pages.open(at).ids == []
    assert len(asked(sandbox)) == before + 1
    clock.move_to(NOON + timedelta(minutes=6))
    arrive(sandbox, "tkt_other", reference="x")
    arrive(sandbox, "tkt_match", reference="R-8")
    found = pages.open(at)
    assert found.ids == ["tkt_match"]
    assert "created%5Bgte%5D=2026-11-20T12:04:00" in poll(found)


@pytest.mark.parametrize(
    "address", ["/tickets/?created[lt]=2026-11-20T12:00:00Z", "/tickets/?range=yesterday", "/tickets/?limit=0"]
)
def test_lists_that_nothing_new_belongs_to_do_not_ask(serve, pages, address):
    serve([made(number) for number in range(9)])
    assert "data-poll" not in pages.open(address).response.content.decode()
    assert "data-poll" not in pages.open(pages.open("/tickets/?limit=3").next_url).response.content.decode()


def test_a_failure_has_its_status_and_nothing_to_show(serve, pages):
    sandbox = serve([made(1)])
    at = poll(pages.open("/tickets/"))
    sandbox.script(lambda _: Fault(status=429, headers={"Retry-After": "99"}))  # longer than anybody waits for
    response = pages.open(at).response
    assert (response.status_code, response.content) == (503, b"")
    assert int(response["Retry-After"]) >= 1


@pytest.mark.parametrize("query", ["limit=0", "search_query=%FF", "created[gte]=x"])
def test_a_malformed_question_is_400_and_copper_is_not_asked(serve, client, query):
    sandbox = serve([made(1)])
    assert client.get(f"/tickets/new?{query}").status_code == 400
    assert asked(sandbox) == []


def test_an_appended_page_of_100_is_compressed_to_less_than_20_kib(serve, client, pages):
    serve(store=Store.generate(tickets=300, days=2))
    following = pages.open("/tickets/?limit=100").next_url
    response = client.get(following, headers={"HX-Request": "true", "Accept-Encoding": "gzip"})
    assert response["Content-Encoding"] == "gzip"
    assert gzip.decompress(response.content).count(b"data-ticket-id") == 100
    assert len(response.content) <= 20 * 1024
    assert "Accept-Encoding" in response["Vary"]


def test_a_file_is_not_compressed_on_its_way(serve, client):
    serve([made(number) for number in range(300)])
    response = client.get("/tickets/export.csv", headers={"Accept-Encoding": "gzip"})
    assert "Content-Encoding" not in response
    assert b"".join(response.streaming_content).count(b"tkt_") == 300
