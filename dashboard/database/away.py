"""The page that says that the database is away, or that nothing can be recorded. It needs neither of them itself."""

import logging

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string

from audit.recording import NotRecordedError
from dashboard.database.lacking import is_lacking
from dashboard.sent import sent
from tickets_app.display.person import AWAY, RETRY_AFTER, theme_of

logger = logging.getLogger(__name__)


def is_the_database(error: BaseException | None) -> bool:
    """Whether this is none of our mistakes, but a database that does not do its part."""
    return isinstance(error, (*AWAY, NotRecordedError))


def database_away(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """Say that the database is away. Nothing here may need it: not the person, their rights, nor their session."""
    heading, why = _what_is_wrong(error)
    context = {
        "heading": heading,
        "advice": f"{why} Try again in a moment; if it stays, tell the people who run this dashboard.",
        "request": {"request_id": getattr(request, "request_id", "")},
        "theme": theme_of(request),
        "no_way_on": True,
        "again": request.get_full_path(),
        "opened": request.method in {"GET", "HEAD"},
        "sent": sent(request) if request.method == "POST" else None,
        "csrf_token": get_token(request),
    }
    return HttpResponse(render_to_string("away.html", context), status=503, headers={"Retry-After": str(RETRY_AFTER)})


def _what_is_wrong(error: BaseException | None) -> tuple[str, str]:
    if isinstance(error, NotRecordedError):
        return (
            "This cannot be recorded just now",
            "Who looks at tickets is recorded, and the records take nothing now.",
        )
    if is_lacking(error):
        logger.error("The database has not what this version needs: run `manage.py migrate`, or check DATABASE_URL")
        return (
            "The dashboard’s own database is not ready",
            "It is being brought up to date or restored, or has yet to be.",
        )
    return "The dashboard’s own database does not answer", _what_works()


def _what_works() -> str:
    if settings.LOGIN_REQUIRED:
        return "It keeps who may see what, so no page can be shown. Copper itself is not affected."
    return "Saved views and preferences need it; lists and tickets do not."
