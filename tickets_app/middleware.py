"""What every response carries: how long it took, and that pages with tickets are nobody else's to keep."""

import re
import secrets
import sys
import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware
from django.utils.cache import patch_cache_control, patch_vary_headers

from tickets_app.gateway import receipt
from tickets_app.gateway.server_timing import waited

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd  # the same

GetResponse = Callable[[HttpRequest], HttpResponse]


class ServerTiming:
    """Says in `Server-Timing` how long Copper took and how long all of it took (milliseconds); notes what Copper was asked."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Measure from here to the answer."""
        started, spans = time.perf_counter(), []  # type: float, list[float]
        token = waited.set(spans)
        try:
            with receipt.collected(receipt.Receipt()):
                response = self.get_response(request)
        finally:
            waited.reset(token)
        copper, total = sum(spans, 0.0) * 1000, (time.perf_counter() - started) * 1000
        response["Server-Timing"] = f"copper;dur={round(copper, 3)}, total;dur={round(total, 3)}"
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
    """Compresses pages for browsers that take that, padded at random against BREACH; not files, not streams.

    Zstandard where it is taken (over https): a fifth of gzip's time for a list, fewer bytes (docs/decisions/0077-rendering.md).
    """

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress an HTML page."""
        if not response.get("Content-Type", "").startswith("text/html") or response.has_header("Content-Encoding"):
            return response
        if isinstance(response, HttpResponse):
            if len(response.content) < LEAST:
                return response
            patch_vary_headers(response, ("Accept-Encoding",))
            if _takes(request, "zstd"):
                response.content = zstd_padded(response.content)
                response["Content-Length"] = str(len(response.content))
                response["Content-Encoding"] = "zstd"
                return response
        return super().process_response(request, response) if _takes(request, "gzip") else response


LEAST = 200  # bytes that are worth it, as Django has it
MOST_PADDING = 100  # bytes, as Django has it for gzip
_REFUSED = re.compile(r"\s*q\s*=\s*0(\.0*)?\s*", re.ASCII | re.IGNORECASE)


def _takes(request: HttpRequest, coding: str) -> bool:
    """Whether who asks names this coding, and not to refuse it (`gzip;q=0`), which Django takes for a wish."""
    named = (part.partition(";") for part in request.headers.get("Accept-Encoding", "").split(","))
    return any(name.strip() == coding and not _REFUSED.fullmatch(weight) for name, _, weight in named)


def zstd_padded(content: bytes) -> bytes:
    """The HTML in one frame of Zstandard, with a random number of newlines behind it, which change nothing in HTML.

    They stand as they are in a last block that is not compressed (RFC 8878, 3.1.1.2), so that the length is random, too.
    """
    newlines = b"\n" * (1 + secrets.randbelow(MOST_PADDING))
    compressor = zstd.ZstdCompressor(level=3)
    compressor.set_pledged_input_size(len(content) + len(newlines))  # its tables become as small as the page
    blocks = compressor.compress(content, zstd.ZstdCompressor.FLUSH_BLOCK)
    # From the lowest bit: the last block (1), as it is (00), its length.
    head = (0b001 | len(newlines) << 3).to_bytes(3, "little")
    return b"".join((blocks, head, newlines))
