"""The number of a request: from where it comes, and where it goes."""

import re

import pytest

from copper_sandbox import Fault
from tests.dashboard.operations.conftest import TICKETS, fail

NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


@pytest.mark.parametrize("given", ["abcdefgh", "0000-ffff-0123", "x" * 64])
def test_a_usable_number_that_comes_with_a_request_is_kept(client, db, given):
    assert client.get("/nowhere", headers={"X-Request-Id": given})["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "abcdefgh\n", "abc def gh", "<script>1", "abcdefg\u0661", "_" * 8]
)
def test_any_other_number_is_replaced(client, db, given):
    found = client.get("/nowhere", headers={"X-Request-Id": given})["X-Request-Id"]
    assert found != given
    assert NUMBER.fullmatch(found)


def test_each_request_has_a_number_of_its_own(client, db):
    assert len({client.get("/nowhere")["X-Request-Id"] for _ in range(5)}) == 5


def sent(sandbox) -> set[str | None]:
    return {entry.request_id for entry in sandbox.ledger if "/tickets" in entry.path}


@pytest.mark.parametrize(
    "address", ["/tickets/", "/tickets/?search_query=R-11&created[gte]=2026-11-01T00:00:00Z", "/tickets/tkt_00003/"]
)
def test_the_number_goes_to_copper_with_every_request_made_for_the_page(client, serve, address):
    sandbox = serve(TICKETS)
    response = client.get(address, headers={"X-Request-Id": "number-of-this-page"})
    assert response.status_code == 200
    assert sent(sandbox) == {"number-of-this-page"}


def test_the_number_goes_along_when_an_exact_id_is_looked_up_beside_a_search(client, serve):
    sandbox = serve(TICKETS)
    client.get("/tickets/?search_query=tkt_00003", headers={"X-Request-Id": "number-of-this-page"})
    assert "/v1/tickets/tkt_00003" in {entry.path for entry in sandbox.ledger}
    assert sent(sandbox) == {"number-of-this-page"}


def test_failures_say_which_number_to_quote(client, serve):
    fail(serve(TICKETS), *[Fault(status=500)] * 50)
    for address in ("/tickets/", "/tickets/tkt_1/", "/nowhere"):
        response = client.get(address, headers={"X-Request-Id": "quote-me-please"})
        assert response.status_code >= 400
        assert "Quote this number if you ask for help: <code>quote-me-please</code>" in response.content.decode()


def test_appended_rows_that_failed_say_it_too(client, serve):
    fail(serve(TICKETS), *[Fault(status=500)] * 50)
    response = client.get(
        "/tickets/?starting_after=tkt_00003", headers={"HX-Request": "true", "X-Request-Id": "quote-me-1"}
    )
    assert "<code>quote-me-1</code>" in response.content.decode()


def test_a_page_without_a_failure_has_no_number_to_quote(client, serve):
    serve(TICKETS)
    assert b"Quote" not in client.get("/tickets/").content
