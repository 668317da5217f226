"""Sessions that end: after a while without a request, and after a day's work whatever happens."""

import logging
import time

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_in
from django.contrib.sessions.backends.base import SessionBase, UpdateError
from django.db import DatabaseError
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils.deprecation import MiddlewareMixin

from tickets_app.rights import is_open

BEGAN, SEEN = "began", "seen"  # in the session: epoch seconds
NOTED_EVERY = 60  # seconds between two notes that somebody was here: reading pages must not write each time
# Set by what a page asks for by itself, such as a live refresh: it does not keep a session alive.
BY_ITSELF = "X-By-Itself"

logger = logging.getLogger(__name__)


@receiver(user_logged_in)
def begin(request: HttpRequest, **_: object) -> None:
    """Note when a session began. One that was made for a log-in elsewhere lasts as long as any from here on."""
    request.session.pop("_session_expiry", None)  # Django's name, for `set_expiry`
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


def has_ended(session: SessionBase, now: float) -> bool:
    """Whether a session is too old, or was left alone for too long. One without times (older than this code) has ended."""
    idle, age = now - session.get(SEEN, 0), now - session.get(BEGAN, 0)
    return bool(idle > settings.SESSION_IDLE_MINUTES * 60 or age > settings.SESSION_MAX_HOURS * 3600)


class SessionEnds(MiddlewareMixin):
    """Logs out whose session has ended, before any page is answered."""

    def process_view(self, request: HttpRequest, view: object, *_: object) -> None:
        """End the session, or note that it is used. Pages for everybody, such as /readyz, need no session."""
        if is_open(view) or not request.user.is_authenticated:
            return
        now = time.time()
        if has_ended(request.session, now):
            _end(request)
        elif not request.headers.get(BY_ITSELF) and now - request.session[SEEN] >= NOTED_EVERY:
            _note(request.session, int(now))


def _end(request: HttpRequest) -> None:
    try:
        logout(request)
    except DatabaseError:  # it cannot be removed now; it has ended all the same
        logger.warning("A session that has ended could not be removed")
        request.session, request.user = type(request.session)(), AnonymousUser()


def _note(session: SessionBase, now: int) -> None:
    """Write it down at once and on its own: a database that takes no writes must not take the page along."""
    session[SEEN] = now
    try:
        session.save()
    except (DatabaseError, UpdateError) as error:
        logger.warning("The use of a session could not be noted (%s)", type(error).__name__)
    session.modified = False
