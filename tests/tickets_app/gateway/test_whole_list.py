"""Everything that matches, over the sandbox by HTTP: complete, newest first, or with a failure that says where it stopped."""

import threading

import pytest

from copper_sandbox import Fault, Store
from tests.pages.conftest import made, no_answers_kept, serve  # noqa: F401 - fixtures
from tickets_app.copper.errors import Kind
from tickets_app.copper.http import breaker
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket
from tickets_app.copper.walking.plan import MOST_WAITING
from tickets_app.copper.walking.walk import Step
from tickets_app.gateway import shared, whole_list
from tickets_app.gateway import tickets as gateway


def shop(count: int) -> list[dict[str, object]]:
    return [made(number) for number in range(count)]


def ids(steps: list[Step]) -> list[str]:
    return [row.id for step in steps for row in step.rows if isinstance(row, Ticket)]


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch):
    monkeypatch.setattr(whole_list, "PAUSES", (0.01, 0.02, 0.04, 0.05, 0.05, 0.05))
    monkeypatch.setattr(breaker, "PROBE_EVERY", 0.05)


@pytest.mark.parametrize("filters", [{}, {"location": "loc_a"}, {"search_query": "R-1"}, {"search_query": "nothing"}])
def test_it_is_the_truth_row_for_row(serve, filters):  # noqa: F811 - the fixture
    tickets = [made(number, location="loc_b" if number % 7 == 0 else "loc_a") for number in range(2300)]
    sandbox = serve(tickets)
    steps = list(whole_list.steps(TicketQuery(**filters)))
    assert ids(steps) == [one["id"] for one in sandbox.store.truth(**filters)]
    assert steps[-1].rest is None
    assert steps[-1].failure is None


def test_it_costs_hardly_more_requests_than_one_page_after_the_other(serve):  # noqa: F811 - the fixture
    sandbox = serve(store=Store.generate(tickets=20_000, days=60), latency=0.01)
    list(whole_list.steps(TicketQuery()))
    assert len(sandbox.ledger) <= 1.1 * 200


def test_whoever_looks_at_a_page_comes_before_it(serve, monkeypatch):  # noqa: F811 - the fixture
    serve(shop(5))
    asked, ask = [], shared.ask
    monkeypatch.setattr(shared, "ask", lambda *args, **more: asked.append(more["urgency"]) or ask(*args, **more))
    list(whole_list.steps(TicketQuery()))
    assert set(asked) == {Urgency.LONG}


def test_a_reader_who_leaves_ends_it(serve):  # noqa: F811 - the fixture
    sandbox = serve(shop(8000), latency=0.01)
    steps = whole_list.steps(TicketQuery())
    next(steps)
    steps.close()
    asked = wait_until_quiet(sandbox)
    assert asked <= 3 * 8


def test_a_slow_reader_slows_it_down(serve):  # noqa: F811 - the fixture
    sandbox = serve(shop(25_000))
    steps = whole_list.steps(TicketQuery())
    next(steps)
    asked = wait_until_quiet(sandbox)
    assert asked <= MOST_WAITING + 3 * 8
    steps.close()


def wait_until_quiet(sandbox) -> int:
    """Wait until nothing is asked any more; give how much was."""
    pause, asked = threading.Event(), -1
    while sandbox.ledger.in_flight or asked != len(sandbox.ledger):
        asked = len(sandbox.ledger)
        pause.wait(0.3)
    return asked


FAULTS = {
    "500": Fault(status=500),
    "429": Fault(status=429, headers={"Retry-After": "0"}),
    "dropped": Fault(drop=True),
    "cut": Fault(cut=True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_that_pass_are_unseen(serve, monkeypatch, name):  # noqa: F811 - the fixture
    monkeypatch.setattr(whole_list, "PAUSES", (0.05,) * 1000)  # a probe may be under way for long on a slow machine
    sandbox = serve(shop(3000))
    steps = whole_list.steps(TicketQuery())
    first = next(steps)
    sandbox.script(*[FAULTS[name]] * 12)
    assert ids([first, *steps]) == [one["id"] for one in sandbox.store.truth()]


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_that_lasts_ends_it_and_its_rest_goes_on_exactly_there(serve, name):  # noqa: F811 - the fixture
    sandbox = serve(shop(9000))
    steps = whole_list.steps(TicketQuery())
    given = [next(steps)]
    sandbox.script(lambda asked: FAULTS[name])
    given += steps
    assert given[-1].failure is not None
    assert 0 < len(ids(given)) < 9000
    sandbox.unscript()
    shared.forget()  # and with it that Copper fails
    rest = whole_list.steps(given[-1].rest)
    assert ids(given) + ids(list(rest)) == [one["id"] for one in sandbox.store.truth()]


def test_before_anything_was_given_a_failure_comes_as_soon_as_on_a_page(serve, monkeypatch):  # noqa: F811 - the fixture
    monkeypatch.setattr(whole_list, "PAUSES", (60.0,))
    sandbox = serve(shop(300))
    sandbox.script(lambda asked: Fault(status=500))
    (only,) = whole_list.steps(TicketQuery())
    assert (only.failure.kind, only.rows) == (Kind.SERVER, ())
    assert len(sandbox.ledger) == 3


def test_nothing_is_kept_and_nothing_old_is_given(serve, settings):  # noqa: F811 - the fixture
    settings.COPPER_CACHE_SECONDS = 60
    sandbox = serve(shop(250))
    query = TicketQuery(limit=100)
    assert len(gateway.list_tickets(query).rows) == 100
    sandbox.store.delete("tkt_00007")
    assert "tkt_00007" not in ids(list(whole_list.steps(query)))
    before = len(sandbox.ledger)
    list(whole_list.steps(query))
    assert len(sandbox.ledger) - before >= 3


def test_the_other_direction_is_refused():
    from tickets_app.copper.query import Cursor

    with pytest.raises(ValueError, match="older"):
        whole_list.steps(TicketQuery(ending_before=Cursor("tkt_00001")))


def test_what_a_search_learned_of_how_many_lie_where_is_kept_for_the_next_and_of_a_list_nothing(serve):  # noqa: F811 - the fixture
    serve(shop(300))
    list(whole_list.steps(TicketQuery()))
    assert len(shared.parts().counts.of(shared.counts_key(TicketQuery()))) == 0
    list(whole_list.steps(TicketQuery(search_query="nothing")))
    assert len(shared.parts().counts.of(shared.counts_key(TicketQuery()))) > 0
