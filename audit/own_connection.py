"""What the connection to our own database can do beside Django's: said here for all who know nothing of dashboard/database."""

from contextlib import AbstractContextManager
from typing import Protocol, cast

from django.db import connection


class OwnConnection(Protocol):
    """What `connection` is."""

    def patience_of_its_own(self, seconds: float) -> AbstractContextManager[None]:
        """In here what waits for the database waits for so long in all, whatever a page has left."""

    def waiting_at_most(self, seconds: float) -> AbstractContextManager[None]:
        """In here nothing waits for a lock for longer; where the database is a file alone."""


def own() -> OwnConnection:
    """Give it."""
    return cast("OwnConnection", connection)
