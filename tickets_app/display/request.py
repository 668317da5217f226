"""What of a request decides how it is answered: a page or a fragment, and when to come back."""

from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

from tickets_app.display import failures

SCRIPTS = "scripts"  # the cookie by which theme.js says that it runs in this browser


class HtmxHttpRequest(HttpRequest):
    """The request as django-htmx leaves it."""

    htmx: HtmxDetails


# What `is_fragment` looks at: every answer that it decides says so (`vary_on_headers`).
FORMS = ("HX-Request", "HX-Boosted", "HX-History-Restore-Request")


def is_fragment(request: HtmxHttpRequest) -> bool:
    """Whether htmx wants a part of the page: not for a boosted form nor a history restore, which get it whole."""
    htmx = request.htmx
    return bool(htmx and not htmx.boosted and not htmx.history_restore_request)


def goes_on_by_itself(request: HtmxHttpRequest) -> bool:
    """Whether our scripts run where this is shown, so that a search which stopped early goes on without being asked."""
    return bool(request.htmx) or request.COOKIES.get(SCRIPTS) == "on"


def with_retry_after(response: HttpResponse, failure: failures.Failure | None) -> HttpResponse:
    """Say when to come back, where the answer is that failure's."""
    if failure and failure.retry_after and response.status_code == failure.status:
        response["Retry-After"] = str(failure.retry_after)
    return response
