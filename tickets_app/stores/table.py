"""The stores' clocks as a table in CSV, `location,zone,turns_over`: written, checked line by line, and taken over as a whole."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from django.db import transaction

from tickets_app.copper.resources import legible, usable_id
from tickets_app.display import person
from tickets_app.gateway.location_names import Names, State
from tickets_app.models import LocationClock
from tickets_app.stores.clocks import forget_soon

COLUMNS = ("location", "zone", "turns_over")
_HEADING = ",".join(COLUMNS)
_DELIMITERS = (",", ";", "\t")  # a spreadsheet writes what its country has
_SHOWN = 60  # characters of what was given, in a message
_HOURS = {text: hour for hour in range(24) for text in (str(hour), f"{hour:02}")}
UNREAD = (
    "Copper’s locations could not be read just now, so that nothing here can be checked. Send it again in a moment."
)


class BadTableError(ValueError):
    """The table is not taken. `problems`: what is wrong, each with its line, in words for the person; `status` of the answer."""

    status = 400

    def __init__(self, problems: list[str]) -> None:
        """Keep what is to be corrected."""
        super().__init__(" ".join(problems))
        self.problems = problems


class LocationsAwayError(BadTableError):
    """Nothing is wrong with it, but it cannot be checked."""

    status = 503


@dataclass(frozen=True, slots=True)
class Known:
    """Which locations there are; None where the key may not read them, so that any id is taken."""

    ids: frozenset[str] | None

    @classmethod
    def of(cls, names: Names) -> "Known":
        """What the names say. Raises LocationsAwayError where they are not there."""
        if names.state is State.FORBIDDEN:
            return cls(None)
        if names.state is not State.KNOWN and not names.by_id:
            raise LocationsAwayError([UNREAD])
        return cls(frozenset(names.by_id))

    def wrong(self, location: str) -> str:
        """Why this is no location; empty where it is one."""
        if not location:
            return "there is no location."
        if usable_id(location) is None:
            return f"{_quoted(location)} cannot be an id of Copper’s."
        if self.ids is not None and location not in self.ids:
            return f"Copper’s Locations have no {_quoted(location)}."
        return ""


def write(clocks: Iterable[LocationClock]) -> str:
    """The table of these clocks, as it can be read again."""
    out = io.StringIO()
    lines = csv.writer(out, lineterminator="\r\n")
    lines.writerow(COLUMNS)
    lines.writerows((one.location, one.zone, one.turns_over) for one in clocks)
    return out.getvalue()


def read(text: str, known: Known) -> list[LocationClock]:
    """The clocks of a table, not saved. Raises BadTableError with every line that is wrong."""
    lines = _lines(text.removeprefix("\ufeff"))
    line, heading = next(lines, (1, []))
    columns = [name.strip().lower() for name in heading]
    if not {"location", "zone"} <= set(columns) <= set(COLUMNS) or len(columns) != len(set(columns)):
        raise BadTableError([f"Line {line}: it has to name the columns, {_HEADING}."])
    table = _Table(known, columns)
    clocks = [clock for number, cells in lines if (clock := table.clock(number, cells))]
    if not clocks and not table.problems:
        raise BadTableError([f"Below the line {_HEADING} there is none with a location."])
    if table.problems:
        raise BadTableError(table.problems)
    return clocks


def take_over(clocks: list[LocationClock]) -> None:
    """Save all of them or none; those of the same locations are replaced, and others stay as they are."""
    with transaction.atomic():
        LocationClock.objects.bulk_create(
            clocks, update_conflicts=True, unique_fields=["location"], update_fields=["zone", "turns_over"]
        )
    forget_soon()


class _Table:
    """Makes clocks of rows, and keeps what is wrong with them."""

    def __init__(self, known: Known, columns: list[str]) -> None:
        self._known, self._columns = known, columns
        self._seen: dict[str, int] = {}
        self.problems: list[str] = []

    def clock(self, line: int, cells: list[str]) -> LocationClock | None:
        """The clock of a row; None where something is wrong with it."""
        if any(cell.strip() for cell in cells[len(self._columns) :]):
            self.problems.append(f"Line {line}: it has more cells than there are columns.")
            return None
        given = dict.fromkeys(COLUMNS, "") | {
            name: cell.strip() for name, cell in zip(self._columns, cells, strict=False)
        }
        wrong = list(self._wrong(given))
        self.problems += [f"Line {line}: {one}" for one in wrong]
        first = self._seen.setdefault(given["location"], line)
        if first != line and not wrong:
            self.problems.append(f"Line {line}: {_quoted(given['location'])} stands on line {first} already.")
        if wrong:
            return None
        return LocationClock(
            location=given["location"], zone=given["zone"], turns_over=_HOURS[given["turns_over"] or "0"]
        )

    def _wrong(self, given: dict[str, str]) -> Iterator[str]:
        if why := self._known.wrong(given["location"]):
            yield why
        if given["zone"] not in person.zones():
            yield f"there is no time zone {_quoted(given['zone'])}. Write it as America/Los_Angeles."
        if given["turns_over"] and given["turns_over"] not in _HOURS:
            yield f"{_quoted(given['turns_over'])} is no hour from 0 to 23."


def _lines(text: str) -> Iterator[tuple[int, list[str]]]:
    """The rows that hold something, with the line that each begins on. Raises BadTableError."""
    first = text.lstrip().partition("\n")[0]
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count), strict=True)
    while True:
        line = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error:
            raise BadTableError([f"Line {line}: this cannot be read as CSV."]) from None
        if any(cell.strip() for cell in row):
            yield line, row


def _quoted(text: str) -> str:
    return f"“{legible(text[:_SHOWN])}{'…' if len(text) > _SHOWN else ''}”"
