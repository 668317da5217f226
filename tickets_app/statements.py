"""Statements that are always the same, and what they find as models: for what every page asks its database.

Django puts a statement together anew each time, and `Manager.raw` works out anew how its answer becomes a model: each takes
longer than the answer (docs/decisions/0077-rendering.md).
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.expressions import Col

Found = TypeVar("Found", bound=Model)
Other = TypeVar("Other", bound=Model)
BESIDE = "beside"  # the column that stands between those of one table and those of another


def found(model: type[Found], statement: str, values: Sequence[str | int | None]) -> list[Found]:
    """All that a `SELECT *` of the model's table finds, in its order. Raises what the database raises."""
    columns, rows = _answer(statement, values)
    return [_made(model, columns, row) for row in rows]


def found_beside(
    model: type[Found], other: type[Other], statement: str, values: Sequence[str | int | None]
) -> list[tuple[Found, Other | None]]:
    """The same with what is joined to each; None where nothing is: `SELECT one.*, NULL AS beside, other.* …`."""
    columns, rows = _answer(statement, values)
    ends = columns.index(BESIDE)
    mine, theirs = columns[:ends], columns[ends + 1 :]
    key = ends + 1 + theirs.index(other._meta.pk.column)
    return [
        (_made(model, mine, row[:ends]), None if row[key] is None else _made(other, theirs, row[ends + 1 :]))
        for row in rows
    ]


def _answer(statement: str, values: Sequence[str | int | None]) -> tuple[tuple[str, ...], list[tuple[Any, ...]]]:
    """The names of the columns, and all rows."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:  # `connection` would look for it each time
        cursor.execute(statement, values)
        return tuple(column[0] for column in cursor.description), cursor.fetchall()


def _made(model: type[Found], columns: tuple[str, ...], row: Sequence[Any]) -> Found:
    here = connections[DEFAULT_DB_ALIAS]
    places, names, spelled = _shape(model, columns, here.vendor)
    read = [row[place] for place in places]
    for number, column in spelled:
        for convert in (*here.ops.get_db_converters(column), *column.get_db_converters(here)):
            read[number] = convert(read[number], column, here)
    return model.from_db(DEFAULT_DB_ALIAS, names, read)


@cache
def _shape(
    model: type[Model], columns: tuple[str, ...], vendor: str
) -> tuple[list[int], list[str], list[tuple[int, Col]]]:
    """Where the model's fields stand in a row, how they are called, and which of them this database spells in its own way."""
    fields = model._meta.concrete_fields
    spelled = []
    for number, field in enumerate(fields):
        column: Col = field.get_col(model._meta.db_table)
        if connection.ops.get_db_converters(column) or column.get_db_converters(connection):
            spelled.append((number, column))
    return [columns.index(field.column) for field in fields], [field.attname for field in fields], spelled
