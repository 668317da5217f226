"""People who were logged in by a proxy in front, which names them in a header. Only listed proxies are believed."""

import logging

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate, login, logout
from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from dashboard.identity import accounts, names
from dashboard.identity.accounts import RefusedError
from dashboard.identity.backends import AsKept
from dashboard.identity.roles import roles_of
from dashboard.proxy import connected_from, connects_from_trusted_proxy
from tickets_app.rights import is_open

BACKEND = "dashboard.identity.proxy_login.ProxyUsers"

logger = logging.getLogger(__name__)


class ProxyUsers(AsKept, RemoteUserBackend):
    """The user of that name, made where there is none, with the roles that the groups in the header lead to."""

    def authenticate(self, request: HttpRequest | None, remote_user: str | None) -> User | None:  # type: ignore[override] # users here are Django's own
        """Find or make the user, however the proxy spells the name. Nobody where the account is switched off."""
        name = names.kept(remote_user or "")
        if not name or len(name) > names.MAX_NAME:
            return None
        try:
            user = accounts.named(name)
        except RefusedError as refusal:
            logger.warning("Not let in by the proxy's word: %s", refusal)
            return None
        if request:
            follow_groups(request, user)
        return user


def follow_groups(request: HttpRequest, user: User) -> None:
    """Give the roles that the proxy names now; without any, every page says which right is missing."""
    if settings.REMOTE_GROUPS_HEADER:  # else roles are given by hand, under /admin/
        groups = _said(request, settings.REMOTE_GROUPS_HEADER).replace(";", ",").split(",")
        accounts.keep_to(user, roles_of((group.strip() for group in groups), settings.REMOTE_GROUPS))


class ProxyLogin(MiddlewareMixin):
    """Logs in, without a page in between, whom the proxy names, and out whom it no longer names."""

    def process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        """Believe the headers, or refuse them."""
        if is_open(view):
            return None
        if _sent(request, settings.REMOTE_USER_HEADER) and not connects_from_trusted_proxy(request):
            logger.warning("%s names a user, and is no trusted proxy", connected_from(request))
            return _refuse(
                request, "This request names a user, but does not come from a proxy that may (TRUSTED_PROXIES)."
            )
        try:
            return self._believe(request)
        except UnicodeDecodeError:
            logger.warning("%s sends a name or groups that are not UTF-8", connected_from(request))
            self._end_if_begun_here(request)
            words = (
                "The proxy in front sent your name, or your groups, in a way that cannot be read: they are not UTF-8."
            )
            return _refuse(request, words, status=400)

    def _believe(self, request: HttpRequest) -> HttpResponse | None:
        name = _said(request, settings.REMOTE_USER_HEADER)
        if request.user.is_authenticated and names.alike(request.user.get_username()) != names.alike(name):
            self._end_if_begun_here(request)
        elif isinstance(request.user, User):
            follow_groups(request, request.user)
        if name and not request.user.is_authenticated:
            return self._log_in(request, name)
        return None

    def _end_if_begun_here(self, request: HttpRequest) -> None:
        if request.session.get(BACKEND_SESSION_KEY) == BACKEND:
            logout(request)

    def _log_in(self, request: HttpRequest, name: str) -> HttpResponse | None:
        user = authenticate(request, remote_user=name)
        if user is None:
            return _refuse(request, "Your account here is switched off, or your user name cannot be used here.")
        login(request, user)
        return None


def _sent(request: HttpRequest, header: str) -> str:
    return request.headers.get(header, "").strip(" \t")


def _said(request: HttpRequest, header: str) -> str:
    """What a header says: UTF-8, which servers hand over as if it were Latin-1 (PEP 3333). Raises UnicodeDecodeError."""
    text = _sent(request, header)
    try:
        return text.encode("latin-1").decode().strip()
    except UnicodeEncodeError:  # the server has read it as UTF-8 already
        return text.strip()


def _refuse(request: HttpRequest, words: str, status: int = 403) -> HttpResponse:
    context = {
        "heading": "You were not let in",
        "advice": words + " Ask the people who run this dashboard.",
        "no_way_on": True,
    }
    return render(request, "error.html", context, status=status)
