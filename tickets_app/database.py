"""The connection to our own database in what takes long: let go of meanwhile, and waited for no longer than is said.

A file may be made for hours. A connection that lies idle for as long is taken from others, and may end unnoticed.
"""

from collections.abc import Callable
from typing import TypeVar

from django.db import Error, connection

from audit.own_connection import own

Found = TypeVar("Found")


def let_go() -> bool:
    """Close the connection, unless it is in a transaction, and say whether that was done. Who needs one gets another."""
    if connection.in_atomic_block:
        return False
    connection.close()
    return True


def read_within(seconds: float, read: Callable[[], Found]) -> Found:
    """What is read, once more on a new connection if this one fails. Raises what the database does, after so long at most."""
    with own().patience_of_its_own(seconds):
        try:
            return read()
        except Error:
            if not let_go():
                raise
            return read()
