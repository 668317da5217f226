"""People who were logged in by a proxy in front, which names them in a header. Only listed proxies are believed."""

import logging

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, authenticate, login, logout
from django.contrib.auth.backends import RemoteUserBackend
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from dashboard.identity import accounts
from dashboard.identity.roles import roles_of
from dashboard.proxy import connected_from, connects_from_trusted_proxy
from tickets_app.rights import is_open

MAX_NAME = 150  # characters of a Django user name
BACKEND = "dashboard.identity.proxy_login.ProxyUsers"

logger = logging.getLogger(__name__)


class ProxyUsers(RemoteUserBackend):
    """The user of that name, made where there is none, with the roles that the groups in the header lead to."""

    def clean_username(self, username: str) -> str:
        """The name as it is kept."""
        return username.strip()

    def configure_user(self, request: HttpRequest | None, user: User, created: bool = True) -> User:  # type: ignore[override] # users here are Django's own
        """Give the roles of today; without any, every page says which right is missing."""
        if created:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        if request and settings.REMOTE_GROUPS_HEADER:  # else roles are given by hand, under /admin/
            accounts.give_roles(user, roles_of(_groups(request), settings.REMOTE_GROUPS))
        return user


class ProxyLogin(MiddlewareMixin):
    """Logs in, without a page in between, whom the proxy names, and out whom it no longer names."""

    def process_view(self, request: HttpRequest, view: object, *_: object) -> HttpResponse | None:
        """Believe the header, or refuse it."""
        if is_open(view):
            return None
        name = _header(request, settings.REMOTE_USER_HEADER)
        if name and not connects_from_trusted_proxy(request):
            logger.warning("%s names a user, and is no trusted proxy", connected_from(request))
            return _refuse(
                request, "This request names a user, but does not come from a proxy that may (TRUSTED_PROXIES)."
            )
        if request.user.is_authenticated and request.user.get_username() != name:
            self._end_if_begun_here(request)
        if name and not request.user.is_authenticated:
            return self._log_in(request, name)
        return None

    def _end_if_begun_here(self, request: HttpRequest) -> None:
        if request.session.get(BACKEND_SESSION_KEY) == BACKEND:
            logout(request)

    def _log_in(self, request: HttpRequest, name: str) -> HttpResponse | None:
        valid = len(name) <= MAX_NAME and name.isprintable()
        user = authenticate(request, remote_user=name) if valid else None
        if user is None:
            return _refuse(request, "Your account here is switched off, or your user name cannot be used here.")
        login(request, user)
        return None


def _header(request: HttpRequest, name: str) -> str:
    return request.headers.get(name, "").strip()


def _groups(request: HttpRequest) -> list[str]:
    return [group.strip() for group in _header(request, settings.REMOTE_GROUPS_HEADER).replace(";", ",").split(",")]


def _refuse(request: HttpRequest, words: str) -> HttpResponse:
    context = {
        "heading": "You were not let in",
        "advice": words + " Ask the people who run this dashboard.",
        "no_way_on": True,
    }
    return render(request, "error.html", context, status=403)
