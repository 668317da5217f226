"""What a look-up leaves in the database: its result, at an address of its own, and a file that could not be read.

For as long as the session lasts in which it was sent, and for nobody else (docs/decisions/0082-kept-lookups.md).
"""

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest

from tickets_app.display import person
from tickets_app.models import KeptLookup

OF_A_SESSION = {KeptLookup.RESULT: 10, KeptLookup.FILE: 2}
IN_ALL = 500  # of all people; at 2 MB each, which few have, a gigabyte
NAME = "kept_file"  # the field of the form that names a kept file


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that was sent, and could be decoded; `id` where it is kept."""

    name: str
    text: str
    id: str = ""


def put_result(request: HttpRequest, state: str, looked_at: int, id_: str = "") -> str:
    """Keep a result, in place of an earlier state of the same; its id, "" where it cannot be kept.

    `looked_at`: how many tickets it was compared with. `id_`: what this gave for the earlier state.
    """
    return person.while_known(request, lambda: _put_result(request, state, looked_at, id_), "")


def _put_result(request: HttpRequest, state: str, looked_at: int, id_: str) -> str:
    mine = _mine(request, KeptLookup.RESULT, id_)
    if mine.filter(looked_at__lte=looked_at).update(content=state, looked_at=looked_at) or mine.exists():
        return id_
    return _put(request, KeptLookup.RESULT, state, looked_at=looked_at)


def result(request: HttpRequest, id_: str) -> str | None:
    """The state of a result of this session; None where there is none such, or no longer. Raises what a database does."""
    return _mine(request, KeptLookup.RESULT, id_).values_list("content", flat=True).first()


def put_file(request: HttpRequest, file: KeptFile) -> KeptFile | None:
    """Keep a file; None where that cannot be."""
    name = file.name[-KeptLookup.MAX_NAME :]
    if file.id:
        return file
    id_ = person.while_known(request, lambda: _put(request, KeptLookup.FILE, file.text, name), "")
    return KeptFile(file.name, file.text, id_) if id_ else None


def file(request: HttpRequest, id_: str) -> KeptFile | None:
    """A file of this session; None where there is none such, or no longer."""
    found = person.while_known(request, lambda: _mine(request, KeptLookup.FILE, id_).first(), None)
    return KeptFile(found.name, found.content, found.id) if found else None


def _put(request: HttpRequest, kind: str, content: str, name: str = "", looked_at: int = 0) -> str:
    session = request.session.session_key
    if not session or not request.session.exists(session):
        return ""
    id_, now = secrets.token_urlsafe(16), datetime.now(UTC)
    with transaction.atomic():
        KeptLookup.objects.create(
            id=id_, session_id=session, kind=kind, name=name, content=content, looked_at=looked_at, at=now
        )
        KeptLookup.objects.filter(at__lt=_oldest(now)).delete()
        _only(KeptLookup.objects.filter(session_id=session, kind=kind), OF_A_SESSION[kind])
        _only(KeptLookup.objects.all(), IN_ALL)
    return id_


def _only(kept: QuerySet[KeptLookup], most: int) -> None:
    """Keep the newest of these."""
    too_many = list(kept.order_by("-at", "id").values_list("id", flat=True)[most:])
    if too_many:
        KeptLookup.objects.filter(id__in=too_many).delete()


def _mine(request: HttpRequest, kind: str, id_: str) -> QuerySet[KeptLookup]:
    """What this session has of that id. PostgreSQL takes none with a NUL in it: such a one is nobody's.

    Where nobody logs in a session lasts a year: what is in it is not kept for so long.
    """
    session = request.session.session_key
    if not session or not id_ or "\0" in id_:
        return KeptLookup.objects.none()
    return KeptLookup.objects.filter(id=id_, session_id=session, kind=kind, at__gte=_oldest(datetime.now(UTC)))


def _oldest(now: datetime) -> datetime:
    return now - timedelta(hours=settings.SESSION_MAX_HOURS)
