"""No sign in a reference cuts it, and what a spreadsheet has spoilt is told: each refusal says the line, in our words."""

import csv
import io
from unittest.mock import Mock

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tickets_app.copper import spelling
from tickets_app.lookup.references import MAX_TEXT, read
from tickets_app.lookup.tables import BadListError

SIGNS = [",", ";", "\t"]


@pytest.mark.parametrize(
    "line", ["Table 4, bar", "Table 4; bar", "4,", ",4", 'Table "4", bar', '"Oak" 4', "a,b;c", "'x, y"]
)
@pytest.mark.parametrize("heading", ["reference", "ID", '"reference"', "\ufeffReference", "reference\u00a0"])
@pytest.mark.parametrize("table", [False, True])
def test_below_the_only_heading_the_whole_line_is_the_reference(heading, line, table):
    assert read(f"{heading}\n{line}\nR-1", table=table).texts == (line, "R-1")


def test_below_the_only_heading_a_cell_in_quotation_marks_is_what_they_hold():
    assert read('reference\r\n"Table 4, bar"\r\n"say ""x"""\r\n').texts == ("Table 4, bar", 'say "x"')


CUT = [
    ("date,reference\n1,R-1\n2,Table 4, bar", False, 3),
    ("reference,x\nTable 4, bar,", False, 2),
    ("reference,\nTable 4, bar", False, 2),
    ("reference,,\nR-1,,\nTable 4,, bar", True, 3),
    ("reference;x\n1;2\n\nTable 4; bar;3", False, 4),
    ("reference\tx\nTable 4\tbar\t3", False, 2),
    ('x,reference\n"a\nb",1\n1,Table 4, bar', False, 4),
    ("sep=;\nreference;x\nTable 4; bar;3", True, 3),
    ('reference\n"Table 4", bar', True, 2),
    ("R-1\nTable 4, bar", True, 2),
    ("reference,x,y\n1,2,3\n1,2,3,4", True, 3),
]


@pytest.mark.parametrize("text", ["sep=,\n", "sep=;\n;;\n", '"",""\n', "," * (csv.field_size_limit() + 1)])
def test_a_table_of_empty_cells_alone_has_no_reference(text):
    with pytest.raises(BadListError, match="There is no reference in it"):
        read(text, table=True, pasted=False)


@pytest.mark.parametrize(("text", "table", "line"), CUT)
def test_a_row_with_a_cell_too_many_is_refused_with_its_line(text, table, line):
    with pytest.raises(BadListError, match=f"Line {line} has more cells than the first line has headings"):
        read(text.replace("\n", "\r\n"), table=table)


def test_what_is_blank_beyond_the_headings_and_cells_too_few_are_no_reason():
    assert read("date,reference,x,\n1,R-1,y,\n2,R-2\n,,,,,,\n3,R-3,,").texts == ("R-1", "R-2", "R-3")


@given(
    st.lists(st.text("abAB 4,;'\".-", min_size=1, max_size=12).filter(lambda text: text == text.strip()), min_size=1),
    st.sampled_from(SIGNS),
    st.booleans(),
)
@example(["''-"], ",", False)
def test_whatever_a_table_holds_no_reference_comes_back_cut(texts, delimiter, quoted):
    """Written by a program that quotes, it comes back; by one that does not, it comes back or is refused."""
    file = io.StringIO(newline="")
    if quoted:
        writer = csv.writer(file, delimiter=delimiter, quoting=csv.QUOTE_ALL)
        writer.writerows([["reference", "sum"], *([text, "1"] for text in texts)])
    else:
        file.write("".join(f"{one}{delimiter}1\r\n" for one in ["reference", *texts]).replace("1", "sum", 1))
    try:
        found = read(file.getvalue()).texts
    except BadListError:
        assert not quoted
        return
    # Our own files put one ' before what begins like a formula, also behind others of it.
    plain = [text.removeprefix("'") if text.lstrip("'")[:1] == "-" else text for text in texts]
    if quoted or not any(one[0] == '"' for one in texts):
        assert list(found) == plain


@pytest.mark.parametrize("first", ["sep=;", "SEP=;", '"sep=;"', "sep=;;;", "\ufeffsep=;"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_first_line_that_says_the_delimiter_is_read_and_is_no_row(first, end):
    assert read(f"{first}{end}date;reference{end}1,5;a, b{end}2;c").texts == ("a, b", "c")


def test_any_sign_can_be_said():
    assert read("sep=|\nreference|x\na,b;c|1").texts == ("a,b;c",)
    assert read("sep=\t\nreference\tx\na, b\t1").texts == ("a, b",)
    with pytest.raises(BadListError, match="Line 3 holds a character"):
        read('sep=;\nreference;x\n"a\nb";1')


BROKEN = [
    (f"reference,note\nR-1,a\nR-2,{'x' * 140_000}", r"Line 3 has a cell of more than 131,072 characters"),
    (f'reference,note\nR-1,"{"x" * 140_000}', r"Line 2 has a cell of more than 131,072 characters"),
    (f"R-1\n{'x' * 140_000}", r"Line 2 "),
    ('n,reference\n1,a\n2,"b\nc', r"line 3 opens a quotation mark that is closed nowhere"),
    ('n,reference\n1,a\n2,"b"c', r"on line 3 a closing quotation mark is followed by something else"),
    ('reference\nR-1\n"R-2', r"Line 3: a quotation mark is opened and not closed"),
]


@pytest.mark.parametrize(("text", "words"), BROKEN)
@pytest.mark.parametrize("table", [True, False])
def test_what_no_table_has_is_refused_with_its_line_and_no_words_of_python(text, words, table):
    with pytest.raises(BadListError, match=words) as raised:
        read(text, table=table)
    assert "field" not in str(raised.value)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("R-1\n1.23457E+15\nR-2", "Line 2 is “1.23457E+15”: a spreadsheet has rounded a long number"),
        ("date,reference\n1,2E+05\n1,3.1E+12", "2 lines are like “2E+05” (line 2): a spreadsheet has rounded"),
        ("reference;x\n1,23457E+15;1", "Line 2 is “1,23457E+15”: a spreadsheet has rounded a long number"),
        ("1.23457e-05", "a spreadsheet has rounded"),
        ("reference\n1234567890123450000", "spreadsheets keep 15 digits"),
        ("R-1\n02-Jan", "may have taken it for a date"),
        ("R-1\n#NAME?\n#####", "2 lines are like “#NAME?” (line 2): this is what a spreadsheet shows for an error"),
        (
            "reference\n12345\n417\n12346\n12347",
            "Line 3 is “417”, shorter than most. If a spreadsheet has taken zeros off",
        ),
    ],
)
def test_what_a_spreadsheet_has_spoilt_gets_a_hint(text, words):
    assert any(words in note and "make the column text" in note for note in read(text).notes)


@pytest.mark.parametrize(
    "text",
    [
        "1E5",
        "E+15",
        "R-1.2E+5",
        "12.5E+15",
        "00417\n12345\n12346",
        "98\n99\n100\n101\n102",
        "#4",
        "12345\n12346\n417\n98",
    ],
)
def test_what_may_well_be_a_reference_gets_none(text):
    assert read(text).notes == ()


def test_a_file_may_be_longer_than_what_is_pasted():
    text = ("x" * 250 + "\n") * 4_100
    assert len(text) > MAX_TEXT
    assert len(read(text, pasted=False).texts) == 4_100
    with pytest.raises(BadListError, match=r"at most 1,000,000 characters. Save it as a file .*in parts"):
        read(text)


def test_what_is_seen_decides_whether_a_line_is_blank():
    assert read("R-1\n\u200b\n\ufeff \u00a0\nR-2").texts == ("R-1", "R-2")
    assert spelling.seen("\u200b\ufeff\u00a0") == ""


class Broken:
    """A reader of CSV with words of another version of Python."""

    line_num = 3

    def __init__(self, *_: object, **__: object) -> None: ...

    def __iter__(self):
        return self

    def __next__(self):
        raise csv.Error("something new")


def test_what_python_says_of_a_file_in_other_words_has_its_line(monkeypatch):
    monkeypatch.setattr(csv, "reader", Broken)
    with pytest.raises(BadListError, match=r"This cannot be read as CSV from line 4 on\."):
        read("a,reference\n1,b", table=True)


@pytest.mark.parametrize("asked", [{}, {"column": "1st column", "amount": "none such"}])
def test_of_a_line_with_thousands_of_cells_some_are_offered_and_each_is_read_once(asked, monkeypatch):
    """What is copied from a row of a sheet has up to 16,384: its page came after 4 s, and 350,000 took a minute and a half."""
    looked_at = Mock(side_effect=spelling.seen)
    monkeypatch.setattr(spelling, "seen", looked_at)
    with pytest.raises(BadListError) as refusal:
        read("1\t" * 1_000, **asked)
    assert len(refusal.value.cells) == (0 if asked else 200)
    assert len(refusal.value.headings) == (200 if asked else 0)
    assert looked_at.call_count < 4_000  # once for each sign that may stand between cells
