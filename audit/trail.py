"""What pages say to the audit trail: a function for each kind of thing that people do.

Those for what gives out tickets raise NotRecordedError where nothing can be recorded and AUDIT_REQUIRED is set: the page is
refused then (dashboard/errors.py).
"""

from collections.abc import Iterable, Sequence
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from audit.models import Kind
from audit.recording import MAX_TEXT, NotRecordedError, record, record_given_out

COMMAND = "export_tickets"  # who is said to have done what the command did
SEARCH = "search_query"  # Copper's name for the search text, which may name a guest


def not_let_in(request: HttpRequest, name: str) -> None:
    """Single sign-on vouches for somebody of this name, who may not come in all the same."""
    record(request, Kind.LOGIN_FAILED, user_name=name)


def looked_at(request: HttpRequest, ticket_id: str, *, failure: str | None = None) -> None:
    """Somebody opened the page of a ticket; `failure` says why it could not be shown."""
    record(request, Kind.TICKET_VIEWED, subject=ticket_id, needed=failure is None, **_failure(failure))


def searched(request: HttpRequest, filters: Iterable[tuple[str, str]], *, shown: int, failure: str | None) -> None:
    """Somebody looked at a list. The pages that are appended to it are the same look, and not told (ticket_list/looks.py)."""
    record(request, Kind.SEARCHED, needed=shown > 0, filters=told(filters), shown=shown, **_failure(failure))


def compared(
    request: HttpRequest, ticket_id: str, filters: Iterable[tuple[str, str]], *, shown: int, failure: str | None
) -> None:
    """Somebody saw a ticket beside the others of its reference, in what they differ: a list that is about this ticket."""
    facts: dict[str, Any] = {"filters": told(filters), "shown": shown, **_failure(failure)}
    record(request, Kind.SEARCHED, subject=ticket_id, needed=True, **facts)


def counted(request: HttpRequest, filters: Iterable[tuple[str, str]], *, counted: int) -> None:
    """Somebody had tickets counted without a list of them: that there are any is told by it as well."""
    record(request, Kind.SEARCHED, needed=counted > 0, filters=told(filters), counted=counted)


def begins_to_export(
    request: HttpRequest | None, filters: Iterable[tuple[str, str]], *, file_format: str, notes: bool = False
) -> None:
    """Before a file is begun: one whose process is killed has no other event. Raises NotRecordedError.

    No request: the command does, and stands there as prune_audit does.
    """
    name = "" if request else COMMAND
    facts: dict[str, Any] = {"format": file_format, "filters": told(filters), **_with(notes)}
    record(request, Kind.EXPORT_BEGUN, user_name=name, needed=True, **facts)


def exported(
    request: HttpRequest | None,
    filters: Iterable[tuple[str, str]],
    *,
    file_format: str,
    rows: int,
    complete: bool,
    notes: bool = False,
) -> None:
    """Somebody took tickets away as a file (`notes`: and those on them); to be told when it ended, however it did."""
    facts: dict[str, Any] = {"format": file_format, "filters": told(filters), "rows": rows, "complete": complete}
    add = record_given_out if rows else record  # of a file that nobody took, a page may still hang on this
    add(request, Kind.EXPORTED, user_name="" if request else COMMAND, **facts | _with(notes))


def looked_up(
    request: HttpRequest,
    filters: Iterable[tuple[str, str]],
    references: Sequence[str],
    *,
    looked_at: int,
    complete: bool,
    failure: str | None,
) -> None:
    """Somebody looked up many references; to be told when they begin, and when all was looked through.

    Of the references their number is kept, and how they begin only where AUDIT_SEARCH_TEXT allows it.
    """
    record(
        request,
        Kind.LOOKED_UP,
        needed=failure is None,
        references=len(references),
        filters=told(filters),
        looked_at=looked_at,
        complete=complete,
        **({"looked_for": ", ".join(references)[:MAX_TEXT]} if settings.AUDIT_SEARCH_TEXT else {}),
        **_failure(failure),
    )


def changed_view(request: HttpRequest, name: str, change: str, filters: Iterable[tuple[str, str]] = ()) -> None:
    """Somebody made, changed, shared or deleted (`change`) a view that others see."""
    record(request, Kind.VIEW_CHANGED, subject=name, change=change, filters=told(filters))


def wrote_note(request: HttpRequest, ticket_id: str, *, note: int, characters: int) -> None:
    """Somebody writes a note on a ticket. What it says stays in the note."""
    record(request, Kind.NOTE_WRITTEN, subject=ticket_id, needed=True, note=note, characters=characters)


def removed_note(request: HttpRequest, ticket_id: str, *, note: int, author: str, characters: int) -> None:
    """Somebody removes a note, of their own or of somebody else."""
    record(request, Kind.NOTE_REMOVED, subject=ticket_id, needed=True, note=note, author=author, characters=characters)


def reads_notes(request: HttpRequest, ticket_id: str, *, shown: int) -> bool:
    """Somebody sees the notes of a ticket without the ticket; whether they may be shown: a page stays where they may not."""
    try:
        record(request, Kind.NOTES_SEARCHED, subject=ticket_id, needed=True, shown=shown)
    except NotRecordedError:
        return False
    return True


def searched_notes(request: HttpRequest, words: str, author: str, *, shown: int) -> None:
    """Somebody looked through the notes; of what was searched for only the length is kept, as of all search texts."""
    filters = told([("author", author)] if author else []) | told([(SEARCH, words)] if words else [])
    record(request, Kind.NOTES_SEARCHED, needed=shown > 0, filters=filters, shown=shown)


def _with(notes: bool) -> dict[str, bool]:
    return {"notes": True} if notes else {}


def _failure(failure: str | None) -> dict[str, str]:
    return {"failure": str(failure)} if failure else {}


def told(filters: Iterable[tuple[str, str]]) -> dict[str, object]:
    """The filters as they may be kept: of a search text only its length, unless AUDIT_SEARCH_TEXT allows more."""
    found: dict[str, object] = {}
    for name, value in filters:
        if name == SEARCH and not settings.AUDIT_SEARCH_TEXT:
            found[f"{SEARCH}_length"] = len(value)
        else:
            found[name] = value
    return found
