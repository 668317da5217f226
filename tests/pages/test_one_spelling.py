"""However a time is typed or linked, or Copper itself spelled it: one spelling reaches Copper (RFC 3339)."""

import re
from itertools import product
from urllib.parse import urlencode

import pytest

from tests.pages.conftest import made

RFC_3339 = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", re.ASCII)
SPELLED = [
    "2026-11-20 09:00-05:00",
    "2026-11-20 09:00 -05:00",
    "2026-11-20 09:00:00 05:30",
    "2026-11-20 09:00",
    "2026-11-20",
    "2026-11-20t09:00:00z",
    "2026-11-20T09:00z",
    "2026-11-20 09:00:00.123456789Z",
    "2026-11-20t09:00:00,5-05:00",
    "2026-11-20T09:00:00-00:00",
    "2026-11-20T09:00:00,5-05:00",
    "2026-11-20T09:00.5Z",
]
NAMES = ["created[gte]", "created[gt]", "created[lte]", "created[lt]", "looked_to", "look_back_to", "cursor_created"]
PATHS = ["/tickets/", "/tickets/new", "/tickets/export.csv"]


def assert_one_spelling(sandbox) -> None:
    sent = [value for entry in list(sandbox.ledger) for name, value in entry.params if name.startswith("created")]
    assert [value for value in sent if not RFC_3339.fullmatch(value)] == []


@pytest.mark.parametrize("spelled", SPELLED)
def test_one_spelling_reaches_copper(serve, client, spelled):
    sandbox = serve([made(number) for number in range(5)])
    for path, name, search in product(PATHS, NAMES, ({}, {"search_query": "R-"})):
        cursor = {"starting_after": "tkt_gone"} if name == "cursor_created" else {}
        headers = {} if path.endswith(".csv") else {"HX-Request": "true"}  # of a file htmx asks when it begins
        response = client.get(f"{path}?{urlencode({name: spelled} | search | cursor)}", headers=headers)
        assert response.status_code == 200
        b"".join(response)
    assert any(name.startswith("created") for entry in list(sandbox.ledger) for name, _ in entry.params)
    assert_one_spelling(sandbox)


@pytest.mark.parametrize("spelled", SPELLED[:3] + SPELLED[5:])
def test_the_address_says_it_as_copper_is_asked(serve, client, spelled):
    serve([])
    response = client.get("/tickets/", {"created[lte]": spelled})
    assert response.status_code == 302
    assert re.fullmatch(r"/tickets/\?created%5Blte%5D=2026-11-20T09:00:00\S*", response["Location"])


@pytest.mark.parametrize("spelled", ["2026-11-20 09:{:02}:00z", "2026-11-20t09:{:02}Z"])
def test_a_time_that_copper_spells_in_its_own_way_is_asked_for_in_ours(serve, pages, spelled):
    for more in ("", "&search_query=R-"):
        sandbox = serve([made(number, created=spelled.format(59 - number)) for number in range(9)])
        url, seen = f"/tickets/?limit=3{more}", []
        while url:
            page = pages.open(url)
            seen, url = [*seen, *page.ids], page.next_url
            if len(seen) == 3:
                sandbox.store.delete("tkt_00002")  # where the first page ends: what comes then is found by time
        assert set(seen) == {f"tkt_{number:05}" for number in range(9)}
        assert_one_spelling(sandbox)
