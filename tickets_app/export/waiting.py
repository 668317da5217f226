"""Waiting for a place: how somebody stands in line, as a page, as what that page asks for, and for a program in words."""

import secrets

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from tickets_app.display import person
from tickets_app.export.wanted import Wanted
from tickets_app.long_runs import places, progress
from tickets_app.long_runs.places import InLine, Place
from tickets_app.long_runs.progress import Watched, owner_of


def place_for(request: HttpRequest) -> Place | InLine:
    """A place. A person is shown at once how they stand; a program, which would only come again, is waited with a little."""
    return places.take(request) if _shows_pages(request) else places.take_soon(request)


def page(request: HttpRequest, line: InLine, wanted: Wanted) -> HttpResponse:
    """How they stand. With JavaScript the page asks again by itself and then begins the file; without, it is loaded again."""
    if not _shows_pages(request):
        words = f"{line.heading}. {line.advice} Ask again in {line.again} seconds: you keep your place in the line.\n"
        response = HttpResponse(words, content_type="text/plain; charset=utf-8", status=503)
    else:
        token = wanted.token
        usable = token if token and progress.is_token(token) else secrets.token_urlsafe(16)
        context = _context(request, line, usable) | {"list_url": wanted.list_url}
        response = render(request, "tickets/export/waiting.html", context, status=503)
    response["Retry-After"] = str(line.again)
    return response


def poll(request: HttpRequest, token: str) -> HttpResponse:
    """How they stand now; once it is their turn, the word to begin; once it was begun or cancelled, how it goes."""
    if not progress.is_token(token):
        return HttpResponse(status=204)  # no page of ours asks so
    person.begin(request)  # where nobody logs in: so that who comes again is the same
    run = Watched(owner_of(request), token).get()
    line = None if run else places.look(request)
    if line:
        return render(request, "tickets/export/_waiting.html", _context(request, line, token))
    begin_url = "" if run else request.get_full_path()
    return render(request, "tickets/export/_export_run.html", {"run": None, "token": token, "begin_url": begin_url})


def _shows_pages(request: HttpRequest) -> bool:
    return "text/html" in request.headers.get("Accept", "")


def _context(request: HttpRequest, line: InLine, token: str) -> dict[str, object]:
    parameters = QueryDict(request.META.get("QUERY_STRING", ""), mutable=True)
    parameters["export"] = token
    address = f"{request.path}?{parameters.urlencode()}"
    return {
        "line": line,
        "address": address,
        "token": token,
        "leave_url": reverse("tickets:export_cancel", args=[token]),
    }
