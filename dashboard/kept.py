"""Where a page stays: what was sent without a session, or with the form of a former one, is kept and can be sent again."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import REASON_BAD_ORIGIN, REASON_BAD_REFERER, REASON_INSECURE_REFERER
from django.shortcuts import render, resolve_url

from tickets_app.rights import stays

_ELSEWHERE = tuple(reason.split("%s")[0] for reason in (REASON_BAD_ORIGIN, REASON_BAD_REFERER, REASON_INSECURE_REFERER))
_TOKEN = "csrfmiddlewaretoken"  # noqa: S105 - the name of a field


def without_session(request: HttpRequest) -> HttpResponse | None:
    """Answer 401 where the page stays and something was sent: with all of it. None leaves the answer to others."""
    if not _stays(request) or not _sent(request):
        return None
    response = _page(request, login=True)
    response.status_code = 401
    response["WWW-Authenticate"] = "Cookie"  # 401 must name a scheme (RFC 9110, 15.5.2); browsers ask for nothing
    return response


def without_token(request: HttpRequest, reason: str) -> HttpResponse | None:
    """Answer 403 where the page stays, with all that was sent and a token that is in force. Not to what other sites send."""
    if not _stays(request) or reason.startswith(_ELSEWHERE) or not _sent(request):
        return None
    response = _page(request, login=False)
    response.status_code = 403
    return response


def _stays(request: HttpRequest) -> bool:
    return request.resolver_match is not None and stays(request.resolver_match.func)


def _sent(request: HttpRequest) -> list[tuple[str, str]]:
    """The fields that were sent, without the token, which is an old one. Nothing where the page was only opened."""
    return [(name, str(value)) for name, values in request.POST.lists() if name != _TOKEN for value in values]


def _page(request: HttpRequest, *, login: bool) -> HttpResponse:
    url = f"{resolve_url(settings.LOGIN_URL)}?next={request.path}" if login else ""
    return render(request, "kept.html", {"fields": _sent(request), "login_url": url, "files": len(request.FILES)})
