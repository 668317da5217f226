"""What is asked for has a key of its own: no other question is answered with its answer."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fault_server import FaultServer, answer
from tests.pages.conftest import made
from tests.processes import PATIENCE
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import FILTERS, TicketQuery
from tickets_app.gateway import shared
from tickets_app.gateway.answer import Kept

TEXT = st.text(alphabet="ab=/\x00,[]\"'? ", max_size=6)
QUESTION = st.tuples(st.lists(TEXT, max_size=3), st.lists(st.tuples(TEXT, TEXT), max_size=3))


@given(QUESTION, QUESTION)
def test_two_questions_have_one_key_only_if_they_are_the_same(one, other):
    keys = [shared.key("get", segments, params) for segments, params in (one, other)]
    assert (keys[0] == keys[1]) == (one == other)


@given(st.lists(TEXT, max_size=4), st.lists(TEXT, max_size=4))
def test_so_do_things_of_different_kinds_and_lengths(one, other):
    assert (shared.key("get", *one) == shared.key("get", *other)) == (one == other)
    assert shared.key("get", *one) != shared.key("gets", *one)
    assert shared.key("counts", None) != shared.key("counts", "")


@pytest.mark.parametrize("filter_", FILTERS)
def test_what_is_known_of_a_lists_rows_is_for_all_searches_and_times_and_for_no_other_filter(filter_):
    value = Moment.parse("2026-11-20T09:00:00Z") if filter_.startswith("created_") else "x"
    keys = {shared.counts_key(TicketQuery()), shared.counts_key(TicketQuery(**{filter_: value}))}
    assert len(keys) == (1 if filter_ == "search_query" or filter_.startswith("created_") else 2)


@pytest.mark.parametrize("list_first", [True, False])
def test_a_ticket_whose_id_reads_like_a_parameter_spoils_no_list(client, settings, db, list_first):
    """`/tickets/limit=50/` is a ticket of that id; `/tickets/` asks Copper for `tickets?limit=50`."""
    settings.COPPER_CACHE_SECONDS = 60
    whole = {"object": "list", "data": [made(1)], "has_more": False}
    with FaultServer(answer(whole if list_first else {}, 200 if list_first else 404)) as server:
        settings.COPPER_API_URL = server.url
        addresses = ["/tickets/?limit=50", "/tickets/limit=50/"]
        for address in addresses if list_first else reversed(addresses):
            status = client.get(address).status_code
            server.behaviours = [answer({}, 404) if address == addresses[0] else answer(whole)]
            assert status == (404 if "limit=50/" in address else 200)


def test_both_may_be_under_way_at_once_and_neither_waits_for_the_others_answer(monkeypatch):
    """A ticket of the id `limit=50` and a list of 50: who asks while one of them is under way asks Copper, too."""
    questions = [(("tickets", "limit=50"), []), (("tickets",), [("limit", "50")])]
    both = threading.Barrier(2)

    def ask(*segments: str, params: list[tuple[str, str]], **_: object) -> Kept:
        both.wait(PATIENCE)
        return Kept({"asked": [segments, params]}, time.time(), 0.0)

    monkeypatch.setattr(shared, "ask", ask)
    shared.forget()
    with ThreadPoolExecutor() as pool:
        asked = [
            pool.submit(shared.get, *segments, params=params, deadline=Deadline.after(PATIENCE), keep=bool)
            for segments, params in questions
        ]
        assert [answered.result().body["asked"] for answered in asked] == [list(question) for question in questions]
