"""The page of a link that was made in another mode or for another account."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tickets_app.sent_links.sent import Sent


def elsewhere(request: HttpRequest, sent: Sent, here: str) -> HttpResponse:
    """Warn before Copper is asked. `here`: the same address without what its sender saw."""
    context = {
        "heading": "This link was made somewhere else",
        "advice": f"{sent.elsewhere} The same address would show something else here, or nothing. Copper was not asked.",
        "elsewhere": here,
    }
    return render(request, "error.html", context, status=409)
