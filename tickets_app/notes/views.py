"""Writing and removing notes, and the page that searches all of them."""

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from audit import trail
from tickets_app.copper.resources import legible, usable_id
from tickets_app.display import person
from tickets_app.display.paths import path_of
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment
from tickets_app.filters import links
from tickets_app.filters.query_string import has_control_characters, path_is_text, read_or_say
from tickets_app.models import Note
from tickets_app.notes import section, store, text
from tickets_app.notes.section import Section
from tickets_app.rights import READ_NOTES, WRITE_NOTES, needs, staying

ROWS = 50  # on a page
MAX_WORDS = 200  # characters that are searched for
AWAY = (
    "The dashboard’s own database does not answer, so the note was not saved. It is still here: try again in a moment."
)


@needs(WRITE_NOTES)
@staying
@require_http_methods(["GET", "HEAD", "POST"])
@vary_on_headers(*FORMS)
def ticket_notes(request: HtmxHttpRequest, ticket_id: str) -> HttpResponse:
    """The notes of a ticket; a POST writes one. What is not taken stands in its field again."""
    _check(request, ticket_id)
    if request.method != "POST":
        return _answer(request, ticket_id)
    typed = request.POST.get("text", "")
    try:
        store.add(request, ticket_id, typed)
    except text.BadNoteError as error:
        return _answer(request, ticket_id, typed, str(error), status=400)
    except person.AWAY:
        return _answer(request, ticket_id, typed, AWAY, status=503)
    return _done(request, ticket_id, known=True)


@needs(WRITE_NOTES)
@require_POST
@vary_on_headers(*FORMS)
def remove_note(request: HtmxHttpRequest, ticket_id: str, pk: int) -> HttpResponse:
    """Remove a note. One that is gone already is no mistake."""
    _check(request, ticket_id)
    note = store.here().filter(pk=pk, ticket=ticket_id).first()
    if note and not store.may_remove(request, note):
        problem = "This note is somebody else’s: they remove it, or an administrator of this dashboard."
        return _answer(request, ticket_id, problem=problem, status=403)
    if note:
        store.remove(request, note)
    return _done(request, ticket_id, known=note is not None)


def _check(request: HttpRequest, ticket_id: str) -> None:
    if not (person.notes_are_on() and path_is_text(request.path_info) and usable_id(ticket_id)):
        raise Http404


def _done(request: HtmxHttpRequest, ticket_id: str, *, known: bool) -> HttpResponse:
    if is_fragment(request):
        return _answer(request, ticket_id, known=known)
    return HttpResponseRedirect(f"{links.ticket_url(ticket_id)}#notes", status=303)


def _answer(
    request: HtmxHttpRequest,
    ticket_id: str,
    typed: str = "",
    problem: str = "",
    status: int = 200,
    *,
    known: bool = False,
) -> HttpResponse:
    """The notes of a ticket. `known`: the trail was told of something done to them by this very request."""
    shown = section.of_ticket(request, ticket_id, typed=typed, problem=problem, unsaved=status == 503)
    context = {
        "notes": shown if known else _told(request, ticket_id, shown),
        "ticket_id": legible(ticket_id),
        "ticket_url": links.ticket_url(ticket_id),
    }
    template = "tickets/notes/_notes.jinja" if is_fragment(request) else "tickets/notes/notes_of_ticket.html"
    response = render(request, template, context, status=status)
    if status == 503:
        response["Retry-After"] = str(person.RETRY_AFTER)
    return response


def _told(request: HttpRequest, ticket_id: str, shown: Section | None) -> Section | None:
    """The section, once the trail knows who sees it; without its notes where that takes nothing: what was typed stays."""
    if shown is None or not shown.notes or trail.reads_notes(request, ticket_id, shown=len(shown.notes)):
        return shown
    return replace(shown, notes=[], away=True)


@needs(READ_NOTES)
@require_safe
def note_list(request: HttpRequest) -> HttpResponse:
    """All notes that match, newest first."""
    if not person.notes_are_on():
        context = {"heading": "There are no notes here", "advice": "They are turned off (NOTES, LOGIN_REQUIRED)."}
        return render(request, "error.html", context, status=404)
    parameters, problem = read_or_say(request.META.get("QUERY_STRING", ""))
    words, author, before = (parameters.values.get(name, "").strip() for name in ("q", "author", "before"))
    context = {"words": words, "author": author, "problem": problem or _problem(words, author, before)}
    if context["problem"] or parameters.repeated:
        context["problem"] = context["problem"] or "The address has a field more than once. Keep one."
        return render(request, "tickets/notes/note_list.html", context, status=400)
    found = store.matching(words, author)
    shown = list((found.filter(pk__lt=int(before)) if before else found)[: ROWS + 1])
    trail.searched_notes(request, words, author, shown=len(shown[:ROWS]))
    return render(request, "tickets/notes/note_list.html", {**context, **_found(request, shown, words, author)})


def _found(request: HttpRequest, notes: list[Note], words: str, author: str) -> dict[str, object]:
    zone, more = person.zone_of(request), len(notes) > ROWS
    given = [(name, value) for name, value in (("q", words), ("author", author)) if value]
    path, shown = path_of("tickets:notes"), notes[:ROWS]
    return {
        "notes": [section.view(request, note, zone) for note in shown],
        "next_url": links.address(path, [*given, ("before", str(shown[-1].pk))]) if more else "",
    }


def _problem(words: str, author: str, before: str) -> str:
    if has_control_characters(words + author):
        return "The search holds a control character (such as NUL). Type it again."
    if max(len(words), len(author)) > MAX_WORDS:
        return f"This is too long to search for: at most {MAX_WORDS} characters."
    if before and not (before.isascii() and before.isdigit() and len(before) <= 18):
        return "The address does not say where to go on: start from the top."
    return ""
