"""Pages for what no view could answer."""

import sys
from contextlib import suppress

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from dashboard import kept
from dashboard.database.away import database_away, is_the_database
from dashboard.readable import AddressTooLongError, InPiecesError
from tickets_app.lookup import references

# Bytes of a form that is too large that are still taken, and thrown away: a browser that is answered while it sends
# gets its connection cut, and shows no page. As much as the proxies in deploy/ let through, and then some.
MOST_TAKEN = 16_000_000
_PIECE = 65_536
_LISTS = "tickets:lookup"  # the page where much is pasted

_WORDS = {
    400: ("This address cannot be read", "Something in it is not as it should be. Check it, or start from the list."),
    403: ("You may not see this", "Ask the people who run this dashboard for the right to."),
    404: ("There is no such page", "Check the address, or start from the list."),
    411: (
        "This form came without its length",
        "Something between your browser and this dashboard sends it on in pieces. Nothing was done: tell its people.",
    ),
    413: ("This is too much at once", "Nothing was done. Go back: what you typed is still there. Send less of it."),
    414: (
        "This address is too long",
        "It holds more than any page takes. Nothing was looked for: search for one reference, or use Look up many for a list.",
    ),
    500: (
        "Something went wrong here",
        "The dashboard had an error of its own. Try again; if it stays, tell its people.",
    ),
}
_OF_KIND = {InPiecesError: 411, AddressTooLongError: 414}


def _page(request: HttpRequest, status: int, more: str = "") -> HttpResponse:
    heading, advice = _WORDS[status]
    return render(request, "error.html", {"heading": heading, "advice": advice, "more": more}, status=status)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, 413 where too much was sent, 414 in an address, or 411 where it was not said how much."""
    if isinstance(exception, RequestDataTooBig):
        _take_the_rest(request)
        return _too_much(request)
    return _page(request, next((status for kind, status in _OF_KIND.items() if isinstance(exception, kind)), 400))


def _take_the_rest(request: HttpRequest) -> None:
    taken = 0
    with suppress(OSError):  # whoever sent it may have gone
        while taken < MOST_TAKEN and (piece := request.read(_PIECE)):
            taken += len(piece)


def _too_much(request: HttpRequest) -> HttpResponse:
    most = f"A form may hold {settings.DATA_UPLOAD_MAX_MEMORY_SIZE / 1_000_000:.1f} MB."
    if not request.resolver_match or request.resolver_match.view_name != _LISTS:
        return _page(request, 413, more=most)
    return _page(request, 413, more=f"{most} {references.TOO_MUCH}")


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 403."""
    return _page(request, 403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that does not come from a page of ours, or from one that was open for too long."""
    page = kept.without_token(request, reason)
    _take_the_rest(request)
    if page is not None:
        return page
    advice = (
        "It was open for too long, or comes from elsewhere. Reload it and try again. "
        "If it says so each time, this browser keeps no cookies: allow them for this site."
    )
    return render(request, "error.html", {"heading": "This page expired", "advice": advice}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404."""
    return _page(request, 404)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500; 503 where it is the database that does not do its part."""
    error = sys.exc_info()[1]  # Django calls this while it handles it
    if is_the_database(error):
        return database_away(request, error)
    return _page(request, 500)
