"""Text as a table: its rows with the lines that they stand on, and its headings. What cannot be read says on which line."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

from tickets_app.copper import spelling
from tickets_app.display.values import cut

LINE_END = re.compile(r"\r\n|\r|\n")
DELIMITERS = (",", ";", "\t")
_SAID = re.compile(r'"?sep=([^\w"\r\n])\1*"?[ ]*(?:\r\n|\r|\n|\Z)', re.IGNORECASE)  # Excel's own first line
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_OFFERED = 200  # columns to choose from
_SHOWN = 20  # headings that a message names


class BadListError(ValueError):
    """What was given holds no list of references. The message is for the person; `field` is where to change it."""

    def __init__(
        self,
        message: str,
        field: str | None = None,
        *,
        too_much: bool = False,
        headings: Iterable[str] = (),
        cells: Iterable[str] = (),
    ) -> None:
        """Without a `field` it is where the list came from; `too_much`: there is more of it than may be sent.

        `headings`: the columns that may be meant. `cells`: what the first line has, where it may be no headings.
        """
        super().__init__(message)
        self.field, self.too_much = field, too_much
        self.headings, self.cells = tuple(islice(headings, _OFFERED)), tuple(islice(cells, _OFFERED))


@dataclass(frozen=True, slots=True)
class Row:
    """A row, and the first and the last line that it stands on, from 1."""

    line: int
    end: int
    cells: list[str]

    @property
    def blank(self) -> bool:
        """Whether there is nothing in it."""
        return not any(map(spelling.seen, self.cells))


class Table:
    """A text that may be a table."""

    def __init__(self, text: str) -> None:
        """`sep=;` as the first line says what stands between cells, and is none of its rows."""
        said = _SAID.match(text)
        self.says = said is not None
        self._text = text[said.end() :] if said else text
        self._above = 1 if said else 0
        self.delimiters = (said[1],) if said else DELIMITERS
        self._headings: dict[str, list[str]] = {}  # by what stands between them: a row may have very many

    def rows(self, delimiter: str) -> Iterator[Row]:
        """All rows. Raises BadListError."""
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=delimiter, strict=True)
        while True:
            line = reader.line_num + 1 + self._above
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise BadListError(_words(line, error)) from None
            yield Row(line, reader.line_num + self._above, cells)

    def heading_row(self, delimiter: str) -> Row | None:
        """The first row that is not blank; none where it cannot be read."""
        try:
            return next((row for row in self.rows(delimiter) if not row.blank), None)
        except BadListError:
            return None

    def headings(self, delimiter: str) -> list[str]:
        """What one sees of its cells."""
        if delimiter not in self._headings:
            row = self.heading_row(delimiter)
            self._headings[delimiter] = list(map(spelling.seen, row.cells)) if row else []
        return self._headings[delimiter]

    @property
    def widest(self) -> str:
        """The delimiter that gives the first row most cells; a tab where it has one, since what is copied from a sheet does."""
        if "\t" in self.delimiters and len(self.headings("\t")) > 1:
            return "\t"
        return max(self.delimiters, key=lambda one: len(self.headings(one)))

    def lines(self, after: int = 0) -> Iterator[tuple[int, str]]:
        """The lines after that one as they are, with their numbers. Behind the last line end there is none."""
        lines = LINE_END.split(self._text)
        for number, line in enumerate(lines if lines[-1] else lines[:-1], 1 + self._above):
            if number > after:
                yield number, line

    @property
    def choices(self) -> list[str]:
        """The headings that name one column each."""
        times = Counter(heading.casefold() for heading in self.headings(self.widest))
        return [one for one in self.headings(self.widest) if one and times[one.casefold()] == 1]

    @property
    def columns(self) -> list[str]:
        """All of them, counted."""
        return [counted(number) for number, _ in enumerate(self.headings(self.widest), 1)]

    def there_are(self) -> str:
        """The headings, in a sentence."""
        headings = self.headings(self.widest)
        names = ", ".join(f"“{cut(heading, 40)}”" for heading in headings[:_SHOWN])
        return f"The first line has {names}{' and more' if len(headings) > _SHOWN else ''}."


def counted(number: int) -> str:
    """What a column is called where the first line is no headings: "2nd column"."""
    ending = "th" if number % 100 in {11, 12, 13} else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{ending} column"


def whole_line(number: int, line: str, delimiters: tuple[str, ...]) -> str:
    """The cell of a table with a single column: all of the line, whatever signs are in it. Raises BadListError."""
    text = line.strip()
    if not text.startswith('"'):
        return line
    if quoted := _QUOTED.fullmatch(text):
        return quoted[1].replace('""', '"')
    if text.count('"') % 2:
        raise BadListError(f"Line {number:,}: a quotation mark is opened and not closed on this line.")
    begin = _QUOTED.match(text)
    if begin and text[begin.end() :].lstrip(" ").startswith(delimiters):
        raise too_many_cells(number)
    return line


def too_many_cells(number: int) -> BadListError:
    """A row that has something where no heading is: what stands before it may be a reference that was cut."""
    return BadListError(
        f"Line {number:,} has more cells than the first line has headings: perhaps a comma or semicolon is part of a "
        'reference, which would be cut there. Put quotation marks around it (“"Table 4, bar"”), or give the references '
        "alone, one a line."
    )


def _words(line: int, error: csv.Error) -> str:
    if "field larger" in str(error):
        size = f"{csv.field_size_limit():,}"
        return f"Line {line:,} has a cell of more than {size} characters. Perhaps a quotation mark there is not closed."
    if "unexpected end" in str(error):
        return f"This cannot be read as CSV: line {line:,} opens a quotation mark that is closed nowhere."
    if "expected after" in str(error):
        return f"This cannot be read as CSV: on line {line:,} a closing quotation mark is followed by something else."
    return f"This cannot be read as CSV from line {line:,} on."
