"""The names of the locations are a help that is never waited for."""

import threading

import pytest

from tests import thread_starts
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.test_slots import wait_for
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.resources import Location
from tickets_app.gateway import location_names
from tickets_app.gateway.location_names import WAIT, Directory, Names, State


def place(id_: str, name: object, city: object = None) -> Location:
    return Location(id_, {"id": id_, "display_name": name, "address": {"city": city}})


def test_names_come_in_the_background_and_are_sorted_for_the_menu():
    made = Directory(lambda: [place("loc_2", "zebra"), place("loc_1", "Apple"), place("loc_3", None)])
    assert made.names(0).state is State.UNKNOWN
    made.refresh_when_due()
    names = made.names(PATIENCE)
    assert (names.state, list(names.by_id.values())) == (State.KNOWN, ["Apple", "loc_3", "zebra"])
    assert (names.of("loc_1"), names.of("loc_9")) == ("Apple", "loc_9")


def test_stores_with_numbers_stand_in_their_order():
    right = [
        "٣ Main St",
        "10 Main St",
        "Airport",
        "Store 2",
        "store 3, Reno",
        "Store 10",
        "Store 10b",
        f"Store {'9' * 5000}",
    ]
    made = Directory(lambda: [place(f"loc_{number}", name) for number, name in enumerate(reversed(right))])
    made.refresh_when_due()
    assert list(made.names(10).by_id.values()) == right


def test_nobody_waits_for_names_that_hang():
    release = threading.Event()
    made = Directory(lambda: release.wait(PATIENCE) and [])
    made.refresh_when_due()
    assert made.names(0.01).state is State.UNKNOWN
    release.set()


def test_few_wait_for_names_that_hang_and_the_others_ask_again():
    """Each menu held a thread for as long as it was patient: where many asked, no page came."""
    release, found = threading.Event(), []
    made = Directory(lambda: release.wait(PATIENCE) and [place("loc_1", "Reno")])
    made.refresh_when_due()
    threads = [threading.Thread(target=lambda: found.append(made.names(PATIENCE).state)) for _ in range(WAIT)]
    for thread in threads:
        thread.start()
    wait_for(lambda: made._seats._value == 0)
    assert [made.names(PATIENCE), made.names(PATIENCE)] == [Names(State.AWAITED)] * 2
    assert made.names(0).state is State.UNKNOWN, "who hardly waits is told as before"
    assert found == []
    release.set()
    for thread in threads:
        thread.join(PATIENCE)
    assert found == [State.KNOWN] * WAIT
    assert made._seats._value == WAIT


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
    assert made.names(PATIENCE).state is State.KNOWN
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
    made.names(PATIENCE)
    made.refresh_when_due()
    assert asked == [1]


def test_a_thread_that_cannot_be_started_is_a_failure_like_others(monkeypatch, caplog):
    """It was waited for from then on, which no thread that did not begin allows: every page was an error until a restart."""
    monkeypatch.setattr(location_names, "PAUSE", 0.0)
    made = Directory(lambda: [place("loc_1", "Reno")])
    with thread_starts.refused("location-names"):
        made.refresh_when_due()
    assert made.names(PATIENCE).state is State.UNKNOWN
    assert caplog.messages == ["Location names: can't start new thread"]
    made.refresh_when_due()
    assert made.names(PATIENCE).of("loc_1") == "Reno"


SAME = [
    (["Reno", "Sparks"], ["Main St (Reno)", "Main St (Sparks)"]),
    ([None, None], ["Main St (loc_0)", "Main St (loc_1)"]),
    (["Reno", None], ["Main St (Reno)", "Main St (loc_1)"]),
    (["Reno", "Reno", "Sparks"], ["Main St (Reno, loc_0)", "Main St (Reno, loc_1)", "Main St (Sparks)"]),
    (["Reno", " Reno\u00a0"], ["Main St (Reno, loc_0)", "Main St (Reno, loc_1)"]),
    (["", " \u00a0"], ["Main St (loc_0)", "Main St (loc_1)"]),
    ([7, {"city": "x"}], ["Main St (loc_0)", "Main St (loc_1)"]),
]


@pytest.mark.parametrize(("cities", "names"), SAME)
def test_names_that_look_the_same_are_told_apart_by_city_else_by_id(cities, names):
    places = [place(f"loc_{number}", "Main St", city) for number, city in enumerate(cities)]
    told = location_names._told_apart([*places, place("loc_x", "Elm St", "Reno")])
    assert list(told.values()) == [*names, "Elm St"], "and nothing is added where nothing clashes"


@pytest.mark.parametrize("other", ["Main St ", "Main\u00a0St", "Main  St", "Main St\u00ad"])
def test_what_one_cannot_tell_apart_by_eye_is_the_same_name(other):
    told = location_names._told_apart([place("loc_a", "Main St", "Reno"), place("loc_b", other, "Sparks")])
    assert told["loc_a"] == "Main St (Reno)"
    assert told["loc_b"].endswith("(Sparks)")


def test_no_name_that_somebody_gave_looks_like_one_of_ours():
    places = [("loc_a", "Main St", "Reno"), ("loc_b", "Main St", "Sparks"), ("loc_c", "Main St (Reno)", None)]
    places += [("loc_d", "loc_e", None), ("loc_e", None, None), ("loc_f", "\u00ad", None), ("loc_g", "\u2800", "Reno")]
    told = location_names._told_apart([place(*one) for one in places])
    assert len(set(told.values())) == len(places)
    assert (told["loc_f"], told["loc_g"]) == ("loc_f", "loc_g")


def test_long_names_that_begin_alike_show_where_they_differ():
    told = location_names._told_apart([place("loc_a", "x" * 300, "Reno"), place("loc_b", "x" * 299, "Sparks")])
    assert told["loc_a"].endswith("xx… (Reno)")
    assert told["loc_b"].endswith("xx… (Sparks)")
    assert all(len(name) < 200 for name in told.values()), "the list cuts a cell there"


def test_a_location_without_an_address_is_told_apart_too():
    places = [
        Location(id_, {"display_name": "Main St", **more}) for id_, more in (("loc_a", {}), ("loc_b", {"address": 7}))
    ]
    assert list(location_names._told_apart(places).values()) == ["Main St (loc_a)", "Main St (loc_b)"]
