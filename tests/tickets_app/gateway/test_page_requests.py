"""What a page remembers of its answers, however many lanes get theirs at the same time."""

import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shared, tickets
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.page_requests import Asking

LANES, PAGES = 8, 400
AGES = (2000.0, 3000.0, 4000.0, 1000.0)  # epoch seconds
FAILURE = CopperError(Kind.TIMEOUT)


@pytest.fixture
def threads_take_turns_all_the_time() -> Iterator[None]:
    usual = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual)


def answered(monkeypatch, *answers: Kept) -> None:
    coming = iter(answers)
    monkeypatch.setattr(shared, "get", lambda *_args, **_options: next(coming))


def answer(at: float, skew: float = 0.0, instead_of: CopperError | None = None) -> Kept:
    return Kept({"object": "list", "data": [], "has_more": False}, at, skew, instead_of)


def asking() -> Asking:
    return Asking(Deadline.after(60))


def at(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def test_a_page_is_as_old_as_the_oldest_of_its_answers(monkeypatch):
    answered(monkeypatch, *(answer(one, skew=one / 1000) for one in AGES))
    page = asking()
    assert (page.as_of, page.skew, page.silent) == (None, 0.0, None)
    for _ in AGES:
        page.fetch(TicketQuery())
    assert (page.as_of, page.skew, page.silent) == (at(1000.0), 1.0, None)


def test_one_answer_in_place_of_a_newer_one_is_enough_to_say_so(monkeypatch):
    answered(
        monkeypatch, answer(9.0), answer(5.0, instead_of=FAILURE), answer(7.0, instead_of=CopperError(Kind.SERVER))
    )
    page = asking()
    for _ in range(3):
        page.fetch(TicketQuery())
    assert page.silent is FAILURE


def test_what_comes_first_on_an_empty_page_is_most_urgent(monkeypatch):
    asked = []
    monkeypatch.setattr(shared, "get", lambda *_args, urgency, **_options: asked.append(urgency) or answer(1.0))
    page, counting = asking(), Asking(Deadline.after(60), urgency=Urgency.LONG)
    page.fetch(TicketQuery())
    page.fetch(TicketQuery(), first=False)
    page.progressed = True
    page.fetch(TicketQuery())
    counting.fetch(TicketQuery())
    assert asked == [Urgency.FIRST_ROWS, Urgency.GOING_ON, Urgency.GOING_ON, Urgency.LONG]


@pytest.mark.usefixtures("threads_take_turns_all_the_time")
def test_no_age_is_lost_when_lanes_answer_together(monkeypatch):
    """Each lane's answer is older than the one before; the last of them may be the first to be noted."""
    monkeypatch.setattr(shared, "get", lambda *_args, params, **_options: answer(float(dict(params)["limit"])))
    wrong = 0
    with ThreadPoolExecutor(LANES) as lanes:
        for _ in range(PAGES):
            page = asking()
            list(lanes.map(page.fetch, [TicketQuery(limit=LANES - lane) for lane in range(LANES)]))
            wrong += page.as_of != at(1.0) or sorted(one.at for one in page.used) != [n + 1.0 for n in range(LANES)]
    assert wrong == 0


def test_a_page_that_goes_on_by_itself_shows_soon_what_it_has_but_for_the_first(settings):
    settings.SEARCH_TIME_BUDGET = 8.0
    budgets = [
        tickets._seconds(Asking(Deadline.after(60), lively=lively, fresh=fresh))
        for lively in (True, False)
        for fresh in (True, False)
    ]
    assert budgets == [8.0, tickets.LIVELY, 8.0, 8.0]
