"""The two addresses of single sign-on: away to the provider, and back. Whatever goes wrong, a person gets plain words."""

import logging
from datetime import timedelta
from typing import Any

import jwt
import requests
from django.conf import settings
from django.contrib.sessions.backends.base import UpdateError
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.views.generic import View
from mozilla_django_oidc.views import OIDCAuthenticationCallbackView, OIDCAuthenticationRequestView

from dashboard.identity.accounts import RefusedError
from dashboard.identity.login import login_page
from dashboard.identity.provider import ProviderError, provider
from dashboard.identity.return_address import own_path
from dashboard.identity.session_store import forget_some_ended

_AWAY = "The company’s single sign-on cannot be reached at this moment. Try again in a minute."
_FAILED = "Single sign-on did not succeed. Try again; if it stays, tell the people who run this dashboard."

# For which a log-in that was begun is kept: typing a password there, a second factor, a call to the help desk. It is a row of
# the database, and anybody can begin one.
AT_THE_PROVIDER = timedelta(minutes=30)

logger = logging.getLogger(__name__)


class SignOnStart(OIDCAuthenticationRequestView):
    """Leads to the provider, with a state, a nonce and a PKCE challenge that only this session knows."""

    def __init__(self, **kwargs: Any) -> None:
        View.__init__(
            self, **kwargs
        )  # the library's own asks for the provider's addresses, before anything can be caught
        self.OIDC_RP_CLIENT_ID = settings.OIDC_CLIENT_ID

    def get(self, request: HttpRequest) -> HttpResponse:
        """Redirect to the provider."""
        try:
            self.OIDC_OP_AUTH_ENDPOINT = provider().authorization
        except ProviderError as error:
            return _away(request, error)
        if not request.user.is_authenticated:
            if request.session.session_key is None:
                forget_some_ended()
            request.session.set_expiry(AT_THE_PROVIDER)  # until somebody comes in (sessions.py)
        response: HttpResponse = super().get(request)
        # The library keeps one page for all tabs of the browser; each has its own here, beside its state.
        del request.session["oidc_login_next"]
        states = _states(request)
        states[next(reversed(states))]["next"] = own_path(request, request.GET.get("next", ""))
        return response


class SignOnCallback(OIDCAuthenticationCallbackView):
    """Where the provider sends people back to."""

    page = ""  # that the person was on when this log-in began

    @property
    def success_url(self) -> str:
        """Back to that page."""
        return self.page or resolve_url(settings.LOGIN_REDIRECT_URL)

    def get(self, request: HttpRequest) -> HttpResponse:
        """Log in whom the provider vouches for and whose group has a role; refuse everybody else."""
        state = request.GET.get("state", "")
        self.page = _states(request).get(state, {}).get("next", "")
        if request.GET.get("error"):
            return self._declined(request, state)
        try:
            response: HttpResponse = super().get(request)
        except UpdateError:  # another tab came in at this moment, and its session is this browser's now
            request.session = type(request.session)(request.session.session_key)
            return HttpResponseRedirect(self.success_url)
        except RefusedError as refusal:
            logger.warning("Single sign-on refused a person: %s", refusal)
            return login_page(request, status=403, problem=str(refusal), next=self.page)
        except (ProviderError, requests.ConnectionError, requests.Timeout) as error:
            return _away(request, error)
        # What the provider sent may be anything; the libraries raise their own kinds for it, and Python's.
        except (
            SuspiciousOperation,
            jwt.PyJWTError,
            requests.RequestException,
            LookupError,
            TypeError,
            ValueError,
        ) as error:
            logger.warning("Single sign-on refused: %s: %s", type(error).__name__, error)
            return self.login_failure()
        return response

    def _declined(self, request: HttpRequest, state: str) -> HttpResponse:
        """Nobody came in. Who was in before stays so (the library logs out): anybody can make a link with an error."""
        logger.warning("Single sign-on: the provider sent somebody back with the error %.100r", request.GET["error"])
        if _states(request).pop(state, None):
            request.session.modified = True
        return self.login_failure()

    def login_failure(self) -> HttpResponse:
        """Say that it did not work."""
        return login_page(self.request, status=403, problem=_FAILED, next=self.page)


def _states(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """The log-ins that this browser has begun and not ended."""
    states: dict[str, dict[str, Any]] = request.session.get("oidc_states", {})
    return states


def _away(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.warning("Single sign-on is away: %s: %s", type(error).__name__, error)
    return login_page(request, status=503, problem=_AWAY)
