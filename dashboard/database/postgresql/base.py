"""Django's PostgreSQL; what waits for the server waits as long as the page in hand may (dashboard/database/patience.py)."""

import time
from collections.abc import Generator
from contextlib import suppress
from functools import cached_property, partial
from types import TracebackType
from typing import Any

import psycopg
from django.db import OperationalError
from django.db.backends.postgresql import base
from django.db.utils import DatabaseErrorWrapper
from psycopg import capabilities

from dashboard.database import patience
from dashboard.database.lacking import NOT_READY

REST = 1.0  # seconds nobody connects after that took too long: each would wait as long again
CANCEL = 0.3  # seconds that a server is given to hear that nobody waits any more; one that is frozen never does
SLOW = 1.0  # seconds

_rests_until = 0.0


class Errors(DatabaseErrorWrapper):
    """Django's. A database that is not ready is one that is away, as SQLite has it; for PostgreSQL the program is at fault."""

    def __init__(self, wrapper: "DatabaseWrapper") -> None:
        super().__init__(wrapper)
        self._of = wrapper

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Raise Django's error for the driver's."""
        if isinstance(error, psycopg.ProgrammingError) and error.sqlstate in NOT_READY:
            self._of.errors_occurred = True
            raise OperationalError(*error.args).with_traceback(traceback) from error
        super().__exit__(kind, error, traceback)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection.

    `statement_timeout` and `lock_timeout` are the server's to keep, and a server that is frozen keeps none: the client itself
    has to stop waiting.
    """

    patience_of_its_own = staticmethod(patience.of_its_own)  # for rooms that know nothing of this one

    @cached_property
    def wrap_database_errors(self) -> Errors:
        """Around all that the driver does."""
        return Errors(self)

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Connect. Raises OperationalError, at once where that took too long a moment ago."""
        global _rests_until  # noqa: PLW0603 - one server for the whole process
        if patience.is_over() or time.monotonic() < _rests_until:
            raise psycopg.OperationalError("the database did not answer a moment ago")
        started = time.monotonic()
        try:
            with patience.charged():
                connection = super().get_new_connection(conn_params)
        except psycopg.OperationalError:
            if time.monotonic() - started > SLOW:
                _rests_until = time.monotonic() + REST
            raise
        connection.wait = partial(_wait, connection)
        return connection


def _wait(connection: Any, work: Generator[Any, Any, Any], interval: float = 0.1, timeout: float | None = None) -> Any:
    """Wait for the server as psycopg does, no longer than the page may. What is under way then is given up.

    This charges what is no statement of Django's: the end of a transaction, and what a new connection is told.
    """
    left = patience.left()
    if left is None:
        return type(connection).wait(connection, work, interval=interval, timeout=timeout)
    started = time.monotonic()
    try:
        with patience.charged():
            return type(connection).wait(connection, work, interval=min(interval, 0.1), timeout=max(0.01, left))
    except Exception:
        if time.monotonic() - started >= left:
            _give_up(connection)
            raise psycopg.OperationalError("the database did not answer in time") from None
        raise


def _give_up(connection: Any) -> None:
    """End what is under way: nobody knows what state it is in.

    The server is told. It sees only at its next word that nobody listens: one that waits for a lock would keep its place among
    those that may be connected until it has it, and soon there would be none for anybody.
    """
    if capabilities.has_cancel_safe():  # an older library of PostgreSQL's would wait without end
        with suppress(psycopg.Error):
            connection.cancel_safe(timeout=CANCEL)
    connection.pgconn.finish()
