"""Whether this process lives, and whether it can serve: for load balancers and supervisors."""

from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe


class Alive:
    """Answers /healthz before anything else is touched, whatever host name the caller uses: containers ask by address."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """The process answers."""
        if request.path == "/healthz":
            return alive(request)
        return self.get_response(request)


@require_safe
def alive(_request: HttpRequest) -> HttpResponse:
    """Answer ok."""
    return HttpResponse("ok\n", content_type="text/plain")


@login_not_required
@require_safe
def readyz(_request: HttpRequest) -> JsonResponse:
    """The database and the cache answer. Copper is not asked: pages say themselves when it fails."""
    parts = {"database": _works(_ask_database), "cache": _works(_ask_cache), "copper": "not checked"}
    failing = "failing" in parts.values()
    return JsonResponse({"ready": not failing, **parts}, status=503 if failing else 200)


def _works(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception:  # every backend raises its own kinds; which one it was is in the server's log, not for callers
        return "failing"
    return "ok"


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_cache() -> None:
    cache.set("readyz", "1", 5)
    if cache.get("readyz") != "1":
        raise ConnectionError("the cache forgot at once")
