"""More people than Copper answers in time: who would wait long for a first row gets a whole page at once, and when to return."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from html import unescape

import pytest
from django.db import connections
from django.test import Client

from tests.pages.conftest import made
from tests.pages.test_faults import check_honest
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.slots import LONGEST_QUEUE
from tickets_app.gateway import shared


@pytest.mark.parametrize("path", ["/tickets/?limit=7", "/tickets/?search_query=GUEST", "/tickets/tkt_1/"])
def test_a_page_that_would_wait_for_long_is_a_whole_503_at_once(settings, serve, pages, path):
    settings.COPPER_MAX_CONCURRENCY = 1
    sandbox = serve([made(1)])
    slots = shared.parts().client._slots
    for _ in range(100):  # one slow answer alone is no queue
        slots._learn(4 * LONGEST_QUEUE)
    with slots.hold("somebody", Deadline.after(60)):
        page = pages.open(path)
    check_honest(page, 503, retry=True)
    assert int(page.response["Retry-After"]) == pytest.approx(4 * LONGEST_QUEUE, abs=1)
    assert [entry for entry in sandbox.ledger if "/tickets" in entry.path] == []


def test_who_waits_before_an_empty_page_comes_before_a_list_that_looks_for_new_tickets(settings, serve, pages):
    settings.COPPER_MAX_CONCURRENCY = 1
    sandbox = serve([made(number) for number in range(3)])
    arrivals = unescape(pages.open("/tickets/").response.content.decode().partition('data-poll="')[2].partition('"')[0])
    sandbox.ledger.clear()
    slots = shared.parts().client._slots
    with ThreadPoolExecutor() as people:
        with slots.hold("somebody", Deadline.after(60)):
            answers = []
            for number, address in enumerate((arrivals, "/tickets/?limit=2"), 1):  # the one that can wait came first
                answers.append(people.submit(opened, address))
                until(lambda waiting=number: len(slots._waiting) == waiting)
        assert {answer.result(60) for answer in answers} == {200}
    queries = [entry.query for entry in sandbox.ledger if entry.path == "/v1/tickets"]
    assert ["ending_before" in query for query in queries] == [False, True]


def opened(address: str) -> int:
    """The status of a page that is opened in a thread of its own, over connections of its own."""
    try:
        return Client().get(address).status_code
    finally:
        connections.close_all()


def until(holds: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until that holds. Raises TimeoutError."""
    pause, end = threading.Event(), time.monotonic() + seconds
    while not holds():
        if time.monotonic() > end:
            raise TimeoutError
        pause.wait(0.01)
