"""Pages for what no view could answer."""

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

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
    """Answer 500."""
    return _page(request, 500)
