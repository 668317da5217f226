"""A cookie that says: somebody has logged in as this user in this browser before.

It opens nothing. While somebody guesses passwords from many addresses, and all may hash is used up, those who come from
such a browser have hashes of their own (OWASP calls it a device cookie), so that the guessing keeps no owner out.
"""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac

COOKIE = "known_browser"
KEPT = 180 * 24 * 3600  # seconds


def _proof(username: str) -> str:
    return salted_hmac("dashboard.identity.known_browser", username, algorithm="sha256").hexdigest()


def is_known(request: HttpRequest, username: str) -> bool:
    """Whether this user has logged in in this browser before."""
    return constant_time_compare(request.COOKIES.get(COOKIE, ""), _proof(username))


def remember(response: HttpResponse, username: str) -> None:
    """Let the browser be known from now on; the last user counts."""
    response.set_cookie(
        COOKIE,
        _proof(username),
        max_age=KEPT,
        path=settings.SESSION_COOKIE_PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )
