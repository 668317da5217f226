"""What whoever runs a command or starts the server reads when the database is away, or has not been migrated."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError

from dashboard.database.lacking import is_lacking


@contextmanager
def ended_in_one_line() -> Iterator[None]:
    """End the program with one line where the database does not answer, or lacks tables, in place of a traceback."""
    try:
        yield
    except OperationalError as error:
        why = next(iter(str(error).strip().splitlines()), "no reason given").rstrip(".")
        if is_lacking(error):
            sys.exit(
                f"The database has not what this version needs ({why}). Run `manage.py migrate`, or check DATABASE_URL."
            )
        sys.exit(
            f"The database does not answer ({why}). Check DATABASE_URL, and that the database runs and lets this user in."
        )
