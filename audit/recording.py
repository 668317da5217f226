"""Adding one event: a line in the log, then a row. Where it is not taken, AUDIT_REQUIRED says whether the page is refused."""

import logging
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

from django.conf import settings
from django.db import OperationalError, connection, transaction
from django.http import HttpRequest
from django.utils import timezone
from prometheus_client import Counter

from audit.models import Event, Kind
from audit.own_connection import own


class NotRecordedError(Exception):
    """A page that has to be recorded was not: it may not be shown (AUDIT_REQUIRED)."""


lost = Counter("copper_tickets_audit_events_lost", "Audit events that the database did not take; they are in the log")

PATIENCE = 0.2  # seconds a row may wait for a locked database: a person is waiting for the page
NEEDED_PATIENCE = 1.5  # where that page does not come without it; below the DATABASE_TIMEOUT that a page has in all
GIVEN_OUT_PATIENCE = 5.0  # where tickets are gone already, and no page waits: at most twice
SLOW = 1.0  # seconds; a database that took longer to fail is left alone for a moment
REST = 10.0  # seconds
MAX_TEXT = 500  # characters of one fact
_ODD = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")  # PostgreSQL refuses NUL, JSON a lone surrogate

logger = logging.getLogger("audit")
_rests_until = 0.0
# For a SQLite file: whoever finds it taken only looks again now and then, and may find it taken each time.
_line_up = threading.Lock()


def record(
    request: HttpRequest | None,
    kind: Kind,
    *,
    subject: str = "",
    user: Any = None,
    user_name: str = "",
    needed: bool = False,
    **facts: object,
) -> bool:
    """Add an event; say whether the database took it. Where it is `needed`, raise NotRecordedError if not and AUDIT_REQUIRED.

    `facts` are JSON values; texts are cut and cleaned. The person comes with the request, unless `user`, or the
    `user_name` of somebody unknown, says otherwise.
    """
    event = _logged(_event(request, kind, subject, facts), request, user, user_name)
    needed = needed and settings.AUDIT_REQUIRED
    added = _added(event, NEEDED_PATIENCE if needed else PATIENCE)
    if not added:
        lost.inc()
        if needed:
            raise NotRecordedError
    return added


def record_given_out(request: HttpRequest | None, kind: Kind, *, user_name: str = "", **facts: object) -> bool:
    """Add what says what was given out by now; say whether the database took it. No page waits for it: it is given more time.

    It is tried twice, the second time on a new connection, since this one may have lain idle. Where the first try was taken
    and nobody heard of it, the event is there twice.
    """
    event = _logged(_event(request, kind, "", facts), request, None, user_name)
    for _ in range(2):
        with own().patience_of_its_own(GIVEN_OUT_PATIENCE):
            if _added(event, GIVEN_OUT_PATIENCE):
                return True
        if connection.in_atomic_block:
            break
        connection.close()
        event.pk, event._state.adding = None, True
    lost.inc()
    return False


def _event(request: HttpRequest | None, kind: Kind, subject: str, facts: Mapping[str, object]) -> Event:
    return Event(
        at=timezone.now(),
        kind=kind,
        address=clean(request.META.get("REMOTE_ADDR", ""), 45) if request else "",
        request_id=getattr(request, "request_id", ""),
        subject=clean(subject, 300),
        facts={key: _fact(value) for key, value in facts.items()},
    )


def _logged(event: Event, request: HttpRequest | None, user: Any, user_name: str) -> Event:
    event.user_id, event.user_name = (None, clean(user_name, 150)) if user_name else _person(request, user)
    logger.info("audit", extra={"facts": _line(event)})
    return event


def _person(request: HttpRequest | None, user: Any) -> tuple[int | None, str]:
    try:
        user = user or getattr(request, "user", None)
        return (user.pk, clean(user.get_username(), 150)) if user and user.is_authenticated else (None, "")
    except Exception:  # sessions and databases raise kinds of their own: who it is cannot be found out just now
        return None, ""


def clean(text: str, most: int = MAX_TEXT) -> str:
    """The text, with a mark for each character that a database or a log would stumble over, and not too long."""
    return _ODD.sub("\ufffd", text)[:most]


def _fact(value: object) -> object:
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, Mapping):
        return {clean(str(key)): _fact(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [_fact(part) for part in value]
    return value


def _line(event: Event) -> dict[str, Any]:
    names = ("kind", "user_id", "user_name", "address", "request_id", "subject", "facts")
    return {name: getattr(event, name) for name in names}


def _added(event: Event, patience: float) -> bool:
    """Whether the database took it. What has more patience than usual is tried each time: a page, or the trail, hangs on it."""
    global _rests_until  # noqa: PLW0603 - one database for the whole process
    started = time.monotonic()
    usual = patience == PATIENCE
    if usual and started < _rests_until:
        return False
    try:
        with _short_of_patience(patience), _whole():
            _wait_for_no_lock(patience)
            event.save()
    except (
        Exception
    ) as error:  # InterfaceError is no DatabaseError, nor is a fact that JSON cannot say: no page may fail
        logger.warning("An audit event was not taken: %s", type(error).__name__)
        if time.monotonic() - started > SLOW and usual:
            _rests_until = time.monotonic() + REST
        return False
    return True


def _whole() -> AbstractContextManager[object]:
    """A transaction, but for the one statement that a file commits by itself: that takes an eighth less."""
    alone = connection.vendor == "sqlite" and not connection.in_atomic_block
    return nullcontext() if alone else transaction.atomic()


def _wait_for_no_lock(patience: float) -> None:
    """Wait less than others do where somebody holds the table. Within the transaction alone."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(f"SET LOCAL lock_timeout = {int(patience * 1000)}")


@contextmanager
def _short_of_patience(patience: float) -> Iterator[None]:
    """Wait less than other writers do, where the database is a file that one of them may hold locked."""
    if connection.vendor != "sqlite":
        yield
        return
    started = time.monotonic()
    with _its_turn(patience), _waiting_at_most(max(0.0, started + patience - time.monotonic())):
        yield


@contextmanager
def _its_turn(patience: float) -> Iterator[None]:
    """Queue with the other writers of this process. Raises OperationalError where its turn does not come in time."""
    if connection.in_atomic_block:  # it holds the file already: who is at the head of the queue waits for it
        yield
        return
    if not _line_up.acquire(timeout=patience):
        raise OperationalError("others of this process are still writing")
    try:
        yield
    finally:
        _line_up.release()


def _waiting_at_most(seconds: float) -> AbstractContextManager[None]:
    return own().waiting_at_most(seconds)
