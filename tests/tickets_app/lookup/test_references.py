"""Reading what people paste and upload: every reference in its order, or a sentence that says why not."""

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.copper import spelling
from tickets_app.copper.resources import Ticket
from tickets_app.display.spreadsheet_text import neutral
from tickets_app.export.writers import CsvLines
from tickets_app.lookup import references, spoilt
from tickets_app.lookup.references import COLUMN, MAX_LENGTH, MOST, decode, read
from tickets_app.lookup.tables import BadListError

SHOWN = st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=40).filter(spelling.seen)


def is_itself(text: str) -> bool:
    """Whether nothing is taken off it, and it can be taken for no heading, whatever nobody sees in it."""
    headings = {spelling.seen(cell).casefold() for cell in text.replace(";", ",").split(",")}
    return text == text.strip() and not text.startswith(("\ufeff", '"')) and not {"reference", "id"} & headings


# What a line may hold and still be itself: something to be seen, nothing to take off, no control characters, no heading.
LINES = st.lists(SHOWN.filter(is_itself), min_size=1, max_size=30)


@given(LINES, st.sampled_from(["\n", "\r\n", "\r"]), st.sampled_from(["", "\n", "\r\n\r\n"]))
def test_any_lines_come_back_in_their_order_each_as_often_as_it_was_given(texts, between, after):
    reading = read(between.join(texts) + after)
    assert (reading.texts, reading.notes) == (tuple(texts), tuple(spoilt.hints(list(enumerate(texts, 1)))))


@given(LINES, st.sampled_from([",", ";", "\t"]), st.sampled_from(["reference", "Id", " REFERENCE "]))
def test_a_column_comes_back_from_any_table(texts, delimiter, heading):
    text = io.StringIO(newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(["date", heading, "amount"])
    writer.writerows([["2026-11-20", one, "1,00"] for one in texts])
    reading = read(text.getvalue())
    assert reading.texts == tuple(one[1:] if one.startswith("'") and neutral(one[1:]) == one else one for one in texts)
    assert reading.notes[0] == f"The column “{heading.strip()}” was read."


@pytest.mark.parametrize(
    ("text", "texts", "note"),
    [
        ("a\n\n  \nb\n", ("a", "b"), None),
        (" a\nb\t\u00a0\nc", ("a", "b", "c"), "Spaces around 2 lines were taken off."),
        ("a\na\nb\na", ("a", "a", "b", "a"), None),
        ("a\vb\n\fc\fd", ("a", "b", "c", "d"), None),  # lines of Word, pages of a PDF file
        ("a,b\nc;d", ("a,b", "c;d"), None),
        ("reference\na\nb", ("a", "b"), "The first line, “reference”, was taken for a heading."),
        ("\ufeffid\r\ntkt_1\r\n", ("tkt_1",), "The first line, “id”, was taken for a heading."),
        ("id,reference\ntkt_1,a\ntkt_2,\ntkt_3", ("a",), "2 lines had nothing in this column."),
        ('reference;sum\n"a;b";1\n"say ""x""";2', ("a;b", 'say "x"'), None),
        ("date\treference\n1\ta", ("a",), None),
        (
            "reference,x\n'=1+1,2\n'a,3",
            ("=1+1", "'a"),
            "The ' that files for spreadsheets have in front of signs was taken off 1 line.",
        ),
        ("'=1+1", ("'=1+1",), None),
        ("=1+1\n-4\n@x", ("=1+1", "-4", "@x"), None),
    ],
)
def test_what_is_pasted(text, texts, note):
    reading = read(text)
    assert reading.texts == texts
    assert note is None or note in reading.notes


@pytest.mark.parametrize("last", ["", "\n", "\r\n"])
def test_behind_the_last_line_end_there_is_no_line(last):
    assert read(f"reference\nMüller{last}").notes == ("The first line, “reference”, was taken for a heading.",)


def test_a_column_of_another_name_has_a_word_that_the_first_line_was_not_looked_up():
    assert "The first line was taken for headings." in read("EQ-1\t1\nEQ-2\t2", "EQ-1").notes


def test_a_heading_that_is_called_as_a_column_is_counted_goes_first():
    assert read("x,1st column\n1,2", "1st column").texts == ("2",)
    assert read("x,y\n1,2", "1ST column").texts == ("x", "1")


def test_a_column_that_is_named_is_read_whatever_it_is_called():
    assert read("check no;x\n4417;1\n4418;2", " Check No ").texts == ("4417", "4418")


@pytest.mark.parametrize(
    ("text", "column", "table", "field", "words"),
    [
        ("", "", False, None, "There is no reference in it."),
        (" \r\n \n", "", False, None, "There is no reference in it."),
        ("reference\n", "", False, None, "There is no reference in it."),
        ("a;b\n1;2", "x", False, COLUMN, "No column is called “x”. The first line has “a”, “b”."),
        ("x,x\n1,2", "x", False, COLUMN, "More than one column is called “x”. Give the one"),
        ("a\tb\n1\t2", "", False, COLUMN, "Which column holds the references? The first line has “a”, “b”."),
        ("a,b\n1,2", "", True, COLUMN, "Which column holds the references? The first line has “a”, “b”."),
        ('a,reference\n1,"b', "", False, None, "This cannot be read as CSV: line 2 opens a quotation"),
        ("a\n" + "b" * (MAX_LENGTH + 1), "", False, None, f"Line 2 is too long for a reference: at most {MAX_LENGTH}"),
        ("a\nb\0c", "", False, None, "Line 2 holds a character that cannot be typed: “b‹U+0000›c”. Take it out there."),
        (
            'n,reference\n1,a\n\n2,"b\nc"',
            "",
            False,
            None,
            "Line 4 holds a character that cannot be typed: “b‹U+000A›c”.",
        ),
        (
            "\na\n" * (MOST + 1),
            "",
            False,
            None,
            "at once. Line 10,002 is the first one too many: look them up in parts.",
        ),
        ("a" * 1_000_001, "", False, None, "This is too much text: at most 1,000,000 characters."),
    ],
)
def test_what_is_no_list_is_refused_in_a_sentence_at_its_field(text, column, table, field, words):
    with pytest.raises(BadListError) as raised:
        read(text, column, table=table)
    assert raised.value.field == field
    assert words in str(raised.value)


def test_as_many_as_are_allowed_are_taken():
    assert len(read("a\n" * MOST).texts) == MOST
    assert len(read("b" * MAX_LENGTH).texts) == 1


def test_a_csv_file_of_one_column_needs_no_heading():
    assert read('"a,b"\r\nc\r\n', table=True).texts == ("a,b", "c")


@pytest.mark.parametrize(
    "content",
    [
        "é\r\nü".encode(),
        codecs.BOM_UTF8 + "é\r\nü".encode(),
        codecs.BOM_UTF16_LE + "é\r\nü".encode("utf-16-le"),
        codecs.BOM_UTF16_BE + "é\r\nü".encode("utf-16-be"),
    ],
)
def test_files_in_utf_8_and_in_utf_16_with_its_mark_are_read(content):
    assert read(decode(content)).texts == ("é", "ü")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("é".encode("latin-1"), "no text in UTF-8"),
        ("ab".encode("utf-16-le"), "no text in UTF-8"),
        (codecs.BOM_UTF16_LE + b"a", "no text in UTF-8"),
        (b"PK\x03\x04 and so on", "an Excel workbook"),
        (b"a" * (references.MAX_FILE + 1), "too large"),
    ],
)
def test_no_encoding_is_guessed_at(content, words):
    with pytest.raises(BadListError, match=words):
        decode(content)


@given(SHOWN)
def test_what_an_export_wrote_is_read_as_it_was(text):
    lines = CsvLines((("reference",), ("id",)))
    row = Ticket("tkt_1", {"id": "tkt_1", "reference": text})
    assert read((lines.begin([row]) + lines.rows([row])).decode()).texts == (text.strip(),)
