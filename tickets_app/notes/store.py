"""The notes of this account and mode in the database: those of a ticket, how many tickets have, those that match."""

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC

from django.conf import settings
from django.db import connection, transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone

from audit import trail
from tickets_app.copper.resources import Row, Ticket
from tickets_app.database import read_within
from tickets_app.display import person
from tickets_app.gateway import tickets as gateway
from tickets_app.models import Note
from tickets_app.notes import text
from tickets_app.rights import ADMINISTER, READ_NOTES, WRITE_NOTES
from tickets_app.statements import found

MOST = 200  # notes on one ticket
WAIT = 2.0  # seconds that a part of a file waits for its notes
UNREAD = "(the notes could not be read)"  # in a file, where the database is away

logger = logging.getLogger(__name__)


def may_read(request: HttpRequest) -> bool:
    """Whether this person sees notes."""
    return person.notes_are_on() and request.user.has_perm(READ_NOTES)


def may_write(request: HttpRequest) -> bool:
    """Whether this person writes notes."""
    return person.notes_are_on() and request.user.has_perm(WRITE_NOTES)


def may_remove(request: HttpRequest, note: Note) -> bool:
    """Whether this person may remove a note: the own ones, and whoever administers this dashboard all."""
    mine = note.user_id is not None and note.user_id == request.user.pk
    return (mine and may_write(request)) or request.user.has_perm(ADMINISTER)


def here() -> QuerySet[Note]:
    """The notes of this account and mode."""
    return Note.objects.filter(account=settings.COPPER_ACCOUNT, live=gateway.is_live())


# As they are, and not put together by Django: lists and tickets ask each time (docs/decisions/0077-rendering.md).
_ON_ONE = "SELECT * FROM tickets_app_note WHERE account = %s AND live = %s AND ticket = %s ORDER BY id"
_HOW_MANY = (
    "SELECT ticket, COUNT(*) FROM tickets_app_note WHERE account = %s AND live = %s AND ticket IN ({}) GROUP BY ticket"
)


def of_ticket(ticket_id: str) -> list[Note]:
    """The notes on a ticket, oldest first."""
    return found(Note, _ON_ONE, [settings.COPPER_ACCOUNT, gateway.is_live(), ticket_id])


def counts(request: HttpRequest, rows: Iterable[Row]) -> dict[str, int]:
    """How many notes are on each of these tickets that has any: one query, or none where this person sees no notes."""
    ids = [row.id for row in rows if isinstance(row, Ticket)]
    if not (ids and may_read(request)):
        return {}
    return person.while_known(request, lambda: _counts(ids), {})


def _counts(ids: Sequence[str]) -> dict[str, int]:
    with connection.cursor() as cursor:
        places = ", ".join(["%s"] * len(ids))
        cursor.execute(_HOW_MANY.format(places), [settings.COPPER_ACCOUNT, gateway.is_live(), *ids])
        return dict(cursor.fetchall())


def matching(words: str, author: str) -> QuerySet[Note]:
    """The notes that hold these words (in any capitals) and are this person's, newest first. Empty: any."""
    found = here().order_by("-pk")
    if words:
        found = found.filter(folded__contains=text.folded(words))
    return found.filter(author=author) if author else found


def add(request: HttpRequest, ticket_id: str, typed: str) -> Note:
    """Keep a note. Raises BadNoteError, and NotRecordedError where the trail takes nothing: then it is not kept."""
    good = text.good(typed)
    with transaction.atomic():
        if here().filter(ticket=ticket_id).count() >= MOST:
            raise text.BadNoteError(f"This ticket has {MOST} notes, which is as many as can be kept. Remove one first.")
        note = Note.objects.create(
            account=settings.COPPER_ACCOUNT,
            live=gateway.is_live(),
            ticket=ticket_id,
            user_id=request.user.pk,
            author=request.user.get_username(),
            at=timezone.now(),
            text=good,
            folded=text.folded(good),
        )
        trail.wrote_note(request, ticket_id, note=note.pk, characters=len(good))
    return note


def remove(request: HttpRequest, note: Note) -> None:
    """Remove a note for good. Raises NotRecordedError as `add` does."""
    with transaction.atomic():
        trail.removed_note(request, note.ticket, note=note.pk, author=note.author, characters=len(note.text))
        note.delete()


def cells(rows: Sequence[Row]) -> list[str]:
    """For each row of a file its notes in one cell, a line or more each: when (UTC), who, text. One query.

    It has seconds of its own: no page waits for it, and a file may ask thousands of times.
    """
    ids = [row.id for row in rows if isinstance(row, Ticket)]
    try:
        found = read_within(WAIT, lambda: _lines(ids))
    except person.AWAY as error:
        logger.warning("Notes for a file could not be read (%s)", type(error).__name__)
        return [UNREAD for _ in rows]
    return ["\n".join(found.get(row.id, ())) if isinstance(row, Ticket) else "" for row in rows]


def _lines(ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for note in here().filter(ticket__in=ids).order_by("pk") if ids else ():
        found[note.ticket].append(f"{note.at.astimezone(UTC):%Y-%m-%dT%H:%MZ} {note.author}: {note.text}")
    return found
