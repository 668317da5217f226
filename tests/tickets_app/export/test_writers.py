"""Cells of a file: what a ticket holds lies in the column of its path, and nothing is lost."""

import io
import re
from pathlib import Path
from zipfile import ZipFile

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper import numbers
from tickets_app.copper.numbers import Exact
from tickets_app.copper.resources import Ticket
from tickets_app.display import property_paths
from tickets_app.export.writers import EXCEL_COLUMNS, NOTES, OTHER, Columns, CsvLines, Workbook

names = st.sampled_from(["a", "b", "c.d", "e,f", "", "location"])
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.text(max_size=3), st.just([]), st.just([{"x": 1}]), st.just({})
)
properties = st.recursive(leaves, lambda inner: st.dictionaries(names, inner, max_size=4), max_leaves=25)
tickets = st.lists(st.dictionaries(names, properties, max_size=5).map(lambda made: Ticket("tkt_1", made)), max_size=5)


@given(tickets, tickets)
def test_every_value_is_in_the_column_of_its_path_or_in_the_last_one(first, later):
    """As `property_paths.flatten` defines it: whatever shape the first tickets and those behind them have."""
    columns = Columns([])
    header = columns.begin(first)
    assert header[-1] == OTHER
    for ticket in [*first, *later]:
        there = {
            property_paths.dump_path(path): value
            for path, value in property_paths.flatten(ticket.properties)
            if value is not None
        }
        *cells, other = columns.values(ticket)
        found = {name: cell for name, cell in zip(header, cells, strict=False) if cell is not None}
        assert len(cells) == len(header) - 1
        assert found | (other or {}) == there
        assert not found.keys() & (other or {}).keys()


@given(tickets)
def test_all_that_the_first_tickets_have_gets_a_column(first):
    columns = Columns([])
    columns.begin(first)
    assert [columns.values(ticket)[-1] for ticket in first] == [None] * len(first)


def test_names_that_are_one_step_and_others_give_the_same_cells():
    ticket = Ticket("tkt_1", {"a": 1, "b": {"c": 2}, "n": None})
    assert Columns([("a",), ("x",), ("n",)]).values(ticket) == [1, None, None]
    assert Columns([("a",), ("x",), ("n",), ("b", "c")]).values(ticket) == [1, None, None, 2]


@pytest.mark.parametrize(
    ("there", "name"),
    [
        (["x"], "(other)"),
        (["(other)"], "(other 2)"),
        (["(other 2)", "(Other)"], "(other 3)"),
        (["(other)\u200b"], "(other 2)"),
        (["(other) "], "(other)"),  # headed (other)%20
        (["( other)"], "(other 2)"),
    ],
)
def test_the_column_for_what_comes_later_is_told_apart_from_all_others(there, name):
    first, later = Ticket("tkt_1", dict.fromkeys(there, "theirs")), Ticket("tkt_2", {"late": 1})
    columns = Columns([])
    assert columns.begin([first])[-1] == name
    assert columns.values(first)[-1] is None
    assert columns.values(later)[-1] == {"late": 1}
    lines = CsvLines()
    assert lines.begin([first]).decode().endswith(f',"{name}"\r\n')


def test_a_half_of_a_character_is_replaced_and_disturbs_no_other_cell():
    lines = CsvLines([("a",), ("b",)])
    rows = [Ticket("tkt_1", {"a": "x\ud800y", "b": "é"}), Ticket("tkt_2", {"a": "=1", "b": "\udfff"})]
    lines.begin(rows)
    assert lines.rows(rows).decode() == '"x\ufffdy","é"\r\n"\'=1","\ufffd"\r\n'


def sheet_with(folder: Path, *values: object, at: int | None = None) -> tuple[list[list[object]], str]:
    """The cells of an Excel file with these values one below the other, and its XML; `at`: as if so many rows were there."""
    file = folder / "tickets.xlsx"
    book = Workbook(file, [("n",)])
    book.begin([])
    book._at = at or book._at
    book.rows([Ticket("tkt_1", {"n": value}) for value in values])
    book.incomplete(len(values))
    book.close()
    with ZipFile(file) as parts:
        xml = parts.read("xl/worksheets/sheet1.xml").decode()
    rows = [] if at else [list(row) for row in openpyxl.load_workbook(file)["Tickets"].iter_rows(values_only=True)]
    return rows, xml


EXACT = {
    "123456789012345": 123456789012345,  # 15 digits: as many as Excel keeps
    "-0.12345678901234": -0.12345678901234,
    "1234567890123456": "1234567890123456",
    "12345678901234567": "12345678901234567",
    "0.1234567890123456": "0.1234567890123456",
    "1e3": "1e3",  # a number that Excel would show otherwise stays as it was sent
    "2.5E-7": "2.5E-7",
    "1e-07": "1e-07",
    "1e400": "1e400",
}


def test_excel_numbers_are_those_that_it_can_keep_and_show_as_they_were_sent(tmp_path):
    rows, _ = sheet_with(tmp_path, *numbers.loads(f"[{','.join(EXACT)}]"))
    assert [row[0] for row in rows[1:-1]] == list(EXACT.values())


def test_a_sheet_has_room_for_its_last_ticket_and_the_line_that_says_what_is_missing(tmp_path):
    _, xml = sheet_with(tmp_path, "last", at=Workbook.room)
    last = 1_048_576  # rows of a sheet, as Excel has them
    assert re.findall(r'<row r="(\d+)"', xml) == ["1", str(last - 1), str(last)]


@given(
    st.recursive(
        st.integers(2, 9) | st.just(Exact.read("1.10")), lambda inner: st.lists(inner, max_size=3), max_leaves=8
    )
)
def test_json_keeps_the_spelling_of_numbers_wherever_they_are(value):
    text = numbers.dumps({"a": value, "b": [value]})
    assert text.count("1.10") == 2 * str(value).count("1.1")


@pytest.mark.parametrize(("sign", "units"), [("x", 1), ("😀", 2)])
def test_a_cell_of_excel_holds_32_767_characters_and_says_where_more_is_cut(tmp_path, sign, units):
    """As UTF-16 counts them."""
    most = 32_767 // units
    rows, _ = sheet_with(tmp_path, sign * most, sign * (most + 1))
    whole, cut = (row[0] for row in rows[1:3])
    assert whole == sign * most
    assert 32_767 - units < len(cut.encode("utf-16-le")) // 2 <= 32_767
    assert cut.endswith(f"{sign}… [cut: {most + 1} characters; CSV has all]")


@pytest.mark.parametrize("notes", [None, lambda rows: ["a note" for _ in rows]], ids=["without notes", "with notes"])
def test_a_sheet_has_as_many_columns_as_excel_takes_and_the_others_in_one(tmp_path, notes):
    file = tmp_path / "tickets.xlsx"
    book = Workbook(file, notes=notes)
    ticket = Ticket("tkt_1", {f"p{number}": number for number in range(EXCEL_COLUMNS + 3)})
    book.begin([ticket])
    book.rows([ticket])
    book.close()
    names, cells = openpyxl.load_workbook(io.BytesIO(file.read_bytes()), read_only=True)["Tickets"].iter_rows(
        values_only=True
    )
    found = dict(zip(names, cells, strict=True))
    assert len(names) == EXCEL_COLUMNS
    others = numbers.loads(found[OTHER])
    kept = {name: value for name, value in found.items() if name.startswith("p")}
    assert kept | others == ticket.properties
    assert found.get(NOTES) == ("a note" if notes else None)
