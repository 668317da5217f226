"""The sandbox keeps COPPER_API.md's contract, item by item, over real HTTP."""

import json
import shutil
import socket
import subprocess
from http.client import HTTPResponse

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copper_sandbox import Sandbox, Store
from tests.copper_sandbox.conftest import KEY, LOCATIONS, get, made
from tests.processes import PATIENCE


def refused(answer: requests.Response, status: int, param: str | None = None) -> None:
    assert answer.status_code == status
    error = answer.json()["error"]
    assert error["type"]
    assert error["message"]
    assert error.get("param") == param


def test_a_ticket_and_a_location_by_id(sandbox):
    assert get(sandbox, "tickets/t003").json() == {"object": "ticket", **made(3)}
    assert get(sandbox, "locations/loc_b").json() == {"object": "location", **LOCATIONS[1]}
    refused(get(sandbox, "tickets/nope"), 404, "id")
    refused(get(sandbox, "locations/nope"), 404, "id")
    refused(get(sandbox, "elsewhere"), 404)


@pytest.mark.parametrize(
    "auth", [None, ("", ""), ("sk_test_X", "password"), ("pk_test_X", ""), ("sk_live", "")], ids=str
)
def test_only_a_secret_key_with_an_empty_password_is_let_in(sandbox, auth):
    refused(get(sandbox, "tickets", auth=auth), 401)


@pytest.mark.parametrize("key", ["sk_test_X", "sk_live_X"])
def test_test_and_live_keys_are_let_in(sandbox, key):
    assert get(sandbox, "tickets", auth=(key, "")).status_code == 200


def test_a_key_may_lack_the_right_to_read_locations(sandbox):
    auth = ("sk_test_nolocations_X", "")
    refused(get(sandbox, "locations", auth=auth), 403)
    assert get(sandbox, "tickets", auth=auth).status_code == 200


def test_a_connected_account_has_its_own_tickets():
    store, other = Store(tickets=[made(1)]), Store(tickets=[made(2)])
    with Sandbox(store, accounts={"acct_1": other}) as sandbox:
        assert get(sandbox, "tickets", headers={"Copper-Account": "acct_1"}).json()["data"][0]["id"] == "t002"
        refused(get(sandbox, "tickets", headers={"Copper-Account": "acct_2"}), 403)


def test_lists_have_ten_rows_newest_first_and_say_whether_there_is_more(sandbox):
    body = get(sandbox, "tickets").json()
    assert body["object"] == "list"
    assert [row["id"] for row in body["data"]] == [f"t{number:03}" for number in range(10)]
    assert body["has_more"] is True
    assert get(sandbox, "tickets", limit=30).json()["has_more"] is False


@pytest.mark.parametrize("limit", ["0", "101", "00999", "9" * 5000, "-1", "x", "", "1.0", "1e1", "٣"])
def test_a_limit_outside_1_to_100_is_refused(sandbox, limit):
    refused(get(sandbox, "tickets", limit=limit), 400, "limit")


def test_both_cursors_lead_the_right_way(sandbox):
    def ids(**params):
        return [row["id"] for row in get(sandbox, "tickets", **params).json()["data"]]

    assert ids(starting_after="t004", limit=2) == ["t005", "t006"]
    assert ids(ending_before="t004", limit=2) == ["t002", "t003"]
    assert ids(ending_before="t000") == []
    refused(get(sandbox, "tickets", starting_after="nope"), 400, "starting_after")
    refused(get(sandbox, "tickets", ending_before="nope"), 400, "ending_before")
    refused(get(sandbox, "tickets", starting_after="t001", ending_before="t003"), 400, "ending_before")


def test_unknown_and_repeated_parameters_are_refused(sandbox):
    refused(get(sandbox, "tickets", status="paid"), 400, "status")
    refused(get(sandbox, "tickets", limit=["1", "2"]), 400, "limit")
    refused(get(sandbox, "tickets/t003", limit="3"), 400, "limit")
    refused(get(sandbox, "locations/loc_b", expand="x"), 400, "expand")


@pytest.mark.parametrize(
    ("bounds", "numbers"),
    [
        ({"created[gte]": "2026-11-23T23:58:00Z"}, [0, 1, 2]),
        ({"created[gt]": "2026-11-23T23:58:00Z"}, [0, 1]),
        ({"created[lte]": "2026-11-23T18:32:00-05:00"}, [28, 29]),
        ({"created[lt]": "2026-11-24T05:02:00+05:30"}, [29]),
        ({"created[gt]": "2026-11-23T23:57:59.999999999Z", "created[lt]": "2026-11-23T23:59:00.000000001Z"}, [1, 2]),
        ({"created[gte]": "2026-11-24"}, [0]),
        ({"created[gte]": "2026-11-24T00:00:00"}, [0]),
    ],
)
def test_bounds_on_created_to_the_nanosecond_and_with_offsets(sandbox, bounds, numbers):
    rows = get(sandbox, "tickets", limit=100, **bounds).json()["data"]
    assert [row["id"] for row in rows] == [f"t{number:03}" for number in numbers]


@pytest.mark.parametrize("name", ["created[gte]", "created[gt]", "created[lte]", "created[lt]"])
def test_a_bound_that_is_no_date_is_refused(sandbox, name):
    refused(get(sandbox, "tickets", **{name: "soon"}), 400, name)


def test_the_search_is_strictly_post_hoc(sandbox):
    """COPPER_API.md, "Tickets": the database query runs first, and `has_more` is its own."""
    page = get(sandbox, "tickets", search_query="r29", limit=10).json()
    assert (page["data"], page["has_more"]) == ([], True)
    page = get(sandbox, "tickets", search_query="r29", starting_after="t019").json()
    assert ([row["id"] for row in page["data"]], page["has_more"]) == (["t029"], False)


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_only_get_is_offered(sandbox, method):
    answer = getattr(requests, method)(f"{sandbox.url}/tickets", auth=KEY, timeout=10)
    refused(answer, 405)
    assert answer.headers["Allow"] == "GET"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"GARBAGE\r\n\r\n", 400),
        (b"FOO /v1/tickets HTTP/1.1\r\n\r\n", 501),
        (b"GET /v1/tickets HTTP/2.0\r\n\r\n", 505),
        (b"GET /v1/tickets?search_query=" + b"a" * 66_000 + b" HTTP/1.1\r\n\r\n", 414),
        (b"GET /v1/tickets HTTP/1.1\r\n" + b"X: x\r\n" * 200 + b"\r\n", 431),
    ],
    ids=["no request", "no method", "no version", "too long", "too much"],
)
def test_what_cannot_be_read_is_refused_in_json_too_and_ends_the_connection(sandbox, sent, status):
    host, port = sandbox.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port)), timeout=PATIENCE) as connection:
        connection.sendall(sent)
        answer = HTTPResponse(connection)
        answer.begin()
        assert (answer.status, answer.headers["Content-Type"]) == (status, "application/json")
        error = json.loads(answer.read())["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"]
    assert answer.will_close


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_what_a_request_carries_is_not_taken_for_the_next_one(sandbox, method):
    with requests.Session() as session:
        session.auth = KEY
        assert session.request(method, f"{sandbox.url}/tickets", data="limit=3", timeout=10).status_code in {200, 405}
        assert len(session.get(f"{sandbox.url}/tickets", params={"limit": "3"}, timeout=10).json()["data"]) == 3


def test_errors_can_stand_at_the_top_level_too():
    with Sandbox(Store(), error_style="flat") as sandbox:
        assert get(sandbox, "tickets", limit=0).json()["param"] == "limit"


def test_locations_are_a_list_like_any_other(sandbox):
    body = get(sandbox, "locations", limit=2).json()
    assert ([row["id"] for row in body["data"]], body["has_more"]) == (["loc_a", "loc_b"], True)
    assert [row["id"] for row in get(sandbox, "locations", starting_after="loc_b").json()["data"]] == ["loc_c"]
    assert [row["id"] for row in get(sandbox, "locations", ending_before="loc_c", limit=1).json()["data"]] == ["loc_b"]
    refused(get(sandbox, "locations", starting_after="nope"), 400, "starting_after")


tickets = st.lists(
    st.tuples(st.integers(0, 8), st.sampled_from(["loc_a", "loc_b", None]), st.sampled_from(["hit", "miss", None])),
    max_size=40,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(tickets, st.integers(1, 9), st.sampled_from([None, "loc_a"]), st.sampled_from([None, "HIT"]))
def test_walking_the_pages_by_the_rules_gives_the_truth(rows, limit, location, search):
    store = Store(
        tickets=[
            {**made(number), "created": made(minute)["created"], "location": place, "reference": reference}
            for number, (minute, place, reference) in enumerate(rows)
        ]
    )
    filters = {name: value for name, value in (("location", location), ("search_query", search)) if value}
    found, params = [], dict(filters)
    with Sandbox(store) as sandbox:
        while True:
            page = get(sandbox, "tickets", limit=limit, **params).json()
            found += [row["id"] for row in page["data"]]
            looked_at = sandbox.ledger[-1]
            assert looked_at.rows <= limit
            if not page["has_more"]:
                break
            params["starting_after"] = looked_at.last_row
    assert found == [ticket["id"] for ticket in store.truth(**filters)]


@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl: install it to run the vendor's own examples")
def test_the_vendors_two_examples_work_with_only_the_host_changed(sandbox):
    def curl(*arguments: str) -> dict[str, object]:
        return json.loads(
            subprocess.run(["curl", "-s", *arguments], capture_output=True, check=True, timeout=30).stdout
        )

    assert curl(f"{sandbox.url}/tickets/someid", "-u", "sk_test_X:")["error"]["code"] == "resource_missing"
    listed = curl(f"{sandbox.url}/tickets", "-u", "sk_test_X:", "-d", "limit=3", "-d", "location=loc_a", "-G")
    assert len(listed["data"]) == 3
