"""Where a page stays: what was sent without a session, or with the form of a former one, is kept and can be sent again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER, REASON_INSECURE_REFERER
from django.shortcuts import render, resolve_url

from dashboard.sent import sent
from tickets_app.rights import stays

_ELSEWHERE = tuple(reason.split("%s")[0] for reason in (REASON_BAD_ORIGIN, REASON_BAD_REFERER, REASON_INSECURE_REFERER))


def without_session(request: HttpRequest) -> HttpResponse | None:
    """Answer 401 where the page stays and something was sent: with all of it. None leaves the answer to others."""
    fields = sent(request) if _stays(request) else None
    if not fields:
        return None
    response = _page(request, fields, login=True)
    response.status_code = 401
    response["WWW-Authenticate"] = "Cookie"  # 401 must name a scheme (RFC 9110, 15.5.2); browsers ask for nothing
    return response


def without_token(request: HttpRequest, reason: str) -> HttpResponse | None:
    """Answer 403 where the page stays, with all that was sent and a token that is in force. Not to what other sites send."""
    fields = sent(request, from_here=True) if _stays(request) and _from_here(request, reason) else None
    if not fields:
        return None
    response = _page(request, fields, login=False)
    response.status_code = 403
    return response


def _stays(request: HttpRequest) -> bool:
    return request.resolver_match is not None and stays(request.resolver_match.func)


def _from_here(request: HttpRequest, reason: str) -> bool:
    """Whether Django looked at where the form comes from, and found fault with its token alone. Browsers say where."""
    return ("Origin" in request.headers or request.is_secure()) and not reason.startswith(_ELSEWHERE)


def _page(request: HttpRequest, fields: list[tuple[str, str]], *, login: bool) -> HttpResponse:
    context = {
        "sent": fields,
        "login_url": f"{resolve_url(settings.LOGIN_URL)}?next={request.path}" if login else "",
        "people_log_in": settings.LOGIN_REQUIRED,
        "files": len(request.FILES),
    }
    return render(request, "kept.html", context)
