"""The references in what a person pasted or uploaded: one a line, or a column of a table. Knows nothing of tickets."""

import codecs
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from tickets_app.copper import spelling
from tickets_app.copper.resources import MAX_ID
from tickets_app.display.spreadsheet_text import neutral
from tickets_app.display.values import cut
from tickets_app.filters.query_string import has_control_characters
from tickets_app.lookup import spoilt
from tickets_app.lookup.tables import BadListError, Table, too_many_cells, whole_line

MOST = 5_000  # references in one look-up
MAX_LENGTH = MAX_ID  # characters of one: as long as an id may be
MAX_TEXT = 1_000_000  # characters of a list; 5,000 lines of 200
MAX_CELL = 60  # characters kept of an amount: more than one may have
MAX_FILE = 4_000_000  # bytes of a file, which may have further columns

# The headings that say by themselves which column is meant, the first one first.
KNOWN = ("reference", "id")
LIST, FILE, COLUMN = "references", "file", "column"  # the fields of the form
AMOUNT = "amount_column"  # and the one for what each reference came to

NONE = "There is no reference in it."
TOO_LARGE = (
    f"This file is too large: at most {MAX_FILE // 1_000_000} MB. Look it up in parts, or leave out other columns."
)
TOO_MUCH = (
    f"This is too much text: at most {MAX_TEXT:,} characters. Save it as a file and choose that (up to "
    f"{MAX_FILE // 1_000_000} MB), or look it up in parts."
)


@dataclass(frozen=True, slots=True)
class Reading:
    """The references in their order, each as often as it was given, and what was done to read them."""

    texts: tuple[str, ...]
    notes: tuple[str, ...] = ()
    amounts: tuple[tuple[int, str], ...] = ()  # of each reference: its line, and the cell in the column of amounts


def decode(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, or UTF-16 with its mark. No other encoding is guessed at. Raises BadListError."""
    if len(content) > MAX_FILE:
        raise BadListError(TOO_LARGE)
    if content.startswith(b"PK\x03\x04"):
        raise BadListError(
            "This is an Excel workbook or an archive. In Excel save it as “CSV UTF-8”, and choose that file."
        )
    marked = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = content.decode("utf-16" if marked else "utf-8-sig")
    except UnicodeDecodeError:
        text = "\0"
    if "\0" in text:
        # Guessed at, an accent could become another letter, and the reference would not be found.
        raise BadListError("This file is no text in UTF-8. In Excel save it as “CSV UTF-8”, and choose that file.")
    return text


def read(text: str, column: str = "", *, amount: str = "", table: bool = False, pasted: bool = True) -> Reading:
    """Read a list, or the `column` of a table, and its column `amount`. Raises BadListError.

    `table` says that the text comes from a CSV file; not `pasted`, that it comes from some file, which may hold more.
    """
    text, column, amount = text.removeprefix("\ufeff"), spelling.seen(column), spelling.seen(amount)
    text = text.replace("\v", "\n").replace("\f", "\n")  # a line and a page that end, as Word and PDF files have them
    if pasted and not table and len(text) > MAX_TEXT:
        raise BadListError(TOO_MUCH, too_much=True)
    if not spelling.seen(text):
        raise BadListError(NONE)
    sheet = Table(text)
    if place := _place(sheet, [column] if column else list(KNOWN)):
        return _column(sheet, *place, amount)
    if column.casefold() in (columns := sheet.columns):
        return _counted(sheet, columns, columns.index(column.casefold()), amount)
    if column:
        raise _which(sheet, f"No column is called “{column}”.")
    if amount and not columns[1:]:
        raise BadListError("This list has a single column: there are no amounts in it.", AMOUNT)
    if amount:
        raise _which(sheet)
    if table or sheet.says or "\t" in next(line for _, line in sheet.lines() if spelling.seen(line)):
        return _only_column(sheet)
    return _reading(sheet.lines())


def _place(sheet: Table, wanted: Iterable[str]) -> tuple[str, int, list[str]] | None:
    """Where a column of one of these names is: what stands between cells, its number, and all headings."""
    for delimiter in sheet.delimiters:
        headings = sheet.headings(delimiter)
        folded = [heading.casefold() for heading in headings]
        name = next((name for name in wanted if name.casefold() in folded), None)
        if name is None:
            continue
        if folded.count(name.casefold()) > 1:
            told = f"More than one column is called “{name}”. Give the one that holds the references another heading."
            raise BadListError(told, COLUMN, headings=sheet.choices)
        return delimiter, folded.index(name.casefold()), headings
    return None


def _column(sheet: Table, delimiter: str, index: int, headings: list[str], amount: str) -> Reading:
    """One column below its heading, and that of amounts. Alone, each line is a reference, whatever signs are in it."""
    heading, named = cut(headings[index], 40), sheet.heading_row(delimiter)
    below = named.end if named else 0
    beside = _index(sheet, amount, headings, index, sheet.choices) if amount else None
    if not headings[1:]:
        lines = ((number, whole_line(number, line, sheet.delimiters)) for number, line in sheet.lines(below))
        return _reading(lines, table=True, notes=[f"The first line, “{heading}”, was taken for a heading."])
    notes = [] if headings[index].casefold() in KNOWN else ["The first line was taken for headings."]
    return _cells_of(sheet, delimiter, headings, (index, beside), below, notes)


def _counted(sheet: Table, columns: list[str], index: int, amount: str) -> Reading:
    """One column with the first line in it, and that of amounts, which is counted as well."""
    beside = _index(sheet, amount, columns, index, columns) if amount else None
    return _cells_of(sheet, sheet.widest, columns, (index, beside), 0)


def _cells_of(
    sheet: Table,
    delimiter: str,
    headings: list[str],
    places: tuple[int, int | None],
    below: int,
    notes: Iterable[str] = (),
) -> Reading:
    """The column of references, and that of amounts if there is one."""
    index, beside = places
    read, cells = f"The column “{cut(headings[index], 40)}” was read", _cells(sheet, delimiter, index, headings, below)
    if beside is None:
        return _reading(cells, table=True, notes=[f"{read}.", *notes])
    read += f", and for the amounts “{cut(headings[beside], 40)}”."
    amounts = dict(_cells(sheet, delimiter, beside, headings, below))
    return _reading(cells, table=True, notes=[read, *notes], amounts=amounts)


def _index(sheet: Table, amount: str, headings: list[str], references: int, choices: Iterable[str]) -> int:
    """Where the column of amounts is."""
    places = [place for place, heading in enumerate(headings) if heading.casefold() == amount.casefold()]
    others = [one for one in choices if one.casefold() != headings[references].casefold()]
    if not places:
        raise BadListError(f"No column is called “{cut(amount, 40)}”. {sheet.there_are()}", AMOUNT, headings=others)
    if len(places) > 1:
        told = (
            f"More than one column is called “{cut(amount, 40)}”. Give the one that holds the amounts another heading."
        )
        raise BadListError(told, AMOUNT, headings=others)
    if places[0] == references:
        raise BadListError(
            "This is the column of the references. Choose the one with the amounts.", AMOUNT, headings=others
        )
    return places[0]


def _which(sheet: Table, wrong: str = "Which column holds the references?") -> BadListError:
    words = f"{wrong} {sheet.there_are()} Choose one here: one that says “from … on” if that line is a ticket’s, too."
    return BadListError(words, COLUMN, headings=sheet.choices, cells=sheet.headings(sheet.widest))


def _cells(sheet: Table, delimiter: str, index: int, headings: Sequence[str], below: int) -> Iterator[tuple[int, str]]:
    """The cells of a column with the numbers of their lines. No row may have more, or more that is not blank, than headings."""
    width = max(number for number, name in enumerate(headings, 1) if name)
    for row in sheet.rows(delimiter):
        if row.line <= below:
            continue
        if not row.blank and (len(row.cells) > len(headings) or _reaches(row.cells, width)):
            raise too_many_cells(row.line)
        yield row.line, row.cells[index] if index < len(row.cells) else ""


def _only_column(sheet: Table) -> Reading:
    """A table without a heading that is known: its only column."""
    rows = [row for row in sheet.rows(sheet.widest) if not row.blank]
    if not rows:
        raise BadListError(NONE)
    if _reaches(rows[0].cells, 1):
        raise _which(sheet)
    for row in rows:
        if _reaches(row.cells, 1):
            raise too_many_cells(row.line)
    return _reading([(row.line, row.cells[0]) for row in rows], table=True)


def _reaches(cells: Sequence[str], width: int) -> bool:
    """Whether there is something in a cell beyond so many."""
    return any(map(spelling.seen, cells[width:]))


def _reading(
    cells: Iterable[tuple[int, str]],
    *,
    table: bool = False,
    notes: Iterable[str] = (),
    amounts: Mapping[int, str] = MappingProxyType({}),
) -> Reading:
    """Take the spaces off, leave out what is blank, and refuse what can be no reference."""
    found: list[tuple[int, str]] = []
    blank = trimmed = restored = 0
    for number, cell in cells:
        text = cell.strip()
        if not spelling.seen(text):
            blank += 1
            continue
        trimmed += text != cell
        if table and text.startswith("'") and neutral(text[1:]) == text:
            text, restored = text[1:], restored + 1
        _check(text, number)
        found.append((number, text))
    if not found:
        raise BadListError(NONE)
    if len(found) > MOST:
        raise BadListError(
            f"These are {len(found):,} references: at most {MOST:,} can be looked up at once. Line {found[MOST][0]:,} is the "
            "first one too many: look them up in parts."
        )
    told = (
        (blank if table else 0, "{} had nothing in this column."),
        (trimmed, "Spaces around {} were taken off."),
        (restored, "The ' that files for spreadsheets have in front of signs was taken off {}."),
    )
    words = (words.format(_lines(number)) for number, words in told if number)
    return Reading(
        tuple(text for _, text in found), (*notes, *words, *spoilt.hints(found)), tuple(_beside(found, amounts))
    )


def _beside(found: Iterable[tuple[int, str]], amounts: Mapping[int, str]) -> Iterator[tuple[int, str]]:
    """The amounts of these lines, where there are any at all."""
    if amounts:
        yield from ((number, amounts[number].strip()[:MAX_CELL]) for number, _ in found)


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


def _check(text: str, number: int) -> None:
    if len(text) > MAX_LENGTH:
        raise BadListError(
            f"Line {number:,} is too long for a reference: at most {MAX_LENGTH} characters. Shorten it, or take it out."
        )
    if has_control_characters(text):
        shown = cut(spelling.marked(text), 60)
        raise BadListError(f"Line {number:,} holds a character that cannot be typed: “{shown}”. Take it out there.")
