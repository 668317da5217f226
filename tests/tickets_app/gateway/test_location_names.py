"""The names of the locations are a help that is never waited for."""

import threading

import pytest

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.resources import Location
from tickets_app.gateway import location_names
from tickets_app.gateway.location_names import Directory, State


def place(id_: str, name: object) -> Location:
    return Location(id_, {"id": id_, "display_name": name})


def test_names_come_in_the_background_and_are_sorted_for_the_menu():
    made = Directory(lambda: [place("loc_2", "zebra"), place("loc_1", "Apple"), place("loc_3", None)])
    assert made.names(0).state is State.UNKNOWN
    made.refresh_when_due()
    names = made.names(10)
    assert (names.state, list(names.by_id.values())) == (State.KNOWN, ["Apple", "loc_3", "zebra"])
    assert (names.of("loc_1"), names.of("loc_9")) == ("Apple", "loc_9")


def test_nobody_waits_for_names_that_hang():
    release = threading.Event()
    made = Directory(lambda: release.wait(10) and [])
    made.refresh_when_due()
    assert made.names(0.01).state is State.UNKNOWN
    release.set()


@pytest.mark.parametrize(("kind", "state"), [(Kind.FORBIDDEN, State.FORBIDDEN), (Kind.TIMEOUT, State.FAILED)])
def test_old_names_stay_when_new_ones_cannot_be_had(monkeypatch, kind, state):
    monkeypatch.setattr(location_names, "FRESH", 0.0)
    answers = [lambda: [place("loc_1", "Reno")]]

    def load() -> list[Location]:
        if answers:
            return answers.pop()()
        raise CopperError(kind)

    made = Directory(load)
    made.refresh_when_due()
    assert made.names(10).state is State.KNOWN
    for _ in range(1000):  # the first refresh may just be ending
        made.refresh_when_due()
        if made.names(0).state is state:
            break
        threading.Event().wait(0.01)
    assert (made.names(0).state, made.names(0).of("loc_1")) == (state, "Reno")


def test_a_failure_is_not_asked_about_again_at_once():
    asked: list[int] = []

    def load() -> list[Location]:
        asked.append(1)
        raise CopperError(Kind.TIMEOUT)

    made = Directory(load)
    made.refresh_when_due()
    made.names(10)
    made.refresh_when_due()
    assert asked == [1]
