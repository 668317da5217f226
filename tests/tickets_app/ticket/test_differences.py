"""In what two tickets differ: as JSON has it, and shown so that one sees it."""

from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper import numbers
from tickets_app.ticket.differences import Difference, Line, between, line

LONG = "é" * 300
ZONE = ZoneInfo("America/New_York")


def shown_of(found: list[Difference]) -> list[Line]:
    return [line(one, ZONE) for one in found]


def compared(one: str, other: str) -> tuple[list[tuple[str, str]], int]:
    """What is shown of a property with these values in JSON, and how many are the same."""
    tickets = [numbers.loads(f'{{"id": "{id_}", "v": {text}}}') for id_, text in (("a", one), ("b", other))]
    found, alike = between(*tickets)
    return [(shown.this, shown.other) for shown in shown_of(found)], alike


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        ("true", "1", ("yes", "1")),
        ("false", "0", ("no", "0")),
        ("1e400", "2e400", ("1e400", "2e400")),
        ("100000000000000000000.1", "100000000000000000000.2", ("100000000000000000000.1", "100000000000000000000.2")),
        ("0", "-0", ("0", "-0")),
        ("1.10", "1.1", ("1.10", "1.1")),
        ("null", '""', ("none", "(blank)")),
        ("null", '"none"', ("null", '"none"')),
        ("true", '"yes"', ("true", '"yes"')),
        ("7", '"7"', ("7", '"7"')),
        ('"7"', '"7 "', ('"7"', '"7 "')),
        ('"é"', '"e\u0301"', (r'"\u00e9"', r'"e\u0301"')),
        ("[1, 2]", "[1, 3]", ("[1, 2]", "[1, 3]")),
        ("[true]", "[1]", ("[true]", "[1]")),
        ('[{"a": 1}]', '[{"b": 1}]', ('[{"a": 1}]', '[{"b": 1}]')),
    ],
)
def test_what_differs_is_told_and_can_be_seen(one, other, shown):
    assert compared(one, other) == ([shown], 0)


@pytest.mark.parametrize("one", ["1.10", "1e400", '[{"a": 1, "b": [null]}]', '""', "{}"])
def test_what_is_the_same_json_is_the_same(one):
    assert compared(one, one) == ([], 1)


def test_the_order_of_names_is_no_difference():
    assert compared('[{"a": 1, "b": 2}]', '[{"b": 2, "a": 1}]') == ([], 1)


def test_long_texts_are_shown_from_where_they_differ():
    [(this, other)], _ = compared(f'"{LONG}x{LONG}"', f'"{LONG}y{LONG}"')
    assert this.startswith(f"…{'é' * 40}x")
    assert other.startswith(f"…{'é' * 40}y")
    assert this.endswith("…")
    [(this, other)], _ = compared(f'"{LONG}"', f'"{LONG}y"')
    assert (this, other) == (f'…{"é" * 40}"', f'…{"é" * 40}y"')


def test_a_property_that_is_a_dash_is_told_from_none():
    found, alike = between({"id": "a", "v": "—"}, {"id": "b"})
    assert [(shown.this, shown.other) for shown in shown_of(found)] == [('"—"', "—")]
    assert alike == 0


values = st.recursive(
    st.sampled_from([None, True, False, 0, 1, "", "1", "—", "é", "e\u0301", " ", "\u200b", "x" * 300, "\ud800"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from("abc"), values), st.dictionaries(st.sampled_from("abc"), values))
def test_each_difference_is_shown_with_two_different_texts(one, other):
    found, _ = between(one, other)
    for shown in shown_of(found):
        assert shown.this != shown.other


@pytest.mark.parametrize(
    ("one", "other", "shown"),
    [
        (
            "2026-11-20T12:00:00Z",
            "2026-11-20T12:01:05Z",
            ("Fri 20 Nov 2026, 07:00:00 EST", "Fri 20 Nov 2026, 07:01:05 EST"),
        ),
        ("2026-11-20T12:00:00.1Z", "2026-11-20T12:00:00.2Z", ('"2026-11-20T12:00:00.1Z"', '"2026-11-20T12:00:00.2Z"')),
        ("yesterday", "2026-11-20T12:01:05Z", ("yesterday", "Fri 20 Nov 2026, 07:01:05 EST")),
    ],
)
def test_the_time_is_said_in_the_zone_of_the_page_where_that_shows_what_differs(one, other, shown):
    found, _ = between({"created": one}, {"created": other})
    assert [(told.this, told.other) for told in shown_of(found)] == [shown]
