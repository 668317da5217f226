"""What whoever runs a command or starts the server reads when the database is away."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError


@contextmanager
def ended_in_one_line() -> Iterator[None]:
    """End the program with one line where the database does not answer, in place of a traceback."""
    try:
        yield
    except OperationalError as error:
        why = next(iter(str(error).strip().splitlines()), "no reason given").rstrip(".")
        sys.exit(
            f"The database does not answer ({why}). Check DATABASE_URL, and that the database runs and lets this user in."
        )
