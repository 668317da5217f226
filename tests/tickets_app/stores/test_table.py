"""The table of the stores' clocks: what is taken, and what is refused with its line."""

import pytest

from tickets_app.gateway.location_names import Names, State
from tickets_app.models import LocationClock
from tickets_app.stores import table
from tickets_app.stores.table import UNREAD, BadTableError, Known, LocationsAwayError

KNOWN = Known(frozenset({"loc_a", "loc_b", "loc,c"}))


def rows(text: str, known: Known = KNOWN) -> list[tuple[str, str, int]]:
    return [(clock.location, clock.zone, clock.turns_over) for clock in table.read(text, known)]


@pytest.mark.parametrize(
    "text",
    [
        "location,zone,turns_over\nloc_a,America/Los_Angeles,4\nloc_b,UTC,0\n",
        "\ufefflocation;zone;turns_over\r\nloc_a;America/Los_Angeles;04\r\nloc_b;UTC;\r\n",
        "\n\nZone\tLocation\tTurns_Over\n\n America/Los_Angeles \t loc_a \t4\nUTC\tloc_b\n",
        '"location","zone","turns_over"\n"loc_a","America/Los_Angeles","4"\n"loc_b","UTC","00"',
        "location,zone,turns_over\nloc_a,America/Los_Angeles,4,,\n,,\nloc_b,UTC\n",
    ],
)
def test_what_people_and_spreadsheets_write_is_taken(text):
    assert rows(text) == [("loc_a", "America/Los_Angeles", 4), ("loc_b", "UTC", 0)]


def test_the_hour_may_be_left_out():
    assert rows("location,zone\nloc_a,UTC") == [("loc_a", "UTC", 0)]


@pytest.mark.parametrize(
    ("lines", "problems"),
    [
        ("loc_x,UTC,4", ["Line 2: Copper’s Locations have no “loc_x”."]),
        ("loc_a,PST,4", ["Line 2: there is no time zone “PST”. Write it as America/Los_Angeles."]),
        ("loc_a,america/los_angeles,4", ["Line 2: there is no time zone “america/los_angeles”. Write it as"]),
        ("loc_a,,4", ["Line 2: there is no time zone “”."]),
        ("loc_a,UTC,24", ["Line 2: “24” is no hour from 0 to 23."]),
        ("loc_a,UTC,-1", ["Line 2: “-1” is no hour"]),
        ("loc_a,UTC,٤", ["Line 2: “٤” is no hour"]),
        ("loc_a,UTC,4:00", ["Line 2: “4:00” is no hour"]),
        (",UTC,4", ["Line 2: there is no location."]),
        ("loc_a,UTC,4\n\nloc_b,UTC,4\nloc_a,UTC,5", ["Line 5: “loc_a” stands on line 2 already."]),
        ("loc_a,UTC,4,more", ["Line 2: it has more cells than there are columns."]),
        ("loc_x,PST,99", ["Line 2: Copper’s", "Line 2: there is no time zone", "Line 2: “99”"]),
        ('loc_a,UTC,4\n"loc_b,UTC', ["Line 3: this cannot be read as CSV."]),
        ("a\0b,UTC,4", ["Line 2: "]),
        ("a/b,UTC,4", ["Line 2: “a/b” cannot be an id of Copper’s."]),
        ("", ["Below the line location,zone,turns_over there is none with a location."]),
    ],
)
def test_what_is_wrong_is_said_with_its_line(lines, problems):
    with pytest.raises(BadTableError) as refused:
        rows(f"location,zone,turns_over\n{lines}")
    assert len(refused.value.problems) == len(problems)
    for said, expected in zip(refused.value.problems, problems, strict=True):
        assert said.startswith(expected)


@pytest.mark.parametrize(
    "text", ["", "loc_a,UTC,4", "location,hour\nloc_a,4", "location,zone,zone\n", "location,zone,name\nloc_a,UTC,Reno"]
)
def test_a_table_names_its_columns(text):
    with pytest.raises(BadTableError, match=r"^Line 1: it has to name the columns, location,zone,turns_over\.$"):
        rows(text)


def test_which_locations_there_are():
    assert Known.of(Names(State.KNOWN, {"loc_a": "Reno"})) == Known(frozenset({"loc_a"}))
    assert Known.of(Names(State.FAILED, {"loc_a": "Reno"})) == Known(frozenset({"loc_a"})), "what was known before"
    assert Known.of(Names(State.FORBIDDEN)) == Known(None)
    for state in (State.UNKNOWN, State.FAILED):
        with pytest.raises(LocationsAwayError, match=UNREAD):
            Known.of(Names(state))


def test_where_the_key_may_not_read_locations_any_id_is_taken():
    assert rows("location,zone\nloc_x,UTC", Known(None)) == [("loc_x", "UTC", 0)]
    with pytest.raises(BadTableError, match="cannot be an id"):
        rows("location,zone\na/b,UTC", Known(None))


def test_what_is_written_can_be_read_again():
    clocks = [
        LocationClock(location="loc,c", zone="UTC"),
        LocationClock(location="loc_a", zone="Asia/Tokyo", turns_over=23),
    ]
    assert table.write(clocks) == 'location,zone,turns_over\r\n"loc,c",UTC,0\r\nloc_a,Asia/Tokyo,23\r\n'
    assert rows(table.write(clocks)) == [("loc,c", "UTC", 0), ("loc_a", "Asia/Tokyo", 23)]


def test_taking_over_replaces_the_same_locations_and_leaves_others(db):
    for location in ("loc_a", "loc_z"):
        LocationClock.objects.create(location=location, zone="UTC", turns_over=1)
    table.take_over(table.read("location,zone,turns_over\nloc_a,Asia/Tokyo,4\nloc_b,UTC,0", KNOWN))
    found = LocationClock.objects.values_list("location", "zone", "turns_over")
    assert list(found) == [("loc_a", "Asia/Tokyo", 4), ("loc_b", "UTC", 0), ("loc_z", "UTC", 1)]
