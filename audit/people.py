"""People who come, go, and fail to come in: heard from Django's signals and from those of django-axes where it is used."""

from typing import Any

from django.apps import apps
from django.contrib.auth.signals import user_logged_in, user_logged_out, user_login_failed
from django.http import HttpRequest
from django.utils.module_loading import import_string

from audit.models import Kind
from audit.recording import record


def listen() -> None:
    """Connect the signals."""
    user_logged_in.connect(logged_in, dispatch_uid="audit")
    user_login_failed.connect(login_failed, dispatch_uid="audit")
    user_logged_out.connect(logged_out, dispatch_uid="audit")
    if apps.is_installed("axes"):
        import_string("axes.signals.user_locked_out").connect(locked_out, dispatch_uid="audit")


def logged_in(*, request: HttpRequest | None, user: Any, **_: object) -> None:
    """Somebody came in."""
    record(request, Kind.LOGGED_IN, user=user)


def login_failed(*, credentials: dict[str, Any], request: HttpRequest | None = None, **_: object) -> None:
    """Somebody did not. Of what was typed, or a proxy said, only the user name is kept."""
    record(request, Kind.LOGIN_FAILED, user_name=_name(credentials.get("username", credentials.get("remote_user"))))


def logged_out(*, request: HttpRequest | None, user: Any, **_: object) -> None:
    """Somebody went; `user` is None where nobody was logged in."""
    if user is not None:
        record(request, Kind.LOGGED_OUT, user=user)


def locked_out(*, request: HttpRequest | None, username: object = None, **_: object) -> None:
    """Somebody guessed too often."""
    record(request, Kind.LOCKED_OUT, user_name=_name(username))


def _name(given: object) -> str:
    return given if isinstance(given, str) else ""
