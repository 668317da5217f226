"""The notes of one ticket as its page and panel show them, with the form for another one."""

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import legible, usable_id
from tickets_app.display import person
from tickets_app.filters import links, times
from tickets_app.models import Note
from tickets_app.notes import store, text


@dataclass(frozen=True, slots=True)
class NoteView:
    """One note."""

    id: int
    author: str
    at: str
    iso: str
    text: str
    remove_url: str  # empty: this person may not
    ticket: str
    ticket_url: str


@dataclass(frozen=True, slots=True)
class Section:
    """All notes of a ticket. `away`: they could not be read. `typed` and `problem`: what was not taken, and why.

    `unsaved`: the database is the reason, so there is a number to quote.
    """

    notes: list[NoteView]
    url: str
    away: bool = False
    may_write: bool = False
    typed: str = ""
    problem: str = ""
    unsaved: bool = False
    most: int = Note.MAX_TEXT

    @property
    def is_open(self) -> bool:
        """Whether there is something to see at once."""
        return bool(self.notes or self.typed or self.problem or self.away)


def of_ticket(
    request: HttpRequest, ticket_id: str, *, typed: str = "", problem: str = "", unsaved: bool = False
) -> Section | None:
    """What this person sees; None where that is nothing. One query, and no failure: without a database it says so."""
    if not store.may_read(request) or usable_id(ticket_id) is None:
        return None
    nothing: list[Note] | None = None
    found = person.while_known(request, lambda: store.of_ticket(ticket_id), nothing)
    zone = person.zone_of(request)
    return Section(
        notes=[view(request, note, zone) for note in found or ()],
        url=f"{links.ticket_url(ticket_id)}notes/",
        away=found is None,
        may_write=store.may_write(request),
        typed=typed,
        problem=problem,
        unsaved=unsaved,
    )


def view(request: HttpRequest, note: Note, zone: ZoneInfo) -> NoteView:
    """A note in words; times in `zone`."""
    url = links.ticket_url(note.ticket)
    return NoteView(
        id=note.pk,
        author=legible(note.author),
        at=times.show(Moment.of(note.at.replace(microsecond=0)), zone),
        iso=note.at.isoformat(timespec="seconds"),
        text=text.shown(note.text),
        remove_url=f"{url}notes/{note.pk}/remove/" if store.may_remove(request, note) else "",
        ticket=legible(note.ticket),
        ticket_url=url,
    )
