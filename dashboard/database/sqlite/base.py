"""Django's SQLite with connections that stay open, as long as the file under them is the one they opened."""

import os
import sqlite3
from typing import Any

from django.db.backends.sqlite3 import base

from dashboard.database import patience


class Cursor(base.SQLiteCursorWrapper):
    """Each statement waits for a lock as long as the page in hand may still wait, where it would wait longer."""

    def execute(self, query: str, params: Any = None) -> Any:
        """Run it. Raises OperationalError where the file stays locked."""
        _wait_no_longer(self.connection)
        return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run it for each. Raises OperationalError where the file stays locked."""
        _wait_no_longer(self.connection)
        return super().executemany(query, param_list)


def _wait_no_longer(file: sqlite3.Connection) -> None:
    """An event of the audit trail has asked for less already, and keeps that (audit/recording.py)."""
    left = patience.left()
    if left is None:
        return
    most = int(1000 * max(0.0, left))
    if file.execute("PRAGMA busy_timeout").fetchone()[0] > most:
        file.execute(f"PRAGMA busy_timeout = {most}")


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection, of one thread.

    A new one gets some sixty functions from Django, a millisecond for each page. What a kept one must not do is to go on with a
    file that was moved away, deleted, or put in the place of another from a backup: before and after each page that is looked
    at (docs/decisions/0090-sqlite-that-stays.md).
    """

    _opened: tuple[int, int] | None = None

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file. Raises OperationalError where it cannot be, or is locked for as long as the page may wait."""
        with patience.charged():
            return super().get_new_connection(conn_params)

    def connect(self) -> None:
        """Open the file, and note which one it is."""
        super().connect()
        self._opened = self._file()

    def create_cursor(self, name: str | None = None) -> Cursor:
        """One that knows how long the page may wait."""
        made: Cursor = self.connection.cursor(factory=Cursor)
        return made

    def _commit(self) -> None:
        if self.connection is not None:
            _wait_no_longer(self.connection)
        with patience.charged():
            super()._commit()  # type: ignore[misc]  # Django has it, its stubs have not

    def close_if_unusable_or_obsolete(self) -> None:
        """Close it after any error, and where its name is another file's by now (Django asks around each request).

        One that stays waits for locks as long as is usual again.
        """
        idle = self.connection is not None and not self.in_atomic_block
        if idle and (self.errors_occurred or self._file() != self._opened):
            self.close()
        else:
            super().close_if_unusable_or_obsolete()
        if self.connection is not None:
            usual = self.settings_dict["OPTIONS"].get("timeout", 5)
            self.connection.execute(f"PRAGMA busy_timeout = {int(1000 * usual)}")

    def _file(self) -> tuple[int, int] | None:
        """The file of that name; None where there is none, and for a database in memory."""
        try:
            found = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return found.st_dev, found.st_ino
