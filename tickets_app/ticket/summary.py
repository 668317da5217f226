"""What matters of a ticket, at a glance: the properties that the site names, and its lists as tables with a row each."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice

from tickets_app.display import property_paths, what_matters
from tickets_app.display.values import MAX_CELL, heading, is_number, plain

MAX_ROWS = 100  # of one table
MAX_COLUMNS = 12


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is shown, and whether it is aligned as numbers are."""

    text: str
    number: bool


NOTHING = Cell("", number=False)  # the entry has no such property


@dataclass(frozen=True, slots=True)
class Table:
    """A list of objects: a row for each. `more`: rows and columns that are not shown."""

    name: str
    columns: list[str]
    rows: list[list[Cell]]
    more_rows: int
    more_columns: int


def facts(properties: Mapping[str, object]) -> list[tuple[str, Cell]]:
    """The properties that matter, as (name, value), as Copper gave them; those that the ticket has not are left out."""
    found = ((path, property_paths.value_at(properties, path)) for path in what_matters.paths())
    return [
        (heading(path), _cell(value))
        for path, value in found
        if value is not None and not isinstance(value, property_paths.Missing)
    ]


def tables(properties: Mapping[str, object]) -> list[Table]:
    """Every property that is a list of objects, such as items and payments."""
    return [_table(name, value) for name, value in properties.items() if _is_list_of_objects(value)]


def _is_list_of_objects(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) and one for one in value)


def _table(name: str, value: object) -> Table:
    entries: list[dict[str, object]] = value if isinstance(value, list) else []
    names = list(dict.fromkeys(key for entry in entries for key in entry))
    shown = names[:MAX_COLUMNS]
    rows = [[_cell(entry[key]) if key in entry else NOTHING for key in shown] for entry in islice(entries, MAX_ROWS)]
    columns = [plain(key, MAX_CELL) for key in shown]
    return Table(plain(name, MAX_CELL), columns, rows, max(0, len(entries) - MAX_ROWS), len(names) - len(shown))


def _cell(value: object) -> Cell:
    text = plain(value, MAX_CELL)
    return Cell(text, is_number(value, text))
