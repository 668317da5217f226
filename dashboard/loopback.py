"""Without login the site is for this machine alone (DESIGN.md, "Settings": LOGIN_REQUIRED)."""

from collections.abc import Callable
from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse


class OnlyThisMachine:
    """Refuses requests that come from another machine, however the server was bound."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let loopback addresses pass."""
        try:
            loopback = ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback
        except ValueError:
            loopback = False
        if not loopback:
            words = (
                "Without login this dashboard answers its own machine only. Set LOGIN_REQUIRED=true to serve others."
            )
            return HttpResponse(words, status=403, content_type="text/plain; charset=utf-8")
        return self.get_response(request)
