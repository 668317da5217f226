"""The references in what a person pasted or uploaded: one a line, or a column of a table. Knows nothing of tickets."""

import codecs
import csv
import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import count

from tickets_app.display.spreadsheet_text import neutral
from tickets_app.display.values import cut
from tickets_app.filters.query_string import has_control_characters

MOST = 5_000  # references in one look-up
MAX_LENGTH = 255  # characters of one: as long as an id may be
MAX_TEXT = 1_000_000  # characters of a list; 5,000 lines of 200
MAX_FILE = 4_000_000  # bytes of a file, which may have further columns

# The headings that say by themselves which column is meant, the first one first.
KNOWN = ("reference", "id")
LIST, FILE, COLUMN = "references", "file", "column"  # the fields of the form

_LINE_END = re.compile(r"\r\n|\r|\n")
_DELIMITERS = (",", ";", "\t")
_SHOWN = 20  # headings that a message names


class BadListError(ValueError):
    """What was given holds no list of references. The message is for the person; `field` is where to change it."""

    def __init__(self, message: str, field: str | None = None) -> None:
        """Without a `field` it is where the list came from."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class Reading:
    """The references in their order, each as often as it was given, and what was done to read them."""

    texts: tuple[str, ...]
    notes: tuple[str, ...] = ()


def decode(content: bytes) -> str:
    """The text of an uploaded file: UTF-8, or UTF-16 with its mark. No other encoding is guessed at. Raises BadListError."""
    if len(content) > MAX_FILE:
        raise BadListError(f"This file is too large: at most {MAX_FILE // 1_000_000} MB.")
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


def read(text: str, column: str = "", *, table: bool = False) -> Reading:
    """Read a list, or the `column` of a table; `table` says that the text comes from a CSV file. Raises BadListError."""
    text, column = text.removeprefix("\ufeff"), column.strip()
    if len(text) > MAX_TEXT and not table:
        raise BadListError(f"This is too much text: at most {MAX_TEXT:,} characters.")
    if not text.strip():
        raise BadListError("There is no reference in it.")
    if place := _place(text, [column] if column else list(KNOWN)):
        return _column(text, *place)
    if column:
        raise BadListError(f"No column is called “{column}”. {_there_are(text)}", COLUMN)
    if table or "\t" in _first_line(text):
        return _only_column(text)
    return _reading(_LINE_END.split(text))


def _place(text: str, wanted: Iterable[str]) -> tuple[str, int, list[str]] | None:
    """Where a column of one of these names is: what stands between cells, its number, and all headings."""
    for delimiter in _DELIMITERS:
        headings = _headings(text, delimiter)
        folded = [heading.casefold() for heading in headings]
        name = next((name for name in wanted if name.casefold() in folded), None)
        if name is None:
            continue
        if folded.count(name.casefold()) > 1:
            raise BadListError(f"More than one column is called “{name}”.", COLUMN)
        return delimiter, folded.index(name.casefold()), headings
    return None


def _first_line(text: str) -> str:
    return next(line for line in _LINE_END.split(text) if line.strip())


def _headings(text: str, delimiter: str) -> list[str]:
    """The cells of the first row that is not blank; of one that no CSV has, none."""
    try:
        return [cell.strip() for cell in next(row for row in _rows(text, delimiter) if any(map(str.strip, row)))]
    except (BadListError, StopIteration):
        return []


def _rows(text: str, delimiter: str) -> Iterable[list[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error as error:
        raise BadListError(f"This cannot be read as CSV: {error}.") from None


def _there_are(text: str) -> str:
    headings = max((_headings(text, delimiter) for delimiter in _DELIMITERS), key=len)
    names = ", ".join(f"“{cut(heading, 40)}”" for heading in headings[:_SHOWN])
    return f"The first line has {names}{' and more' if len(headings) > _SHOWN else ''}."


def _column(text: str, delimiter: str, index: int, headings: list[str]) -> Reading:
    """One column below its heading."""
    rows = iter(_rows(text, delimiter))
    first = next(number for number, row in enumerate(rows, 1) if any(map(str.strip, row)))
    cells = [row[index] if index < len(row) else "" for row in rows]
    heading = cut(headings[index], 40)
    note = "The column “{}” was read." if headings[1:] else "The first line, “{}”, was taken for a heading."
    return _reading(cells, first=first + 1, table=True, notes=[note.format(heading)])


def _only_column(text: str) -> Reading:
    """A table without a heading that is known: its only column."""
    delimiter = max(_DELIMITERS, key=lambda one: len(_headings(text, one)))
    rows = list(_rows(text, delimiter))
    if any(any(map(str.strip, row[1:])) for row in rows):
        raise BadListError(f"Which column holds the references? {_there_are(text)} Type its name here.", COLUMN)
    return _reading([row[0] if row else "" for row in rows], table=True)


def _reading(cells: Iterable[str], first: int = 1, *, table: bool = False, notes: Iterable[str] = ()) -> Reading:
    """Take the spaces off, leave out what is blank, and refuse what can be no reference."""
    texts: list[str] = []
    blank = trimmed = restored = 0
    for number, cell in zip(count(first), cells, strict=False):
        text = cell.strip()
        if not text:
            blank += 1
            continue
        trimmed += text != cell
        if table and text.startswith("'") and neutral(text[1:]) == text:
            text, restored = text[1:], restored + 1
        _check(text, number)
        texts.append(text)
    if not texts:
        raise BadListError("There is no reference in it.")
    if len(texts) > MOST:
        raise BadListError(f"These are {len(texts):,} references: at most {MOST:,} can be looked up at once.")
    told = (
        (blank if table else 0, "{} had nothing in this column."),
        (trimmed, "Spaces around {} were taken off."),
        (restored, "The ' that files for spreadsheets have in front of signs was taken off {}."),
    )
    return Reading(tuple(texts), (*notes, *(words.format(_lines(number)) for number, words in told if number)))


def _lines(number: int) -> str:
    return "1 line" if number == 1 else f"{number:,} lines"


def _check(text: str, number: int) -> None:
    if len(text) > MAX_LENGTH:
        raise BadListError(f"Line {number:,} is too long for a reference: at most {MAX_LENGTH} characters.")
    if has_control_characters(text):
        raise BadListError(f"Line {number:,} holds a character that cannot be typed (such as NUL or a tab).")
