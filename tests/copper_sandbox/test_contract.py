"""The sandbox keeps COPPER_API.md's contract, item by item, over real HTTP."""

import json
import shutil
import socket
import statistics
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from copper_sandbox import Fault, Sandbox, Store
from copper_sandbox.generate import Shop
from copper_sandbox.times import nanoseconds

PROJECT = Path(__file__).parents[2]
KEY = ("sk_test_X", "")
NOW = datetime(2026, 11, 24, tzinfo=UTC)
LOCATIONS = [{"id": f"loc_{letter}", "display_name": letter} for letter in "abc"]


def made(number: int, **properties: object) -> dict[str, object]:
    created = (NOW - timedelta(minutes=number)).isoformat().replace("+00:00", "Z")
    return {"id": f"t{number:03}", "created": created, "reference": f"R{number}", "location": "loc_a", **properties}


@pytest.fixture(scope="module")
def sandbox():
    with Sandbox(Store(tickets=[made(number) for number in range(30)], locations=LOCATIONS)) as running:
        yield running


def get(sandbox: Sandbox, path: str, auth=KEY, headers=None, **params) -> requests.Response:
    return requests.get(f"{sandbox.url}/{path}", params=params, auth=auth, headers=headers, timeout=10)


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


@pytest.mark.parametrize("limit", ["0", "101", "-1", "x", "", "1.0", "1e1", "٣"])
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
    assert getattr(requests, method)(f"{sandbox.url}/tickets", auth=KEY, timeout=10).status_code == 405


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


# The company


def test_the_same_seed_makes_the_same_tickets():
    one, two, other = (Store.generate(tickets=300, days=9, seed=seed, now=NOW) for seed in (7, 7, 8))
    assert one.truth() == two.truth() != other.truth()


def test_a_ticket_is_the_same_each_time_it_is_served():
    store = Store.generate(tickets=20, days=9, seed=7, now=NOW)
    first = store.truth()[0]
    assert store.ticket(first["id"]).make() == first


def test_days_have_peaks_and_nights_are_nearly_empty():
    tickets_made = Store.generate(tickets=20_000, days=20, seed=7, now=NOW).truth(location="loc_brooklyn")
    hours = [0] * 24
    for ticket in tickets_made:
        hours[(datetime.fromisoformat(ticket["created"]).hour - 5) % 24] += 1
    assert statistics.mean(sorted(hours)[-3:]) > 10 * statistics.mean(sorted(hours)[:3])


def test_the_data_holds_what_real_data_holds():
    made_up = Store.generate(tickets=5000, days=30, seed=7, now=NOW).truth()
    assert {ticket["status"] for ticket in made_up} == {"paid", "open", "voided", "refunded"}
    assert len({ticket["location"] for ticket in made_up}) >= 12
    assert any("reference" not in ticket for ticket in made_up)
    assert any(ticket.get("reference", "") is None for ticket in made_up)
    assert any("<script>" in (ticket.get("reference") or "") for ticket in made_up)
    assert any("\ud800" in (ticket.get("reference") or "") for ticket in made_up)
    assert any(ticket["items"][0]["unit_amount"] for ticket in made_up)
    times = [ticket["created"] for ticket in made_up]
    assert len(times) - len(set(times)) >= 20
    assert all(NOW - timedelta(days=31) < datetime.fromisoformat(time_) <= NOW for time_ in times)


# What goes wrong on purpose


def test_scripted_faults_come_in_order_and_rules_stay():
    with Sandbox(Store(tickets=[made(1)])) as sandbox:
        sandbox.script(Fault(status=503), None, Fault(status=429, headers={"Retry-After": "1"}))
        assert [get(sandbox, "tickets").status_code for _ in range(4)] == [503, 200, 429, 200]
        sandbox.script(lambda asked: Fault(status=500) if "limit" in dict(asked.params) else None)
        assert [get(sandbox, "tickets", **params).status_code for params in ({}, {"limit": 1}, {})] == [200, 500, 200]
        sandbox.unscript()
        assert get(sandbox, "tickets", limit=1).status_code == 200


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(cut=True)])
def test_connections_can_break(fault):
    with Sandbox(Store(tickets=[made(1)])) as sandbox:
        sandbox.script(fault)
        with pytest.raises(requests.RequestException):
            get(sandbox, "tickets")


def test_a_rate_limit_answers_429_with_retry_after():
    with Sandbox(Store(), rate_limit=2) as sandbox:
        answers = [get(sandbox, "tickets") for _ in range(6)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited
        assert int(limited[0].headers["Retry-After"]) >= 1


def test_a_share_of_requests_fails():
    with Sandbox(Store(), fail_rate=0.5, seed=3) as sandbox:
        failed = 0
        for _ in range(60):
            try:
                failed += get(sandbox, "tickets").status_code != 200
            except requests.RequestException:
                failed += 1
        assert 10 < failed < 50


def test_answers_take_the_latency():
    with Sandbox(Store(), latency=0.2) as sandbox:
        started = time.monotonic()
        get(sandbox, "tickets")
        assert time.monotonic() - started >= 0.2


def test_tickets_arrive():
    with Sandbox(Store(locations=LOCATIONS), arrivals_per_minute=6000) as sandbox:
        deadline = time.monotonic() + 20
        while len(sandbox.store) < 3:
            assert time.monotonic() < deadline
            get(sandbox, "tickets")
        newest = get(sandbox, "tickets", limit=1).json()["data"][0]
        assert abs(datetime.fromisoformat(newest["created"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_ledger_knows_what_came_in(sandbox):
    sandbox.ledger.clear()
    get(sandbox, "tickets", headers={"X-Request-Id": "r1"}, search_query="é&=", limit=3)
    [entry] = sandbox.ledger
    assert (entry.method, entry.path, entry.query) == ("GET", "/v1/tickets", {"search_query": "é&=", "limit": "3"})
    assert (entry.status, entry.rows, entry.last_row, entry.request_id, entry.in_flight) == (200, 3, "t002", "r1", 1)


def test_a_page_touches_only_the_rows_it_gives():
    """With a million tickets a page must cost as little as with a hundred: counted in rows, not in time."""
    store = Store(tickets=[made(number % 1000, id=f"t{number}") for number in range(5000)])
    touched = 0
    for row in store._all:
        original = row.make

        def counted(original=original) -> dict[str, object]:
            nonlocal touched
            touched += 1
            return original()

        row.make = counted
    with Sandbox(store) as sandbox:
        get(sandbox, "tickets", limit=100, starting_after="t2500")
    assert touched == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-02", 86_400 * 10**9),
        ("soon", None),
        ("1970-13-01", None),
        (None, None),
    ],
)
def test_times_are_whole_nanoseconds(text, expected):
    assert nanoseconds(text) == expected


def test_the_command_serves_until_it_is_told_to_stop():
    command = [
        sys.executable,
        "-m",
        "copper_sandbox",
        "--port",
        "0",
        "--tickets",
        "50",
        "--days",
        "2",
        "--latency-ms",
        "0",
    ]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        line = process.stdout.readline()
        url = line.split()[2]
        assert requests.get(f"{url}/tickets", auth=KEY, timeout=10).json()["has_more"] is True
        assert requests.get(url.replace("/v1", "/next") + "/tickets", auth=KEY, timeout=10).status_code == 200
        process.terminate()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_a_client_that_leaves_is_no_event(sandbox, capsys):
    host, port = sandbox.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port))) as leaver:
        leaver.sendall(b"GET /v1/tickets HTTP/1.1\r\n")
    assert get(sandbox, "tickets").status_code == 200
    assert capsys.readouterr().err == ""


def test_an_arrival_is_a_whole_ticket():
    ticket = Shop(1).arrival(1).make()
    assert {"id", "object", "created", "location", "items", "total", "metadata"} <= set(ticket)
