"""Django's SQLite with connections that stay open, as long as the file under them is the one they opened."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

from dashboard.database import patience

NEAR_ENOUGH = 10  # milliseconds that SQLite may wait for a lock too long, or too short


class Cursor(base.SQLiteCursorWrapper):
    """Each statement waits for a lock as long as its connection may."""

    of: "DatabaseWrapper"

    def execute(self, query: str, params: Any = None) -> Any:
        """Run it. Raises OperationalError where the file stays locked."""
        self.of.wait_no_longer()
        return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run it for each. Raises OperationalError where the file stays locked."""
        self.of.wait_no_longer()
        return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """One connection, of one thread.

    A new one gets some sixty functions from Django, a millisecond for each page. What a kept one must not do is to go on with a
    file that was moved away, deleted, or put in the place of another from a backup: before and after each page that is looked
    at (docs/decisions/0090-sqlite-that-stays.md).
    """

    patience_of_its_own = staticmethod(patience.of_its_own)  # for rooms that know nothing of this one

    _opened: tuple[int, int] | None = None
    _most: float | None = None  # seconds that are waited for a lock at most, besides what the page has left
    _waits: int | None = None  # milliseconds that SQLite waits for one now, where that was said

    def get_new_connection(self, conn_params: dict[str, Any]) -> Any:
        """Open the file. Raises OperationalError where it cannot be, or is locked for as long as the page may wait."""
        self._waits = None
        with patience.charged():
            return super().get_new_connection(conn_params | {"timeout": self._patience()})

    def connect(self) -> None:
        """Open the file, and note which one it is."""
        super().connect()
        self._opened = self._file()

    def create_cursor(self, name: str | None = None) -> Cursor:
        """One that knows how long it may wait."""
        made: Cursor = self.connection.cursor(factory=Cursor)
        made.of = self
        return made

    def _commit(self) -> None:
        if self.connection is not None:
            self.wait_no_longer()
        with patience.charged():
            super()._commit()  # type: ignore[misc]  # Django has it, its stubs have not

    def wait_no_longer(self) -> None:
        """Give SQLite what may still be waited for a lock, to a hundredth of a second; nothing while that is what it has."""
        waits = int(1000 * self._patience())
        if self._waits is None or abs(waits - self._waits) > NEAR_ENOUGH:
            self.connection.execute(f"PRAGMA busy_timeout = {waits}")
            self._waits = waits

    def _patience(self) -> float:
        """Seconds: what is left (of the page in hand, or of a patience of its own), else what is usual; or less, if asked for."""
        left = patience.left()
        if left is None:
            left = float(self.settings_dict["OPTIONS"].get("timeout", 5))
        return max(0.0, left if self._most is None else min(left, self._most))

    @contextmanager
    def waiting_at_most(self, seconds: float) -> Iterator[None]:
        """In here nothing waits for a lock for longer."""
        before, self._most = self._most, seconds
        try:
            yield
        finally:
            self._most = before

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
