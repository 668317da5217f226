"""Logging in with a password, logging out, changing the password."""

from collections.abc import Mapping
from datetime import timedelta
from math import ceil
from typing import Any, cast

from axes.handlers.proxy import AxesProxyHandler
from axes.helpers import get_credentials
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm, PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache

from dashboard.identity.known_browser import is_known, remember
from dashboard.identity.names import MAX_NAME
from dashboard.identity.return_address import own_path
from dashboard.identity.throttle import HashCap, TooManyGuessesError, hashes, hashes_of_known_browsers
from dashboard.proxy import client_address
from tickets_app.rights import LOGIN_ALONE, needs

MAX_PASSWORD = 1000  # characters
WRONG_PASSWORDS_A_SESSION = 5  # at changing one: whoever found an open screen may not guess on
_WRONG = "wrong_passwords"  # in the session


def wait_for_a_hash(cap: HashCap = hashes) -> None:
    """Go on where a hash may be computed now. Raises TooManyGuessesError."""
    if seconds := cap.take():
        raise TooManyGuessesError(
            seconds, "Very many people are logging in at this moment. Wait a little, then try again."
        )


class LoginForm(AuthenticationForm):
    """User name and password; what no account can have is wrong before anything is looked up."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].validators.append(MaxLengthValidator(MAX_NAME))
        self.fields["password"].validators.append(MaxLengthValidator(MAX_PASSWORD))

    def clean(self) -> dict[str, Any]:
        """Look the password up. Raises TooManyGuessesError instead where too many are being looked up, or this one is no more."""
        credentials = get_credentials(self.cleaned_data.get("username"), password=self.cleaned_data.get("password"))
        if self.request and all(credentials.values()):
            # Before anything is looked up, written or told to the trail: who is locked out may come as often as they like.
            if not AxesProxyHandler.is_allowed(self.request, credentials):
                raise _locked(self.request, credentials["username"])
            known = is_known(self.request, credentials["username"])
            wait_for_a_hash(hashes_of_known_browsers if known else hashes)
        return super().clean()


def login_page(
    request: HttpRequest, *, status: int, form: AuthenticationForm | None = None, **context: object
) -> HttpResponse:
    """The page with all ways in. `problem` in the context is shown above them."""
    asked = request.POST.get("next") or request.GET.get("next", "")
    context = {"form": form or LoginForm(request), "next": own_path(request, asked), **_ways_in(), **context}
    return render(request, "registration/login.html", context, status=status)


def paused(request: HttpRequest, error: TooManyGuessesError) -> HttpResponse:
    """Answer 429: say when to try again."""
    response = login_page(request, status=429, problem=error.words)
    response["Retry-After"] = str(error.seconds)
    return response


def _ways_in() -> dict[str, object]:
    return {"single_sign_on": bool(settings.OIDC_ISSUER)}


class LogIn(LoginView):
    """The log-in page."""

    form_class = LoginForm

    def get_redirect_url(self, request: HttpRequest | None = None) -> str:
        """Only pages of ours."""
        asked = self.request.POST.get("next") or self.request.GET.get("next", "")
        return own_path(self.request, asked)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        """The form, where to go after it, and the other ways in."""
        return super().get_context_data(**kwargs) | {"next": self.get_redirect_url(), **_ways_in()}

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Show the form, except to whoever is in already."""
        if request.user.is_authenticated:
            there = self.get_success_url()
            return HttpResponseRedirect(there if there != request.path else resolve_url(settings.LOGIN_REDIRECT_URL))
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log in, or say what is wrong."""
        try:
            return super().post(request, *args, **kwargs)
        except TooManyGuessesError as error:
            return paused(request, error)

    def form_valid(self, form: AuthenticationForm) -> HttpResponse:
        """Log in."""
        response = super().form_valid(form)
        remember(response, form.get_user().get_username())
        return response


@method_decorator([needs(LOGIN_ALONE), never_cache], name="dispatch")
class LogOut(LogoutView):
    """Logging out: the session dies, and the browser forgets what it kept of this site."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Log out and show the log-in page."""
        response = super().post(request, *args, **kwargs)
        # Not "cookies": that would also take those of the company's other sites under the same domain.
        response["Clear-Site-Data"] = '"cache", "storage"'
        return response


class ChangeForm(PasswordChangeForm):
    """The old password and a new one, twice."""

    def clean_old_password(self) -> str:
        """Look the old password up. Raises TooManyGuessesError."""
        if len(self.cleaned_data["old_password"]) > MAX_PASSWORD:
            raise ValidationError(self.error_messages["password_incorrect"], code="password_incorrect")
        wait_for_a_hash()
        return super().clean_old_password()


class ChangePassword(PasswordChangeView):
    """A person's own page to change the password. All other sessions of that person end."""

    form_class = ChangeForm
    template_name = "registration/password_change_form.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Only those who have a password here."""
        if isinstance(request.user, User) and not request.user.has_usable_password():
            words = "You come in by the company’s single sign-on."
            return render(
                request, "error.html", {"heading": "Your password is kept elsewhere", "advice": words}, status=403
            )
        return super().dispatch(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Change it, or say what is wrong."""
        try:
            return super().post(request, *args, **kwargs)
        except TooManyGuessesError as error:
            form = ChangeForm(cast(User, request.user))
            context = self.get_context_data(form=form, problem=error.words)
            return self.render_to_response(context, status=429, headers={"Retry-After": str(error.seconds)})

    def form_invalid(self, form: PasswordChangeForm) -> HttpResponse:
        """Show what is wrong; log out whoever guesses."""
        if "old_password" in form.errors:
            self.request.session[_WRONG] = self.request.session.get(_WRONG, 0) + 1
            if self.request.session[_WRONG] >= WRONG_PASSWORDS_A_SESSION:
                logout(self.request)
                return HttpResponseRedirect(resolve_url(settings.LOGIN_URL))
        return super().form_invalid(form)


change_password = needs(LOGIN_ALONE)(ChangePassword.as_view())


def locked_out(
    request: HttpRequest, _response: HttpResponse | None, credentials: Mapping[str, str] | None
) -> HttpResponse:
    """For axes: what a person is told with the failure that locks out."""
    return paused(request, _locked(request, (credentials or {}).get("username", "")))


def _locked(request: HttpRequest, username: str) -> TooManyGuessesError:
    seconds = _lock_left(request, username)
    minutes = ceil(seconds / 60)
    words = (
        f"Too many wrong passwords came for this user name from your address. Try again in {minutes} "
        f"{'minute' if minutes == 1 else 'minutes'}, or ask the people who run this dashboard."
    )
    return TooManyGuessesError(seconds, words)


def _lock_left(request: HttpRequest, username: str) -> float:
    """Seconds until the latest failure that counts is forgotten."""
    cool_off: timedelta = settings.AXES_COOLOFF_TIME
    attempts = AccessAttempt.objects.filter(username=username, ip_address=client_address(request))
    latest = attempts.order_by("-attempt_time").values_list("attempt_time", flat=True).first()
    return (latest + cool_off - timezone.now()).total_seconds() if latest else cool_off.total_seconds()
