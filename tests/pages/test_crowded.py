"""More people than Copper answers in time: who would wait long for a first row gets a whole page at once, and when to return."""

import pytest

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
    slots._learn(4 * LONGEST_QUEUE)
    with slots.hold("somebody", Deadline.after(60)):
        page = pages.open(path)
    check_honest(page, 503, retry=True)
    assert int(page.response["Retry-After"]) == 4 * LONGEST_QUEUE
    assert [entry for entry in sandbox.ledger if "/tickets" in entry.path] == []
