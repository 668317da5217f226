"""Pages for what no view could answer."""

import sys
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import render
from django.template.loader import render_to_string

from audit.recording import NotRecordedError
from tickets_app.display.person import AWAY, theme_of

RETRY_AFTER = 5  # seconds
MAX_CARRIED = 1_000_000  # characters of a form that its page of failure carries on
_NEVER_CARRIED = {"csrfmiddlewaretoken", "password", "old_password", "new_password1", "new_password2"}

_WORDS = {
    400: ("This address cannot be read", "Something in it is not as it should be. Check it, or start from the list."),
    403: ("You may not see this", "Ask the people who run this dashboard for the right to."),
    404: ("There is no such page", "Check the address, or start from the list."),
    413: ("This is too much at once", "Nothing was done. Go back: what you typed is still there. Send less of it."),
    500: (
        "Something went wrong here",
        "The dashboard had an error of its own. Try again; if it stays, tell its people.",
    ),
}


def _page(request: HttpRequest, status: int) -> HttpResponse:
    heading, advice = _WORDS[status]
    return render(request, "error.html", {"heading": heading, "advice": advice}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 where too much was sent."""
    if isinstance(exception, RequestDataTooBig):
        return _page(request, 413)
    return _page(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not come from a page of ours, or from one that was open for too long."""
    advice = "It was open for too long, or comes from elsewhere. Go back, load its page anew, and send it again."
    return render(request, "error.html", {"heading": "This form could not be taken", "advice": advice}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; 503 where it is the database that does not do its part."""
    error = sys.exc_info()[1]  # Django calls this while it handles it
    if isinstance(error, (*AWAY, NotRecordedError)):
        return _away(request, error)
    return _page(request, 500)


def _away(request: HttpRequest, error: BaseException) -> HttpResponse:
    """Say that the database is away. Nothing here may need it: not the person, their rights, nor their session."""
    unrecorded = isinstance(error, NotRecordedError)
    heading = "This cannot be recorded just now" if unrecorded else "The dashboard’s own database does not answer"
    why = "Who looks at tickets is recorded, and the records take nothing now." if unrecorded else _what_works()
    context = {
        "heading": heading,
        "advice": f"{why} Try again in a moment; if it stays, tell the people who run this dashboard.",
        "request": {"request_id": getattr(request, "request_id", "")},
        "theme": theme_of(request),
        "no_way_on": True,
        "again": request.get_full_path(),
        "carried": list(_carried(request)) if request.method == "POST" else None,
        "csrf_token": get_token(request),
    }
    part = bool(request.headers.get("HX-Request")) and not request.headers.get("HX-Boosted")
    content = render_to_string("_away.html" if part else "away.html", context)
    response = HttpResponse(content, status=503, headers={"Retry-After": str(RETRY_AFTER)})
    if part:  # what is on the screen stays, and this stands above it
        response["HX-Retarget"], response["HX-Reswap"] = "#main", "afterbegin"
    return response


def _what_works() -> str:
    if settings.LOGIN_REQUIRED:
        return "It keeps who may see what, so no page can be shown. Copper itself is not affected."
    return "Saved views and preferences need it; lists and tickets do not."


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was typed, to be sent again; passwords are typed anew."""
    room = MAX_CARRIED
    for name, values in request.POST.lists():
        for value in values:
            room -= len(value)
            if name not in _NEVER_CARRIED and room >= 0:
                yield name, str(value)
