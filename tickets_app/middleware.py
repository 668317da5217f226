"""What every response carries: how long it took, and that pages with tickets are nobody else's to keep."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control

from tickets_app.gateway.server_timing import waited

GetResponse = Callable[[HttpRequest], HttpResponse]


class ServerTiming:
    """Says in `Server-Timing` how long Copper took and how long all of it took (milliseconds)."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Measure from here to the answer."""
        started, spans = time.perf_counter(), []  # type: float, list[float]
        token = waited.set(spans)
        try:
            response = self.get_response(request)
        finally:
            waited.reset(token)
        total = time.perf_counter() - started
        response["Server-Timing"] = f"copper;dur={sum(spans) * 1000:.1f}, total;dur={total * 1000:.1f}"
        return response


class Private:
    """Keeps pages out of every shared cache, and ticket data off the disk of a till's browser."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Mark the response unless the view said something of its own."""
        response = self.get_response(request)
        if not response.has_header("Cache-Control"):
            patch_cache_control(response, private=True, no_store=True)
        return response


class Compressed(GZipMiddleware):
    """Compresses pages for browsers that take that (Django pads them at random, against BREACH); not files, not streams."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress an HTML page."""
        if not response.get("Content-Type", "").startswith("text/html"):
            return response
        return super().process_response(request, response)
