"""Sessions in the database. Where nobody logs in, a page does not need them: it comes while the database is away."""

import time
from typing import Any

from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.db import OperationalError, connection
from django.utils import timezone

from tickets_app.display.person import AWAY

_KEPT = "SELECT session_data FROM django_session WHERE session_key = %s AND expire_date > %s"


FORGOTTEN_AT_ONCE = 20  # sessions: with so few nobody waits
CLEARED_AT_ONCE = 1_000  # sessions in one transaction: they lie in memory, and SQLite lets nobody else in meanwhile


def forget_some_ended(at_most: int = FORGOTTEN_AT_ONCE) -> int:
    """Remove some sessions that have ended, and give how many: for whoever is given a new one, and for `clearsessions`."""
    ended = list(Session.objects.filter(expire_date__lt=timezone.now()).values_list("pk", flat=True)[:at_most])
    Session.objects.filter(pk__in=ended).delete()
    return len(ended)


class SessionStore(db.SessionStore):
    """Django's own; one that could not be read is never written over."""

    unread = False

    @classmethod
    def clear_expired(cls) -> None:
        """Remove all that have ended (`clearsessions`): some, then the database is for others for as long as that took."""
        began = time.monotonic()
        while forget_some_ended(CLEARED_AT_ONCE) == CLEARED_AT_ONCE:
            time.sleep(time.monotonic() - began)
            began = time.monotonic()

    def load(self) -> dict[str, Any]:
        """Read it. Raises what the database raises, where people log in: who somebody is has to be known."""
        try:
            return self._loaded()
        except AWAY:
            if settings.LOGIN_REQUIRED:
                raise
            self.unread = True
            return {}

    def _loaded(self) -> dict[str, Any]:
        """As Django's own does it, by a statement that need not be put together anew for each page."""
        with connection.cursor() as cursor:
            now = connection.ops.adapt_datetimefield_value(timezone.now())
            cursor.execute(_KEPT, [self.session_key, now])
            kept = cursor.fetchone()
        if kept is None:
            self._session_key = None
            return {}
        return self.decode(kept[0])

    def save(self, must_create: bool = False) -> None:
        """Write it. Raises OperationalError for one that could not be read: what it held would be lost.

        Where the database is away, what it raised: for Django whatever goes wrong is a session that somebody ended meanwhile.
        """
        if self.unread:
            raise OperationalError("the session could not be read, so it is not written")
        try:
            super().save(must_create)
        except UpdateError as error:
            if isinstance(error.__context__, AWAY):
                raise error.__context__ from None
            raise
