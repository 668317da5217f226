"""What a person gets when Copper fails (RELIABILITY.md, rows 5 to 23), on the list, a search and one ticket.

Every page says in plain words what happened and how to go on, and holds no key, no traceback and nothing of Copper's body.
"""

import threading

import pytest

from copper_sandbox import Fault
from tests.fault_server import FAULTS, HARMLESS, TICKET, FaultServer, answer, black_hole, head, raw, refused
from tests.pages.conftest import made
from tests.pages.reading import Seen
from tickets_app.copper.errors import Kind
from tickets_app.copper.http.breaker import FAILURES
from tickets_app.copper.http.deadline import Deadline
from tickets_app.gateway import shared
from tickets_app.gateway.location_names import State

SURFACES = {"list": "/tickets/?limit=7", "search": "/tickets/?search_query=GUEST", "ticket": "/tickets/tkt_1/"}
SECRETS = ("sk_test_X", "c2tfdGVzdF9YOg", "Traceback", "upstream-secret", "urllib3", "127.0.0.2")


def check_honest(page: Seen, status: int, *, retry: bool) -> None:
    html = page.response.content.decode()
    assert page.status == status
    assert not [secret for secret in SECRETS if secret in html]
    assert "no-store" in page.response["Cache-Control"]
    assert 'class="alert alert-warning failure"' in html
    assert "No tickets" not in page.text
    assert "All " not in page.text.replace("All locations", "")
    assert ("Try again" in page.text) is retry
    if status == 503:
        assert int(page.response["Retry-After"]) >= 1


SHORT = 0.5  # seconds, where they run out on any machine


def wait_for_copper(settings, seconds: float) -> None:
    settings.COPPER_CONNECT_TIMEOUT = settings.COPPER_READ_TIMEOUT = seconds


@pytest.fixture(autouse=True)
def enough_for_all_tries(settings):
    """On any machine; both together are less than the pauses that Copper asks for here."""
    wait_for_copper(settings, 10)


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize("name", FAULTS)
def test_each_fault_has_its_status_and_its_words(settings, pages, name, surface):
    fault = FAULTS[name]
    if fault.kind is Kind.TOO_LARGE:  # 33 megabytes come first, however busy the machine is
        settings.COPPER_READ_TIMEOUT = fault.deadline
    if fault.kind is Kind.TIMEOUT:
        wait_for_copper(settings, SHORT)
    with FaultServer(fault.behaviour()) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open(SURFACES[surface])
        check_honest(page, fault.status, retry=surface != "ticket" or fault.status != 404)
        assert page.ids == []
        assert len(page.next) == (0 if surface == "ticket" else 1)


@pytest.mark.parametrize("surface", SURFACES)
def test_copper_s_number_of_a_request_that_failed_is_said_where_it_gave_one(settings, pages, surface):
    for headers, said in (({"Request_Id": "req_<42"}, True), ({}, False)):
        with FaultServer(answer({}, 400, **headers)) as server:
            settings.COPPER_API_URL = server.url
            page = pages.open(SURFACES[surface])
            check_honest(page, 502, retry=True)
            assert page.text.count("Copper’s request number") == said
            assert page.text.count("Copper’s request number: req_<42") == said


@pytest.mark.parametrize("name", ["gzip bomb", "too large"])
def test_what_is_too_large_is_said_to_be_that(settings, pages, name):
    settings.COPPER_READ_TIMEOUT = FAULTS[name].deadline
    with FaultServer(FAULTS[name].behaviour()) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open("/tickets/")
        check_honest(page, 502, retry=True)
        assert "Copper’s answer was too large to read" in page.text
        assert len(server.tickets_asked) == 1


@pytest.mark.parametrize("surface", SURFACES)
@pytest.mark.parametrize(("make", "status"), [(refused, 502), (black_hole, 504)])
def test_a_host_that_cannot_be_connected(settings, pages, make, status, surface):
    """Rows 9 and 10."""
    if make is black_hole:
        wait_for_copper(settings, SHORT)
    with make() as url:
        settings.COPPER_API_URL = url
        check_honest(pages.open(SURFACES[surface]), status, retry=True)


@pytest.mark.parametrize("name", [name for name, fault in FAULTS.items() if fault.requests == 3])
def test_one_passing_fault_is_unseen(settings, pages, name):
    """Rows 5, 14 and 15."""
    with FaultServer(FAULTS[name].behaviour(), answer()) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open("/tickets/")
        assert (page.status, page.ids, len(server.tickets_asked)) == (200, ["tkt_1"], 2)


@pytest.mark.parametrize("name", HARMLESS)
def test_odd_but_right_answers_are_shown(settings, pages, name):
    with FaultServer(HARMLESS[name]) as server:
        settings.COPPER_API_URL = server.url
        assert pages.open("/tickets/").ids == ["tkt_1"]


@pytest.mark.parametrize("surface", SURFACES)
def test_copper_wanting_a_pause_is_503_with_retry_after(settings, pages, surface):
    with FaultServer(answer({}, 429, Retry_After="30")) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open(SURFACES[surface])
        check_honest(page, 503, retry=True)
        assert page.response["Retry-After"] == "30"


@pytest.mark.parametrize("surface", SURFACES)
def test_a_pause_that_nobody_can_mean_is_said_with_when_copper_is_asked_all_the_same(settings, pages, surface):
    settings.COPPER_MAX_PAUSE = 90
    with FaultServer(answer({}, 429, Retry_After="999999999")) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open(SURFACES[surface])
        check_honest(page, 503, retry=True)
        seconds = page.response["Retry-After"]
        assert int(seconds) <= 90
        assert f"Copper asked for a pause of 11,574 days; it is asked again in {seconds} s all the same." in page.text


def test_a_param_that_copper_names_is_shown_to_the_person(settings, pages):
    with FaultServer(answer({"error": {"param": "location", "message": "upstream-secret"}}, 400)) as server:
        settings.COPPER_API_URL = server.url
        page = pages.open("/tickets/?location=nowhere")
        assert "Copper named the filter “location”" in page.text
        assert "nowhere" in page.response.content.decode()  # the filter is kept
        check_honest(page, 502, retry=True)


def test_an_outage_opens_the_breaker_and_pages_say_since_when(settings, pages):
    """Row 6."""
    with FaultServer(answer({}, 500)) as server:
        settings.COPPER_API_URL = server.url
        for _ in range(FAILURES + 2):  # the names of the locations are loaded meanwhile, and count as an answer
            pages.open("/tickets/")
        asked = len(server.tickets_asked)
        page = pages.open("/tickets/")
        check_honest(page, 502, retry=True)
        assert "Copper is failing since" in page.text
        assert len(server.tickets_asked) == asked


def test_all_slots_in_use_is_503(serve, settings, pages):
    """Row 24."""
    settings.COPPER_MAX_CONCURRENCY = 1
    sandbox = serve([made(1)])
    wait_for_copper(settings, SHORT)
    with shared.parts().client._slots.hold("a request that hangs", Deadline.after(60)):
        check_honest(pages.open("/tickets/"), 503, retry=True)
        assert len(sandbox.ledger) == 0
    wait_for_copper(settings, 10)
    assert pages.open("/tickets/").ids == ["tkt_00001"]


def test_a_failure_while_scrolling_keeps_the_place(serve, pages):
    sandbox = serve([made(number) for number in range(120)])
    first = pages.open("/tickets/")
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    failed = pages.rows(first.next_url)
    check_honest(failed, 502, retry=True)
    assert failed.next_url == first.next_url
    sandbox.unscript()
    assert pages.rows(failed.next_url).ids[0] == "tkt_00050"


def test_a_search_that_fails_in_the_middle_keeps_what_it_found(serve, pages):
    sandbox = serve([made(number, reference="hit" if number % 90 == 0 else "x") for number in range(900)])

    def later(asked) -> Fault | None:
        """Below 05:00."""
        return Fault(status=500) if dict(asked.params).get("created[lt]", "3") < "2026-11-20T05:00:00Z" else None

    sandbox.script(later)
    page = pages.open("/tickets/?search_query=hit")
    assert page.status == 200
    assert page.ids[0] == "tkt_00000"
    assert "Copper had an error of its own" in page.text
    sandbox.unscript()
    rest = [id_ for after in pages.follow(page.next_url) for id_ in after.ids]
    assert page.ids + rest == [ticket["id"] for ticket in sandbox.store.truth(search_query="hit")]


def test_locations_that_fail_or_are_forbidden_leave_the_tickets_alone(serve, pages, settings):
    """Row 38."""
    sandbox = serve([made(number) for number in range(3)])
    sandbox.script(lambda asked: Fault(status=403) if "/locations" in asked.path else None)
    page = pages.open("/tickets/?location=loc_a")
    assert len(page.ids) == 3
    names = shared.parts().directory
    names.names(60)
    page = pages.open("/tickets/?location=loc_a")
    assert "may not read location names: type an id" in page.text
    assert 'name="location" value="loc_a"' in page.response.content.decode()
    assert page.response.content.decode().count("<bdi>loc_a</bdi>") == 3


def test_locations_that_hang_do_not_hold_up_the_tickets(serve, settings, pages):
    wait_for_copper(settings, 30)
    release = threading.Event()
    serve([made(1)]).script(lambda asked: release.wait(60) and None if "/locations" in asked.path else None)
    try:
        page = pages.open("/tickets/")
        assert shared.parts().directory.names(0).state is State.UNKNOWN, "they are waited for still"
    finally:
        release.set()
    assert page.ids == ["tkt_00001"]


def test_names_are_shown_once_they_are_there(serve, pages):
    serve([made(1)])
    pages.open("/tickets/")
    shared.parts().directory.names(60)
    page = pages.open("/tickets/")
    assert "All locations" in page.text
    assert "Reno" in page.text


def test_a_whole_body_is_needed_for_a_page(settings, pages):
    """Row 14: never half a page."""
    body = b'{"object": "list", "data": [], "has_more": false}'
    with FaultServer(raw(head(200, len(body) + 40) + body), answer({"data": [TICKET], "has_more": False})) as server:
        settings.COPPER_API_URL = server.url
        assert pages.open("/tickets/").ids == ["tkt_1"]
