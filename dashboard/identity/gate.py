"""Who is let through to a page. A page that says nothing of who may see it is closed to everybody."""

import logging
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers
from django.utils.deprecation import MiddlewareMixin  # which Django's own LoginRequiredMiddleware is made of

from dashboard import kept
from dashboard.identity.return_address import PARTS, is_part, page_of
from tickets_app.rights import LOGIN_ALONE, VIEW, WORDS, is_open, right_of, stays

logger = logging.getLogger(__name__)


class Gate(MiddlewareMixin):
    """Stands before every view: login first, then the right that the page asks for (tickets_app/rights.py)."""

    def process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        """Let pass, lead to the log-in page, or refuse."""
        if is_open(view):
            return None
        right = right_of(view)
        if settings.LOGIN_REQUIRED and not request.user.is_authenticated:
            answer = kept.without_session(request) or to_login(request)
        elif right and may(request, right):
            return None
        else:
            if right is None:
                logger.error("%s says nothing of who may see it: no one does", request.path)
            answer = refuse(request, right)
        patch_vary_headers(answer, PARTS)
        return answer


def may(request: HttpRequest, right: str) -> bool:
    """Whether this person has the right."""
    return request.user.is_authenticated if right == LOGIN_ALONE else request.user.has_perm(right)


def to_login(request: HttpRequest) -> HttpResponse:
    """Lead to the log-in page, and from there back to the page that the person was on."""
    login = resolve_url(settings.LOGIN_URL)
    page = page_of(request)
    return _leave_for(request, f"{login}?{urlencode({'next': page})}" if page else login, status=401)


def refuse(request: HttpRequest, right: str | None) -> HttpResponse:
    """Say in plain words that this person lacks a right; to htmx, too, where much may have been typed in the page."""
    typed = request.method == "POST" and request.resolver_match is not None and stays(request.resolver_match.func)
    if is_part(request) and not typed:
        return _leave_for(request, page_of(request) or resolve_url(settings.LOGIN_REDIRECT_URL), status=403)
    advice = f"Your account may not {WORDS.get(right or '', 'open this page')}. "
    context = {
        "heading": "You may not see this",
        "advice": advice + "Ask the people who run this dashboard for the right to.",
        "no_way_on": not request.user.has_perm(VIEW),
    }
    return render(request, "error.html", context, status=403)


def _leave_for(request: HttpRequest, url: str, *, status: int) -> HttpResponse:
    """Redirect the whole page, also where htmx asked only for a part of it: no form ever lands inside a table."""
    if not is_part(request):
        return HttpResponseRedirect(url)
    response = HttpResponse(status=status, headers={"HX-Redirect": url})
    if status == 401:
        response["WWW-Authenticate"] = "Cookie"  # 401 must name a scheme (RFC 9110, 15.5.2); browsers ask for nothing
    return response
