"""Whether this process lives, and whether it can serve: for load balancers and supervisors."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_safe
from prometheus_client import Gauge

from tickets_app.gateway import metrics

logger = logging.getLogger(__name__)
BRIEF = 1.0  # seconds after which nobody waits any longer for who asks already: a name server may be silent for ten
degraded = Gauge(
    "copper_tickets_degraded",
    "1 where a part does not work: pages come without it",
    ["part"],
    multiprocess_mode="livemax",
)


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
    """Whether pages can be answered, and which parts are not as they should be.

    Without its tables no page comes, nor without the database where people log in or are recorded. Without the cache all come,
    only slower: a server that is taken out for it would leave nobody to answer. Of migrations nothing is known without the
    database. Copper is reported as this process last saw it: it is not asked, and decides nothing, since pages say themselves
    when it fails, or refuses our key, and another server would see the same.
    """
    parts = _one_asks.parts()
    failing = _failing(parts)
    if parts["database"] == "ok":
        ready = "migrations" not in failing
    else:
        ready = parts["database"] == "failing" and not (settings.LOGIN_REQUIRED or settings.AUDIT_REQUIRED)
    copper = _copper()
    without = [*failing, "copper"] if copper["state"] in {"failing", "refused"} else failing
    facts = {"ready": ready, **parts, "degraded": without, "copper": copper}
    return JsonResponse(facts, status=200 if ready else 503)


class _OneAsks:
    """Asks the parts, one request at a time: however long they take, no more than one thread waits for them.

    Who comes meanwhile gets what that one finds, or what was found before where that takes long.
    """

    def __init__(self) -> None:
        self.turn = threading.Lock()
        self._since = self._found_at = 0.0
        self._parts = dict.fromkeys(("database", "cache", "migrations"), "unknown")

    def parts(self) -> dict[str, str]:
        """The state of each."""
        came = time.monotonic()
        if not self.turn.acquire(timeout=max(0.0, self._since + BRIEF - came)):
            return self._parts
        try:
            if self._found_at < came:
                self._since = came
                self._parts = _ask()
                self._found_at = time.monotonic()
            return self._parts
        finally:
            self.turn.release()


_one_asks = _OneAsks()


def _ask() -> dict[str, str]:
    parts = {"database": _works(_ask_database), "cache": _works(_ask_cache)}
    parts["migrations"] = _works(_all_applied) if parts["database"] == "ok" else "unknown"
    for name in parts:
        degraded.labels(name).set(name in _failing(parts))
    return parts


def _failing(parts: dict[str, str]) -> list[str]:
    return [name for name, state in parts.items() if state == "failing"]


def _works(check: Callable[[], None]) -> str:
    try:
        check()
    except Exception as error:  # every backend raises its own kinds; callers need not know which
        why = str(error) if isinstance(error, NotReadyError) else type(error).__name__
        logger.warning("Not ready: %s: %s", check.__name__.strip("_"), why)
        return "failing"
    return "ok"


class NotReadyError(Exception):
    """A part answers, and is not as it has to be. The message is for the log."""


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _all_applied() -> None:
    """Raise where the database lacks a migration that this code has. Once none is missing, that stays so."""
    if "all" in _applied:
        return
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError("there are migrations to apply (`manage.py migrate`)")
    _applied.add("all")


_applied: set[str] = set()


def _ask_cache() -> None:
    cache.set("readyz", "1", 5)
    if cache.get("readyz") != "1":
        raise NotReadyError("the cache forgot at once")


def _copper() -> dict[str, str | None]:
    seen = metrics.health
    good = seen.last_success
    state = "refused" if seen.refused_since else "failing" if seen.failing_since else "ok" if good else "unknown"
    since = seen.refused_since or seen.failing_since
    return {"state": state, "failing_since": _spelled(since), "last_success": _spelled(good)}


def _spelled(seconds: float | None) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds") if seconds else None
