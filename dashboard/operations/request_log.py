"""Each request gets a number, is counted, and leaves one line in the log: never its query, which holds what people search."""

import logging
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from dashboard.operations import request_metrics
from tickets_app.gateway import request_number
from tickets_app.gateway.server_timing import waited

MACHINES = {"readyz"}  # asked every few seconds: a line only where the answer is bad

logger = logging.getLogger("dashboard.request")


class RequestLog:
    """Stands behind ServerTiming, whose account of the time waited for Copper it reads."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Number the request, and note it when all of its answer was sent."""
        number = request_number.number_for(request.headers.get(request_number.HEADER))
        request.request_id = number  # type: ignore[attr-defined] # for templates and the audit trail
        token = request_number.request_id.set(number)
        spans = waited.get()
        end = partial(_end, request, number, time.perf_counter(), [] if spans is None else spans)
        request_metrics.in_progress.inc()
        try:
            response = self.get_response(request)
            response[request_number.HEADER] = number
            if response.streaming and _view(request) != "static":  # the server sends files faster as they are
                response.streaming_content = _Sent(response.streaming_content, partial(end, response.status_code))  # type: ignore[attr-defined] # a streamed response has it
            else:
                end(response.status_code)
        except BaseException:
            end(500)
            raise
        finally:
            request_number.request_id.reset(token)
        return response


class _Sent:
    """A streamed answer; tells when it was sent, or broke off."""

    def __init__(self, parts: Iterable[bytes], end: Callable[[], None]) -> None:
        self._all, self._parts, self._end, self._ended = parts, iter(parts), end, False

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Called by Django when the answer is done with, however it went."""
        if self._ended:
            return
        self._ended = True
        self._end()
        close = getattr(self._all, "close", None)
        if close:
            close()


def _end(request: HttpRequest, number: str, started: float, spans: list[float], status: int) -> None:
    """Count a request and write its line."""
    view, seconds = _view(request), time.perf_counter() - started
    request_metrics.in_progress.dec()
    request_metrics.requests.labels(view, str(status)).inc()
    request_metrics.seconds.labels(view).observe(seconds)
    if view == "static" or (view in MACHINES and status < 500):
        return
    facts = {
        "request_id": number,
        "method": request.method,  # one of few: dashboard.headers refuses all others before
        "view": view,
        "status": status,
        "ms": round(seconds * 1000, 1),
        "copper_ms": round(sum(spans) * 1000, 1),
        "user_id": _user_id(request),
    }
    logger.info("request", extra={"facts": facts})


def _view(request: HttpRequest) -> str:
    """The view's name: few enough to count by, whatever addresses are made up."""
    if request.resolver_match:
        return request.resolver_match.view_name
    return "static" if request.path.startswith(settings.STATIC_URL) else "none"


def _user_id(request: HttpRequest) -> int | None:
    """Who asked, where the page had to know: nothing is looked up for a line in the log."""
    user = getattr(request, "_cached_user", None)  # kept by Django's AuthenticationMiddleware
    return user.pk if user is not None else None
