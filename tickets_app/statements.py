"""Statements that are always the same, and what they find as models: for what every page asks its database.

Django puts a statement together anew each time, and `Manager.raw` works out anew how its answer becomes a model: each takes
longer than the answer (docs/decisions/0077-rendering.md).
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import Model
from django.db.models.expressions import Col

Found = TypeVar("Found", bound=Model)


def found(model: type[Found], statement: str, values: Sequence[str | int | None]) -> list[Found]:
    """All that a `SELECT *` of the model's table finds, in its order. Raises what the database raises."""
    here = connections[DEFAULT_DB_ALIAS]  # `connection` would look for it each time
    with here.cursor() as cursor:
        cursor.execute(statement, values)
        columns, rows = tuple(column[0] for column in cursor.description), cursor.fetchall()
    if not rows:
        return []
    places, names, spelled = _shape(model, columns, here.vendor)
    made = []
    for row in rows:
        read = [row[place] for place in places]
        for number, column in spelled:
            for convert in (*here.ops.get_db_converters(column), *column.get_db_converters(here)):
                read[number] = convert(read[number], column, here)
        made.append(model.from_db(DEFAULT_DB_ALIAS, names, read))
    return made


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
