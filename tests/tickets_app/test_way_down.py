"""The way of a search from the view to the wire, as the code really goes it, and as CONTRIBUTING.md lists it."""

import re
import sys
import threading
from pathlib import Path
from types import FrameType

import pytest

from tests.pages.conftest import made, no_answers_kept, pages, serve  # noqa: F401 - fixtures
from tickets_app.copper.http.transport import Transport
from tickets_app.copper.walking.lanes import _Run

PROJECT = Path(__file__).parents[2]
SITE = PROJECT / "tickets_app"
MOST_STOPS = 10
# Functions of ours between the view and the wire, both included. A new one that only hands on is noticed here.
MOST_OF_A_SEARCH, MOST_OF_A_TICKET = 21, 11


def functions(frame: FrameType | None) -> list[tuple[str, str]]:
    """Ours among those that are under way, the view first: (file below tickets_app, name)."""
    found = []
    while frame is not None:
        file = Path(frame.f_code.co_filename)
        if file.is_relative_to(SITE):
            found.append((str(file.relative_to(SITE)), frame.f_code.co_name))
        frame = frame.f_back
    names = found[::-1]
    view = next((place for place, (file, _) in enumerate(names) if file.endswith("/views.py")), 0)
    return names[view:]


@pytest.fixture
def ways(monkeypatch) -> list[list[tuple[str, str]]]:
    """Each way down to the wire that is gone; a lane's begins where the lane was begun."""
    gone: list[list[tuple[str, str]]] = []
    begun: dict[str, list[tuple[str, str]]] = {}
    work, exchange = _Run._work, Transport._exchange

    def begin(self: _Run) -> None:
        before = functions(sys._getframe(1))
        if before[0][0].endswith("views.py"):  # else a lane begins the next one
            begun[str(id(self))] = before
        begin_lanes(self)

    begin_lanes = _Run._begin

    def working(self: _Run, job: object) -> None:
        threading.current_thread().name = str(id(self))
        work(self, job)

    def exchanging(self: Transport, *given: object) -> object:
        above = begun.get(threading.current_thread().name, [])
        here = [stop for stop in functions(sys._getframe(1)) if stop[1] not in {"working", "exchanging"}]
        gone.append([*above, *here, ("copper/http/transport.py", "_exchange")])
        return exchange(self, *given)

    monkeypatch.setattr(_Run, "_begin", begin)
    monkeypatch.setattr(_Run, "_work", working)
    monkeypatch.setattr(Transport, "_exchange", exchanging)
    return gone


def stops(way: list[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(file for file, _ in way))


def listed() -> list[str]:
    chapter = (PROJECT / "CONTRIBUTING.md").read_text().split("## The way down")[1].split("\n## ")[0]
    return re.findall(r"^\d+\. `([^`]+)`", chapter, re.MULTILINE)


def test_a_search_goes_down_by_the_stops_that_are_listed(serve, pages, ways):  # noqa: F811 - fixtures
    serve([made(number) for number in range(300)])
    pages.open("/tickets/?search_query=R-299")
    searched = [
        way for way in ways if way[0][0] == "ticket_list/views.py" and ("copper/walking/lanes.py", "_work") in way
    ]
    assert listed() in map(stops, searched)
    assert len(listed()) <= MOST_STOPS
    for way in searched:  # what is listed without the search leaves out the walk
        assert stops(way) == [stop for stop in listed() if stop in stops(way)]
        assert len(way) <= MOST_OF_A_SEARCH, "\n".join(map(str, way))


def test_a_ticket_goes_down_by_some_of_them(serve, pages, ways):  # noqa: F811 - fixtures
    serve([made(number) for number in range(3)])
    pages.client.get("/tickets/tkt_00001/")
    (way,) = [way for way in ways if way[0][0] == "ticket/views.py"]
    below = stops(way)[1:]
    assert below == [stop for stop in listed() if stop in below]
    assert len(way) <= MOST_OF_A_TICKET, "\n".join(map(str, way))
