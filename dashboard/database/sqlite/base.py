"""Django's SQLite with connections that stay open, as long as the file under them is the one they opened."""

import os
from typing import Any

from django.db.backends.sqlite3 import base

from dashboard.database import patience


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

    def close_if_unusable_or_obsolete(self) -> None:
        """Close it after any error, and where its name is another file's by now (Django asks around each request)."""
        idle = self.connection is not None and not self.in_atomic_block
        if idle and (self.errors_occurred or self._file() != self._opened):
            self.close()
        else:
            super().close_if_unusable_or_obsolete()

    def _file(self) -> tuple[int, int] | None:
        """The file of that name; None where there is none, and for a database in memory."""
        try:
            found = os.stat(self.settings_dict["NAME"])
        except OSError:
            return None
        return found.st_dev, found.st_ino
