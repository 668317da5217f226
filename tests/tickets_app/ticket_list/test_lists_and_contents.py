"""Lists that misbehave and tickets with anything in them (RELIABILITY.md, rows 25 to 44)."""

import json
import time

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from copper_sandbox import Fault
from tests.fault_server import FaultServer, answer
from tests.pages.conftest import made
from tests.tickets_app.copper.test_resources import json_values


def listed(*tickets: object, more: bool = False, **extra: object) -> dict[str, object]:
    return {"object": "list", "data": list(tickets), "has_more": more, **extra}


@pytest.fixture
def copper(settings):
    """Copper answers with these bodies, the last one for ever."""
    servers = []

    def start(*bodies: object, **headers: str) -> FaultServer:
        server = FaultServer(*(answer(body, **headers) for body in bodies)).__enter__()
        servers.append(server)
        settings.COPPER_API_URL = server.url
        return server

    yield start
    for server in servers:
        server.__exit__()


def test_a_search_page_may_hold_no_row_and_a_next_link(serve, pages, settings):
    """Row 25."""
    settings.SEARCH_TIME_BUDGET = 0.1
    serve([made(number) for number in range(1000)], latency=0.06)
    page = pages.open("/tickets/?search_query=R-999")
    assert (page.status, page.ids) == (200, [])
    assert page.next_url
    assert "nothing found there yet" in page.text
    assert "Looked at 99 tickets, back to 20 Nov" in page.text


def test_a_list_that_says_more_and_gives_none_is_an_honest_stop(copper, pages):
    """Row 26."""
    server = copper(listed(more=True))
    page = pages.open("/tickets/")
    assert (page.status, len(server.tickets_asked)) == (502, 2)
    assert "Copper’s list contradicts itself" in page.text


@pytest.mark.parametrize(
    "bodies",
    [
        pytest.param([listed(made(1), made(2), more=True)], id="the same page for ever"),
        pytest.param(
            [listed(made(3), more=True), listed(made(2), more=True), listed(made(3), more=True)], id="goes round"
        ),
    ],
)
def test_a_list_that_repeats_itself_ends_in_a_clear_error(copper, pages, bodies):
    """Row 27: also across pages, where only the link remembers."""
    server = copper(*bodies)
    seen, url = [], "/tickets/"
    while url and len(seen) < 10:
        page = pages.open(url)
        seen.append(page)
        url = page.next_url if page.status == 200 else None
    assert seen[-1].status == 502
    assert "contradicts itself" in seen[-1].text
    assert len(server.tickets_asked) <= len(bodies) + 2
    ids = [id_ for page in seen for id_ in page.ids]
    assert len(ids) == len(set(ids))


def test_duplicates_in_a_page_are_shown_once(copper, pages):
    """Row 28."""
    copper(listed(made(1), made(1), made(2)))
    assert pages.open("/tickets/").ids == ["tkt_00001", "tkt_00002"]


@pytest.mark.parametrize("status", [400, 404])
def test_a_deleted_cursor_is_found_again(serve, pages, status):
    """Rows 29 and 54, whichever status Copper chooses."""
    sandbox = serve([made(number) for number in range(120)])
    first = pages.open("/tickets/")
    sandbox.store.delete(first.ids[-1])
    body = json.dumps({"error": {"code": "resource_missing", "param": "starting_after"}}).encode()
    sandbox.script(Fault(status=status, body=body))
    second = pages.rows(first.next_url)
    assert second.ids[0] == "tkt_00050"
    assert "no longer exists" in second.text


def test_a_link_whose_cursor_is_unknown_and_has_no_time_says_so(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/?starting_after=tkt_gone")
    assert page.status == 502
    assert page.ids == []


def test_disorder_and_missing_times_stay_where_copper_put_them(copper, pages):
    """Row 33."""
    tickets = [made(1), {**made(9), "created": None}, made(5), {"id": "tkt_x"}, made(2)]
    copper(listed(*tickets))
    page = pages.open("/tickets/")
    assert page.ids == ["tkt_00001", "tkt_00009", "tkt_00005", "tkt_x", "tkt_00002"]
    assert page.text.count("no time") == 2


@pytest.mark.parametrize(
    "body", [{}, listed(data=None), listed(data={}), [], "x", None, {"data": []}, listed(more=None)], ids=str
)
def test_a_list_of_the_wrong_shape_is_502(copper, pages, body):
    """Row 34."""
    copper(body)
    page = pages.open("/tickets/")
    assert page.status == 502
    assert "not readable" in page.text


def test_unreadable_rows_are_shown_as_such(copper, pages):
    copper(listed(made(1), "text", {"reference": "no id"}, {"id": 7}, made(2)))
    page = pages.open("/tickets/")
    assert page.ids == ["tkt_00001", "tkt_00002"]
    assert page.text.count("a row here that cannot be read") == 3


@pytest.mark.parametrize("size", [1, 3, 80, 250])
def test_a_page_larger_or_smaller_than_asked_for_is_shown_whole(copper, pages, size):
    """Row 35."""
    copper(listed(*(made(number) for number in range(size))))
    assert len(pages.open("/tickets/").ids) == size


def test_copper_s_clock_far_from_ours_is_said(copper, pages):
    """Row 36."""
    copper(listed(made(1)), Date="Tue, 24 Nov 2020 12:00:00 GMT")
    assert "clock and this server’s differ" in pages.open("/tickets/?range=1h").text


def test_the_last_hour_has_no_upper_end(serve, pages):
    sandbox = serve([])
    pages.open("/tickets/?range=1h")
    [asked] = [entry for entry in sandbox.ledger if entry.path == "/v1/tickets"]
    assert [name for name, _ in asked.params if name.startswith("created")] == ["created[gte]"]


def test_an_unknown_location_keeps_its_filter(serve, pages):
    """Row 37."""
    sandbox = serve([made(1)])
    body = json.dumps({"error": {"code": "resource_missing", "param": "location"}}).encode()
    sandbox.script(lambda asked: Fault(status=404, body=body) if "/tickets" in asked.path else None)
    page = pages.open("/tickets/?location=loc_live")
    assert page.status == 404
    assert "Location: loc_live" in page.text


def test_a_ticket_of_the_other_mode_is_404(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/tkt_of_live_mode/")
    assert page.status == 404
    assert "There is no such ticket" in page.text
    assert "a test key sees no live tickets" in page.text


NASTY = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "{{7*7}}{% now %}",
    "javascript:alert(1)",
    "</title><h1>",
    "' hx-get='/evil' '",
    "\u202egnp.exe",
    "a\x00b\x1b[31m\u2028c",
    "\ud800",
    "é" + "\u0301" * 50,
    "👩‍🍳",
]


@pytest.mark.parametrize("text", NASTY)
def test_hostile_text_is_only_text(copper, pages, text):
    """Rows 41 and 42."""
    ticket = {**made(1), "reference": text, "location": text, text: text, "nested": {text: [text]}}
    for body, path in ((listed(ticket), "/tickets/"), (ticket, "/tickets/tkt_00001/")):
        copper(body)
        page = pages.open(path)
        html = page.response.content.decode()
        assert page.status == 200
        assert page.ids == ["tkt_00001"]
        for dangerous in (
            "<script>alert",
            "<img src=x",
            "</title><h1>",
            "hx-get='/evil'",
            "\u202e",
            "\x00",
            "\x1b",
            "\u2028",
        ):
            assert dangerous not in html


@pytest.mark.parametrize("length", [201, 5000, 10_000_000])
def test_a_long_reference_is_cut_and_the_pages_stay_small(copper, pages, length):
    """Row 40."""
    ticket = {**made(1), "reference": "R" * length, "note": "x" * 5000}
    copper(listed(*([ticket] + [made(number) for number in range(2, 30)])))
    started = time.monotonic()
    page = pages.open("/tickets/")
    assert len(page.response.content) < 300_000
    assert "R" * 199 + "…" in page.text
    assert "R" * 200 not in page.text
    copper(ticket)
    page = pages.open("/tickets/tkt_00001/")
    assert len(page.response.content) < 600_000
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    "created",
    [
        "2026-11-20T09:00:00",
        "2026-11-20T09:00:00.123456789Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T23:59:60Z",
        "0001-01-01T00:00:00+14:00",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59Z",
        "soon",
        7,
        None,
        ["x"],
    ],
    ids=str,
)
@pytest.mark.parametrize("zone", ["America/New_York", "Pacific/Kiritimati"])
def test_any_created_is_shown_one_way_or_the_other(copper, pages, settings, created, zone):
    """Row 44."""
    settings.TIME_ZONE = zone
    ticket = {"id": "tkt_1", "created": created}
    for body, path in ((listed(ticket, more=True), "/tickets/?limit=1"), (ticket, "/tickets/tkt_1/")):
        copper(body)
        page = pages.open(path)
        assert (page.status, page.ids) == (200, ["tkt_1"])
        if isinstance(created, str):
            assert created in page.response.content.decode()


@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.dictionaries(st.text(st.characters(exclude_categories=())), json_values, max_size=6))
def test_any_properties_are_shown_on_both_pages(copper, pages, properties):
    """Row 39."""
    ticket = {**properties, "id": "tkt_1"}
    for body, path in ((listed(ticket), "/tickets/"), (ticket, "/tickets/tkt_1/")):
        copper(json.dumps(body).encode())
        page = pages.open(path)
        assert (page.status, page.ids) == (200, ["tkt_1"])


def test_the_ticket_page_shows_every_property_nested_ones_too(copper, pages):
    ticket = {
        **made(1),
        "zeta": {"deep": {"deeper": [{"deepest": {"more": {"and": {"even": "bottom"}}}}]}},
        "items": [{"name": "Soup", "unit_amount": 800}, {"name": "Tea", "unit_amount": 350}],
        "flag": True,
        "nothing": None,
        "amount": 10.50,
        "empty": {},
    }
    copper(ticket)
    page = pages.open("/tickets/tkt_00001/")
    for word in ("zeta", "deeper", "deepest", "bottom", "Soup", "350", "flag yes", "nothing none", "10.5", "empty {}"):
        assert word in page.text
    first = page.text.index("All properties")
    assert page.text.index("reference", first) < page.text.index("created", first) < page.text.index("zeta", first)
    raw = page.response.context["raw"]
    assert json.loads(raw) == ticket


def test_a_property_with_very_many_entries_is_cut_and_says_so(copper, pages):
    copper({**made(1), "items": list(range(5000))})
    page = pages.open("/tickets/tkt_00001/")
    assert "4800 more entries" in page.text
    assert len(page.response.content) < 300_000


@pytest.mark.parametrize("more", [False, True])
def test_the_list_says_all_only_at_its_end(serve, pages, more):
    serve([made(number) for number in range(60 if more else 43)])
    page = pages.open("/tickets/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    assert ("All 43 tickets since 1 Nov, 00:00 UTC." in page.text) is not more
    assert ("50 tickets, back to 20 Nov, 11:11 UTC." in page.text) is more


def test_an_empty_list_says_what_to_do_next(serve, pages):
    serve([])
    assert "This account holds no tickets yet" in pages.open("/tickets/").text
    filtered = pages.open("/tickets/?location=loc_a&range=today")
    assert "No tickets since" in filtered.text
    assert "Remove a filter above" in filtered.text
    searched = pages.open("/tickets/?search_query=x")
    assert "No tickets match." in searched.text
    assert "Every ticket there was looked at" in searched.text


def test_chips_name_the_filters_and_remove_one_each(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/?location=loc_a&range=24h&search_query=R-1&starting_after=tkt_00001")
    for words in ("Last 24 hours", "Reference: “R-1”"):
        assert words in page.text
    assert "/tickets/?search_query=R-1&range=24h" in page.links
    assert "/tickets/?location=loc_a&search_query=R-1" in page.links
    assert "/tickets/?location=loc_a&range=24h" in page.links
    bounds = pages.open("/tickets/?created%5Bgt%5D=2026-11-20T09:00:00Z&created%5Blte%5D=2026-11-21T09:00:00Z")
    assert "After Fri 20 Nov 2026, 09:00:00" in bounds.text
    assert "/tickets/?created%5Blte%5D=2026-11-21T09:00:00Z" in bounds.links


def test_the_ticket_page_leads_back_to_the_same_list(serve, pages):
    serve([made(1)])
    there = "http://testserver/tickets/?location=loc_a&limit=7"
    assert "/tickets/?location=loc_a&limit=7" in pages.open("/tickets/tkt_00001/", Referer=there).links
    elsewhere = pages.open("/tickets/tkt_00001/", Referer="http://evil.example/tickets/?x=1").links
    assert not [link for link in elsewhere if "evil" in link or "x=1" in link]
