"""Following rel=next gives exactly the truth: every match once, in order (DESIGN.md, promise 1)."""

from datetime import UTC, datetime, timedelta
from urllib.parse import quote, urlencode

import pytest

from copper_sandbox import Fault, Store
from tests.pages.conftest import NOON, made

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


def address(**filters: str) -> str:
    names = {"gte": "created[gte]", "gt": "created[gt]", "lte": "created[lte]", "lt": "created[lt]"}
    return "/tickets/?" + urlencode({names.get(name, name): value for name, value in filters.items()}, quote_via=quote)


@pytest.fixture(scope="module")
def shop() -> Store:
    return Store.generate(tickets=1200, days=30, seed=7, now=NOW)


def truth(store: Store, **filters: str) -> list[str]:
    names = {name: f"created_{name}" for name in ("gte", "gt", "lte", "lt")}
    return [ticket["id"] for ticket in store.truth(**{names.get(name, name): value for name, value in filters.items()})]


@pytest.mark.parametrize(
    "filters",
    [
        {},
        {"search_query": "44"},
        {"search_query": "there is no such reference"},
        {"gte": "2026-11-10T00:00:00Z", "lt": "2026-11-12T00:00:00-05:00"},
        {"gt": "2026-11-01T09:00:00.5+01:00", "lte": "2026-11-20T17:30:00Z", "search_query": "R-1"},
    ],
    ids=str,
)
@pytest.mark.parametrize("limit", ["50", "100", "37"])
def test_1200_tickets(shop, serve, pages, filters, limit):
    serve(store=shop)
    assert pages.ids(address(**filters, limit=limit)) == truth(shop, **filters)


def test_one_location(shop, serve, pages):
    serve(store=shop)
    location = next(ticket["location"] for ticket in shop.truth() if ticket.get("location"))
    assert pages.ids(address(location=location)) == truth(shop, location=location)


def test_a_search_whose_pages_are_mostly_empty(serve, pages):
    tickets = [
        made(number, reference="the one" if number in {250, 999, 2500} else f"R-{number}") for number in range(3000)
    ]
    serve(tickets)
    found = pages.follow(address(search_query="the one"))
    assert [id_ for page in found for id_ in page.ids] == ["tkt_00250", "tkt_00999", "tkt_02500"]


@pytest.mark.parametrize("filters", [{}, {"search_query": "hit"}], ids=str)
@pytest.mark.parametrize("limit", ["7", "50", "100"])
def test_more_than_100_tickets_of_one_timestamp(serve, pages, filters, limit):
    tickets = [made(number, at=NOON, reference="hit" if number % 3 == 0 else "other") for number in range(350)]
    sandbox = serve(tickets)
    assert pages.ids(address(**filters, limit=limit)) == truth(sandbox.store, **filters)


def test_while_tickets_arrive(serve, pages):
    sandbox = serve([made(number) for number in range(1200)])
    there = truth(sandbox.store)
    arrived = iter(range(90_000, 99_000))

    def arrive(_request: object) -> Fault | None:
        sandbox.store.add(made(next(arrived), at=datetime.now(UTC)))
        return None

    sandbox.script(arrive)
    assert [id_ for id_ in pages.ids(address(limit="100")) if id_ < "tkt_90000"] == there
    assert pages.ids(address(search_query="R-11", lt="2026-11-20T12:30:00Z")) == [
        ticket["id"] for ticket in sandbox.store.truth(search_query="R-11", created_lt="2026-11-20T12:30:00Z")
    ]


def test_while_the_last_ticket_of_every_page_is_deleted(serve, pages):
    sandbox = serve([made(number) for number in range(400)])
    there, found, url, deleted = truth(sandbox.store), [], "/tickets/", set()
    while url:
        page = pages.open(url)
        found += page.ids
        url = page.next_url
        sandbox.store.delete(page.ids[-1])
    assert found == there
    assert deleted == set()


def test_towards_newer_tickets_from_a_cursor(serve, pages):
    sandbox = serve([made(number) for number in range(230)])
    found = pages.follow("/tickets/?ending_before=tkt_00200&limit=50")
    assert [id_ for page in found[::-1] for id_ in page.ids] == truth(sandbox.store)[:200]


def test_the_next_link_of_a_relative_range_is_absolute(serve, pages):
    now = datetime.now(UTC)
    serve([made(number, at=now - timedelta(minutes=number)) for number in range(90)])
    page = pages.open("/tickets/?range=1h")
    assert "range=" not in page.next_url
    assert "created%5Bgte%5D=" in page.next_url
    assert len(pages.ids("/tickets/?range=1h")) in {60, 61}
