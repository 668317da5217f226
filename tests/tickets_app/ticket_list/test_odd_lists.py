"""Lists that misbehave: they are shown as they are, or end in a clear word (RELIABILITY.md, rows 25 to 37)."""

import json

import pytest

from copper_sandbox import Fault
from copper_sandbox.rows import Row
from copper_sandbox.times import nanoseconds
from tests.pages.conftest import made
from tests.tickets_app.ticket_list.conftest import listed


def test_a_search_page_may_hold_no_row_and_a_next_link(serve, pages, settings):
    """Row 25."""
    settings.SEARCH_TIME_BUDGET = 0.1
    serve([made(number) for number in range(1000)], latency=0.06)
    page = pages.open("/tickets/?search_query=R-999")
    assert (page.status, page.ids) == (200, [])
    assert page.next_url
    assert "No match so far. Searched 99 tickets, back to 20 Nov" in page.text


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
    left = [Fault(status=status, body=body)]  # for the first request for tickets: names may be asked for beside it
    sandbox.script(lambda asked: left.pop() if left and "/tickets" in asked.path else None)
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
    assert "loc_live" in page.text


def test_a_ticket_of_the_other_mode_is_404(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/tkt_of_live_mode/")
    assert page.status == 404
    assert "There is no such ticket" in page.text
    assert "a test key sees no live tickets" in page.text


def test_what_a_ticket_lacks_is_said_of_it_alone_and_where_its_id_is_searched_for(serve, pages):
    bare = {"id": "tkt_bare", "object": "ticket", "created": "soon"}
    sandbox = serve([made(1)])
    sandbox.store.add_row(Row((nanoseconds("2026-11-20T11:00:00Z"), 0), "tkt_bare", "loc_a", None, lambda: bare))
    for path, lacks in (
        ("/tickets/?search_query=tkt_bare", True),
        ("/tickets/tkt_bare/", True),
        ("/tickets/?search_query=tkt_00001", False),
        ("/tickets/tkt_00001/", False),
    ):
        text = pages.open(path).text
        assert ("exactly this id" in text) is ("search" in path)
        assert [words in text for words in ("no reference", "no readable time")] == [lacks, lacks], path
