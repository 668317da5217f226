"""Tickets as the rows of a file: CSV, NDJSON, XLSX. A text that a spreadsheet would run as a formula stays a text."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path as FilePath
from typing import Any, Protocol

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from tickets_app.copper import numbers, spelling
from tickets_app.copper.resources import Row, Ticket, Unreadable, encodable
from tickets_app.display import property_paths
from tickets_app.display.property_paths import Path
from tickets_app.display.spreadsheet_text import BOM, LOOKED_AT, neutral

FIRST: tuple[Path, ...] = (("id",), ("created",), ("reference",), ("location",))
NOTES = "(notes)"  # the column with what people here wrote on a ticket
OTHER = "(other)"  # the column for properties that the first tickets did not have
Notes = Callable[[Sequence[Row]], Sequence[str]]  # a text for each row of a batch

EXCEL_ROWS = 1_048_576  # of a sheet, the header included
EXCEL_COLUMNS = 16_384
_EXCEL_CELL = 32_767  # characters as UTF-16 counts them: an emoji is two
_EXCEL_DIGITS = 15  # of a number; more are rounded


def incomplete(rows: int) -> str:
    """What stands in the last line of a file that is not complete."""
    return f"INCOMPLETE after {rows} rows"


class Columns:
    """Which properties become columns: the chosen ones, or all that the first tickets have, and one for what others add."""

    def __init__(self, chosen: Sequence[Path], notes: Notes | None = None, most: int | None = None) -> None:
        """Empty: all properties, flattened by path. `notes`: what gives a last cell for each row of a batch.

        `most`: as many columns as there may be.
        """
        self._notes = notes
        self._most = most and most - (2 if notes else 1)  # less the last ones
        self._chosen, self._paths = bool(chosen), list(chosen)
        # Nearly every path is one name, and every cell of a large file comes through here.
        self._names = [path[0] for path in chosen] if all(len(path) == 1 for path in chosen) else []
        self._tree = _Node()

    def begin(self, rows: Iterable[Row]) -> list[str]:
        """Settle the columns by the first rows; give the header."""
        if not self._chosen:
            found = dict.fromkeys(FIRST)
            for row in rows:
                if isinstance(row, Ticket):
                    found |= dict.fromkeys(
                        path for path, value in property_paths.flatten(row.properties) if value is not None
                    )
            self._paths = list(found)[: self._most]
        for number, path in enumerate(self._paths):
            self._tree.at(path).column = number
        return self._header()

    def _header(self) -> list[str]:
        names = [property_paths.dump_path(path) for path in self._paths]
        names = names if self._chosen else [*names, _apart(OTHER, names)]
        return [*names, _apart(NOTES, names)] if self._notes else names

    def batch(self, rows: Sequence[Row]) -> Iterator[list[object]]:
        """The cells of each of these rows."""
        if self._notes is None:
            yield from map(self.values, rows)
            return
        for row, note in zip(rows, self._notes(rows), strict=True):
            yield [*self.values(row), note] if isinstance(row, Ticket) else self.values(row)

    def values(self, row: Row) -> list[object]:
        """The row's cells. A row that is no ticket says so in its first cell, and is not left out."""
        if isinstance(row, Unreadable):
            return [f"UNREADABLE: {row.reason}"]
        if self._names:
            return list(map(row.properties.get, self._names))
        if self._chosen:
            found = [property_paths.value_at(row.properties, path) for path in self._paths]
            return [None if value is property_paths.MISSING else value for value in found]
        cells: list[object] = [None] * len(self._paths)
        other: dict[str, object] = {}
        self._tree.fill(row.properties, (), cells, other)
        return [*cells, other or None]


def _apart(name: str, others: Iterable[str]) -> str:
    """The name for a column beside these: another one where one of them looks the same, or nearly so."""
    taken = {spelling.nearly(other) for other in others}
    names = chain([name], (f"{name[:-1]} {number})" for number in count(2)))
    return next(one for one in names if spelling.nearly(one) not in taken)


@dataclass(slots=True)
class _Node:
    """One name of the paths that are columns. All the cells of a ticket are found in one pass through it, name by name."""

    column: int | None = None
    below: dict[str, "_Node"] = field(default_factory=dict)

    def at(self, path: Path) -> "_Node":
        """The node of a path below this one, made where there is none."""
        node = self
        for name in path:
            node = node.below.setdefault(name, _Node())
        return node

    def fill(
        self, properties: Mapping[str, object], above: Path, cells: list[object], other: dict[str, object]
    ) -> None:
        """Put what `property_paths.flatten` would give into the cells, and what has no column into `other`."""
        find, nests = self.below.get, len(above) + 1 < property_paths.MAX_DEPTH
        for name, value in properties.items():
            node = find(name, _NOTHING)
            if nests and type(value) is dict and value:
                node.fill(value, (*above, name), cells, other)
            elif node.column is not None:
                cells[node.column] = value
            elif value is not None:
                other[property_paths.dump_path((*above, name))] = value


_NOTHING = _Node()


_TEXTS: dict[type, Callable[[Any], str]] = {
    str: neutral,
    type(None): lambda _: "",
    bool: lambda value: "true" if value else "false",
    int: str,
    float: str,
    numbers.Exact: str,
    list: numbers.dumps,
    dict: numbers.dumps,
}


def text_of(value: object) -> str:
    """One cell as text: numbers as Copper wrote them, lists as JSON."""
    return _TEXTS[type(value)](value)


class Lines(Protocol):
    """A file that is written a batch of rows at a time."""

    content_type: str

    def begin(self, rows: Sequence[Row]) -> bytes:
        """What stands before the first rows, which are these."""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """A batch of rows."""

    def incomplete(self, rows: int) -> bytes:
        """The last line where rows are missing after so many."""


class CsvLines:
    """CSV as RFC 4180 has it, every cell in quotes."""

    content_type = "text/csv; charset=utf-8"

    def __init__(self, columns: Sequence[Path] = (), *, bom: bool = False, notes: Notes | None = None) -> None:
        """`bom`: for Excel."""
        self._columns, self._bom = Columns(columns, notes), bom

    def begin(self, rows: Sequence[Row]) -> bytes:
        """The header."""
        return _encoded((BOM if self._bom else "") + _csv_line(self._columns.begin(rows)))

    def rows(self, rows: Sequence[Row]) -> bytes:
        """A line a row."""
        return _encoded("".join([_csv_line(cells) for cells in self._columns.batch(rows)]))

    def incomplete(self, rows: int) -> bytes:
        """A line of one cell."""
        return _encoded(_csv_line([incomplete(rows)]))


def _csv_line(values: Sequence[object]) -> str:
    # The csv module looks at each character twice, and took a third of the time of a file with all properties.
    cells = [
        (value if type(value) is str and value[:1] not in LOOKED_AT else _TEXTS[type(value)](value)).replace('"', '""')
        for value in values
    ]
    return '"' + '","'.join(cells) + '"\r\n'


def _encoded(text: str) -> bytes:
    try:
        return text.encode()
    except UnicodeEncodeError:  # looked for in all cells at once: they are many, and these are rare
        return encodable(text).encode()


class NdjsonLines:
    """A line of JSON a ticket, exactly as Copper sent it."""

    content_type = "application/x-ndjson"

    def begin(self, rows: Sequence[Row]) -> bytes:
        """Nothing."""
        return b""

    def rows(self, rows: Sequence[Row]) -> bytes:
        """A line a row."""
        return b"".join(map(_json_line, rows))

    def incomplete(self, rows: int) -> bytes:
        """A line that is no ticket."""
        return (numbers.dumps({"incomplete": incomplete(rows), "rows": rows}) + "\n").encode()


def _json_line(row: Row) -> bytes:
    value = {"unreadable": row.reason} if isinstance(row, Unreadable) else row.properties
    return numbers.encoded(f"{numbers.dumps(value)}\n")


STREAMED = ("csv", "ndjson")  # formats that are sent while they are found


def lines_of(file_format: str, columns: Sequence[Path] = (), *, bom: bool = False, notes: Notes | None = None) -> Lines:
    """What writes a format of STREAMED. `columns`, `bom` and `notes` as `CsvLines` takes them; NDJSON has no use for them."""
    return CsvLines(columns, bom=bom, notes=notes) if file_format == "csv" else NdjsonLines()


class Workbook:
    """An Excel file of one sheet. Rows go to the disk as they come (TMPDIR), so memory stays flat."""

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    room = EXCEL_ROWS - 2  # tickets: less the header, and a last line that says what is missing

    def __init__(self, path: FilePath, columns: Sequence[Path] = (), *, notes: Notes | None = None) -> None:
        """Write to `path`, which is there when `close` was called."""
        self._columns = Columns(columns, notes, EXCEL_COLUMNS)
        options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        self._book = xlsxwriter.Workbook(str(path), {**options, "tmpdir": str(path.parent)})
        self._book.use_zip64()
        self._sheet, self._at = self._book.add_worksheet("Tickets"), 0

    def begin(self, rows: Sequence[Row]) -> None:
        """The header, which stays in view."""
        self._row(list(self._columns.begin(rows)))
        self._sheet.freeze_panes(1, 0)

    def rows(self, rows: Sequence[Row]) -> None:
        """A row a ticket."""
        for cells in self._columns.batch(rows):
            self._row(cells)

    def incomplete(self, rows: int) -> None:
        """A last row of one cell."""
        self._row([incomplete(rows)])

    def close(self) -> None:
        """Put the file together."""
        self._book.close()

    def _row(self, values: Sequence[object]) -> None:
        for column, value in enumerate(values):
            if value is not None:
                _write(self._sheet, self._at, column, value)
        self._at += 1


def _write(sheet: Worksheet, row: int, column: int, value: object) -> None:
    text = encodable(text_of(value))
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, int | float) and sum(map(str.isdigit, text)) <= _EXCEL_DIGITS and "e" not in text.lower():
        sheet.write_number(row, column, value)
    else:
        sheet.write_string(row, column, text if len(text) <= _EXCEL_CELL // 2 else _fitting(text))


def _fitting(text: str) -> str:
    """The text, or as much of it as a cell holds, and that it is cut."""
    units = text.encode("utf-16-le")
    if len(units) <= 2 * _EXCEL_CELL:
        return text
    words = f"… [cut: {len(text)} characters; CSV has all]"
    return units[: 2 * (_EXCEL_CELL - len(words))].decode("utf-16-le", "ignore") + words
