"""What whoever runs a command or starts the server reads when the database is away, or has not been migrated."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, ProgrammingError

UNDEFINED = {"42P01", "42703"}  # PostgreSQL's: a table, a column


@contextmanager
def ended_in_one_line() -> Iterator[None]:
    """End the program with one line where the database does not answer, or lacks tables, in place of a traceback."""
    try:
        yield
    except (OperationalError, ProgrammingError) as error:
        why = next(iter(str(error).strip().splitlines()), "no reason given").rstrip(".")
        if _lacks_tables(error, why):
            sys.exit(
                f"The database has not what this version needs ({why}). Run `manage.py migrate`, or check DATABASE_URL."
            )
        if isinstance(error, ProgrammingError):
            raise
        sys.exit(
            f"The database does not answer ({why}). Check DATABASE_URL, and that the database runs and lets this user in."
        )


def _lacks_tables(error: Exception, why: str) -> bool:
    return "no such table" in why or "no such column" in why or getattr(error.__cause__, "sqlstate", None) in UNDEFINED
