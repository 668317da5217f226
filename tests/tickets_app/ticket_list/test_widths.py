"""How wide the columns are: as what most rows hold, and one long value widens none."""

from dataclasses import dataclass

import pytest

from tickets_app.ticket_list import widths
from tickets_app.ticket_list.cells import RowMarks, RowView


@dataclass
class Row:
    cells: tuple[tuple[str, str, str], ...]


def row(table: str, guest: str, reference: str = "R-1") -> Row:
    return Row((("open", "", reference), ("text", "", table), ("text", "", guest)))


USUAL = [row("short", "a reference of some length")] * 19


def test_each_column_has_room_for_what_it_holds_and_its_name():
    # The least step that holds the text (3, 5, 26 characters) and the names (6, 5, 5), and three characters more.
    assert widths.classes(["Ticket", "table", "guest"], USUAL) == "c1-9 c2-9 c3-32"


@pytest.mark.parametrize("long", [row("x" * 5000, "y" * 5000, "R" * 5000), row("", "", "")])
def test_one_row_in_twenty_that_is_otherwise_changes_no_width(long):
    assert widths.classes(["Ticket", "table", "guest"], [*USUAL, long]) == "c1-9 c2-9 c3-32"


def test_many_long_values_widen_a_column_up_to_the_bound():
    assert widths.classes(["Ticket", "table", "guest"], [row("x" * 5000, "short")] * 20) == "c1-9 c2-40 c3-9"


def test_a_long_name_is_cut_rather_than_widening_its_column():
    assert widths.classes(["Ticket", "n" * 200, "guest"], USUAL) == "c1-9 c2-20 c3-32"


def test_a_page_without_rows_has_widths_of_its_names():
    assert widths.classes(["Ticket", "table", "guest"], []) == "c1-9 c2-9 c3-9"


@pytest.mark.parametrize(
    ("marks", "first"), [({}, "c1-9"), ({"twice": True}, "c1-12"), ({"twice": True, "new": True, "notes": 3}, "c1-26")]
)
def test_one_row_with_words_behind_its_link_makes_room_for_them(marks, first):
    blank = dict.fromkeys(("id", "url", "reference", "location", "iso"), "")
    marked = RowView(**blank, cells=row("short", "guest").cells, marks=RowMarks(**marks))
    assert widths.classes(["Ticket", "table", "guest"], [*USUAL, marked]) == f"{first} c2-9 c3-32"
