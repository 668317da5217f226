"""The made-up tickets: the same ones for a seed, as many and as odd as a company's, and made when they are served."""

import statistics
from datetime import datetime, timedelta

import pytest

from copper_sandbox import Sandbox, Store
from copper_sandbox.generate import Shop
from copper_sandbox.times import nanoseconds
from tests.copper_sandbox.conftest import NOW, get, made


def test_the_same_seed_makes_the_same_tickets():
    one, two, other = (Store.generate(tickets=300, days=9, seed=seed, now=NOW) for seed in (7, 7, 8))
    assert one.truth() == two.truth() != other.truth()


def test_a_ticket_is_the_same_each_time_it_is_served():
    store = Store.generate(tickets=20, days=9, seed=7, now=NOW)
    first = store.truth()[0]
    assert store.ticket(first["id"]).make() == first


def test_days_have_peaks_and_nights_are_nearly_empty():
    tickets_made = Store.generate(tickets=20_000, days=20, seed=7, now=NOW).truth(location="loc_brooklyn")
    hours = [0] * 24
    for ticket in tickets_made:
        hours[(datetime.fromisoformat(ticket["created"]).hour - 5) % 24] += 1
    assert statistics.mean(sorted(hours)[-3:]) > 10 * statistics.mean(sorted(hours)[:3])


def test_the_data_holds_what_real_data_holds():
    made_up = Store.generate(tickets=5000, days=30, seed=7, now=NOW).truth()
    assert {ticket["status"] for ticket in made_up} == {"paid", "open", "voided", "refunded"}
    assert len({ticket["location"] for ticket in made_up}) >= 12
    assert any("reference" not in ticket for ticket in made_up)
    assert any(ticket.get("reference", "") is None for ticket in made_up)
    assert any("<script>" in (ticket.get("reference") or "") for ticket in made_up)
    assert any("\ud800" in (ticket.get("reference") or "") for ticket in made_up)
    assert any(ticket["items"][0]["unit_amount"] for ticket in made_up)
    times = [ticket["created"] for ticket in made_up]
    assert len(times) - len(set(times)) >= 20
    assert all(NOW - timedelta(days=31) < datetime.fromisoformat(time_) <= NOW for time_ in times)


def test_a_page_touches_only_the_rows_it_gives():
    """With a million tickets a page must cost as little as with a hundred: counted in rows, not in time."""
    store = Store(tickets=[made(number % 1000, id=f"t{number}") for number in range(5000)])
    touched = 0
    for row in store._all:
        original = row.make

        def counted(original=original) -> dict[str, object]:
            nonlocal touched
            touched += 1
            return original()

        row.make = counted
    with Sandbox(store) as sandbox:
        get(sandbox, "tickets", limit=100, starting_after="t2500")
    assert touched == 100


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-01T00:00:01Z", 10**9),
        ("1970-01-01T00:00:00.000000001Z", 1),
        ("1970-01-01T01:00:00+01:00", 0),
        ("1970-01-02", 86_400 * 10**9),
        ("soon", None),
        ("1970-13-01", None),
        (None, None),
    ],
)
def test_times_are_whole_nanoseconds(text, expected):
    assert nanoseconds(text) == expected


def test_an_arrival_is_a_whole_ticket():
    ticket = Shop(1).arrival(1).make()
    assert {"id", "object", "created", "location", "items", "total", "metadata"} <= set(ticket)
    assert all(Shop(seed).arrival(seed).make()["metadata"].keys() & {"table", "till"} for seed in range(30))
