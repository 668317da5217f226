"""Copper's JSON is checked once, and nothing of it is lost."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.resources import (
    MAX_PREVIOUS,
    Location,
    Ticket,
    Unreadable,
    cursor_at,
    encodable,
    escaped,
    legible,
    parse_locations,
    parse_page,
    parse_ticket,
    usable_id,
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values))
def test_every_property_of_a_ticket_is_kept_untouched(properties):
    properties["id"] = "tkt_1"
    ticket = parse_ticket(properties)
    assert json.loads(json.dumps(ticket.properties)) == json.loads(json.dumps(properties))


@given(json_values)
def test_any_json_is_a_page_or_a_clear_error(body):
    try:
        page = parse_page(body)
    except CopperError as error:
        assert error.kind is Kind.UNREADABLE
    else:
        assert len(page.rows) == len(body["data"])


@pytest.mark.parametrize(
    "body",
    [
        None,
        [],
        "list",
        {"data": []},
        {"data": [], "has_more": None},
        {"data": [], "has_more": "true"},
        {"has_more": False},
        {"data": None, "has_more": False},
        {"data": {}, "has_more": False},
    ],
)
def test_a_list_of_the_wrong_shape_is_unreadable(body):
    for parse in (parse_page, parse_locations):
        with pytest.raises(CopperError) as refusal:
            parse(body)
        assert refusal.value.kind is Kind.UNREADABLE


def test_rows_that_are_no_tickets_stay_in_their_place():
    page = parse_page({"data": ["x", {"id": "t1"}, {"id": None}, {"id": 7}, {}, None, {"id": "t2"}], "has_more": True})
    assert [getattr(row, "id", None) for row in page.rows] == [None, "t1", None, None, None, None, "t2"]
    assert all(isinstance(row, Ticket | Unreadable) for row in page.rows)
    assert page.edge().id == "t2"


@pytest.mark.parametrize(
    "id_", ["", ".", "..", "a/b", "a\nb", "a\x00", "\ud800", "x" * 256, "\u202eabc", None, 7, ["a"]]
)
def test_what_cannot_stand_in_an_address_is_no_usable_id(id_):
    assert usable_id(id_) is None


@pytest.mark.parametrize("id_", ["tkt_1", "a b", "x?limit=1", "x#f", "%2e%2e", "ünï", "..."])
def test_odd_ids_that_can_be_quoted_are_usable(id_):
    assert usable_id(id_) == id_


@given(st.text(st.characters(exclude_categories=())))
def test_what_is_shown_can_be_encoded_and_holds_no_control_character(text):
    shown = legible(text)
    assert shown.encode().decode() == shown
    assert not any(ord(char) < 32 or char in "\u202e\u200b\u2028" for char in shown)
    assert len(encodable(text).encode().decode()) == len(text)


@given(st.text(st.characters(exclude_categories=())))
def test_escaped_json_is_the_same_json_and_can_be_encoded(text):
    shown = escaped(json.dumps({"x": text}, ensure_ascii=False, indent=2))
    assert json.loads(shown.encode()) == {"x": text}
    assert "\u202e" not in shown


def test_invisible_characters_get_visible_marks():
    assert legible("a\x00b\u202ec\ud800") == "a␀b‹U+202E›c\ufffd"
    assert legible("👩‍🍳 é नमस्ते") == "👩‍🍳 é नमस्ते"


def tickets(*minutes: int) -> tuple[Ticket, ...]:
    return tuple(
        Ticket(f"t{index}", {"id": f"t{index}", "created": f"2026-11-20T09:{minute:02}:00Z"})
        for index, minute in enumerate(minutes)
    )


def test_a_cursor_remembers_only_the_neighbours_that_share_its_time():
    cursor = cursor_at(tickets(9, 8, 7, 7, 7))
    assert (cursor.id, cursor.previous) == ("t4", ("t3", "t2"))
    assert cursor_at(tickets(9, 8)).previous == ()


def test_neighbours_are_remembered_across_pages():
    before = cursor_at(tickets(7, 7))
    after = cursor_at((Ticket("t9", {"id": "t9", "created": "2026-11-20T09:07:00Z"}),), before)
    assert after.previous == ("t1", "t0")


@pytest.mark.parametrize(
    ("properties", "name"),
    [
        ({"display_name": "Reno"}, "Reno"),
        ({"display_name": " "}, "loc_a"),
        ({"display_name": 7}, "loc_a"),
        ({}, "loc_a"),
    ],
)
def test_a_location_is_called_what_staff_call_it(properties, name):
    assert Location("loc_a", properties).name == name


def test_no_more_neighbours_are_remembered_than_an_address_holds_however_many_pages_lie_at_one_moment():
    minute = [7] * (MAX_PREVIOUS + 3)
    at, names = cursor_at(tickets(*minute)), [f"t{number}" for number in range(len(minute))]
    assert at.previous == tuple(names[-2 : -2 - MAX_PREVIOUS : -1])
    (last,) = tickets(7)
    assert cursor_at((last,), at).previous == (at.id, *at.previous[: MAX_PREVIOUS - 1])


def test_neither_are_more_where_no_time_is_known():
    timeless = tuple(Ticket(f"t{number}", {"id": f"t{number}"}) for number in range(MAX_PREVIOUS + 3))
    assert len(cursor_at(timeless).previous) == MAX_PREVIOUS
