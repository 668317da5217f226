"""What every response carries besides its content, also errors and static files; and which methods are taken at all."""

from collections.abc import Callable
from functools import cached_property

from csp.constants import HEADER
from csp.middleware import CSPMiddleware
from csp.utils import build_policy
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.http.response import HttpResponseBase
from django.middleware.security import SecurityMiddleware

METHODS = ("GET", "HEAD", "POST", "OPTIONS")
HEADERS = {
    # Nothing of other sites is loaded, and no other site may load anything of ours.
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    # What pages could ask of the machine they are opened on; of all this, ours copy a reference and no more.
    "Permissions-Policy": (
        "accelerometer=(), autoplay=(), camera=(), clipboard-write=(self), display-capture=(), encrypted-media=(), "
        "fullscreen=(), geolocation=(), gyroscope=(), magnetometer=(), microphone=(), midi=(), payment=(), "
        "picture-in-picture=(), screen-wake-lock=(), usb=(), xr-spatial-tracking=()"
    ),
}


class Headers(SecurityMiddleware):
    """Django's security headers and ours, on every response.

    The redirect to https is left to Django's own middleware further in: where that one refuses a host itself, its own
    headers would be missing from the refusal.
    """

    def process_request(self, request: HttpRequest) -> None:
        """Let everything pass."""

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        """Add what is not there yet, and send nothing else to who asks for headers alone."""
        response = super().process_response(request, response)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.method == "HEAD" and not response.streaming:
            # gunicorn warns of every answer whose content it has to drop, and load balancers ask so every few seconds.
            response.headers.setdefault("Content-Length", str(len(response.content)))
            response.content = b""
        return response


class ContentPolicy(CSPMiddleware):
    """django-csp's, which puts the policy together anew for each answer: here once, where no page has one of its own."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Say what a page may load."""
        has_its_own = any(name.startswith("_csp") for name in (*vars(request), *vars(response)))
        if has_its_own or HEADER in response or settings.DEBUG:
            return super().process_response(request, response)
        response[HEADER] = self._policy
        return response

    @cached_property
    def _policy(self) -> str:
        return build_policy()


class Methods:
    """Refuses every method that no page has (TRACE, PUT …), whatever the address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the known ones pass; each view says which of them it takes."""
        return self.get_response(request) if request.method in METHODS else HttpResponseNotAllowed(METHODS)
