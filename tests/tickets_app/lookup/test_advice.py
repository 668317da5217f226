"""What a look-up says where its answer may not be what was meant: a time still to come, several references in one line."""

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import lines, look_up, text_of
from tests.tickets_app.lookup.test_comparison import table

pytestmark = pytest.mark.usefixtures("quick")

TO_COME = "That time is still to come: choose an earlier one."


@pytest.mark.parametrize(
    ("bounds", "asked"),
    [
        ({"created[gte]": "2028-01-05T00:00:00Z"}, "Asked for: from Wed 5 Jan 2028, 00:00:00 UTC on."),
        (
            {"created[gte]": "2028-01-05T00:00:00Z", "created[lt]": "2028-01-06T00:00:00Z"},
            "Asked for: from Wed 5 Jan 2028, 00:00:00 UTC to Thu 6 Jan 2028, 00:00:00 UTC.",
        ),
    ],
)
def test_a_start_that_is_still_to_come_is_said_to_be(client, serve, bounds, asked):
    serve([made(1)])
    words = text_of(look_up(client, ["R-1"], **bounds))
    assert f"{asked} {TO_COME}" in words
    assert "Searched to the end" not in words


def test_a_start_that_has_been_is_not(client, serve):
    serve([])
    words = text_of(look_up(client, ["R-1"]))
    assert "Searched to the end" in words
    assert TO_COME not in words


def test_several_references_in_one_line_are_told_to_be_one_where_no_ticket_has_that(client, serve):
    serve([made(1), made(2), made(3, reference="EQ-3, EQ-4")])
    response = look_up(client, ["R-1, R-2", "R-1", "EQ-3, EQ-4", "none"])
    assert [line[:2] for line in lines(response)] == [
        ("R-1, R-2", "missing"),
        ("R-1", "found"),
        ("EQ-3, EQ-4", "found"),
        ("none", "missing"),
    ]
    told = (
        "“R-1, R-2” was looked up as one reference and not found. Where that is several, give each a line of its own."
    )
    assert told in text_of(response)
    words = text_of(look_up(client, ["R-1;R-2", "R-1 R-2", "R-1 R-2"]))
    assert "2 lines, the first “R-1;R-2”, were each looked up as one reference and not found." in words
    assert "as one reference" not in text_of(look_up(client, ["EQ-3, EQ-4", "none", "Table 4"]))


def test_a_property_that_no_ticket_has_is_said_to_be_one(client, serve):
    serve([made(1, amount=5), made(2, amount=6)])
    rows = table(("R-1", "5"), ("R-2", "6"), ("none", "7"))
    told = "No ticket that was found has an amount there: open one to see its properties"
    with_it = {"amount_column": "amount", "amount_property": "amount"}
    assert told in text_of(look_up(client, rows, **(with_it | {"amount_property": "amuont"})))
    assert told not in text_of(look_up(client, rows, **with_it))
    assert told not in text_of(look_up(client, table(("none", "7")), **with_it))
