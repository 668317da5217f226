"""Where a person goes after logging in: only to pages of this site."""

from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.http import url_has_allowed_host_and_scheme

SAFE_METHODS = {"GET", "HEAD"}


def own_path(request: HttpRequest, url: str) -> str:
    """The path and query of `url` where it is one of ours, else nothing."""
    if not url_has_allowed_host_and_scheme(url, {request.get_host()}, require_https=request.is_secure()):
        return ""
    parts = urlsplit(url)
    path = parts._replace(scheme="", netloc="", fragment="").geturl()
    # Once more, for what is left after the host was cut off: `http://ours//evil` is an address of ours, `//evil` is not.
    return path if path.startswith("/") and url_has_allowed_host_and_scheme(path, None) else ""


# What `is_part` looks at: an answer that it decides says so (Vary).
PARTS = ("HX-Request", "HX-History-Restore-Request")


def is_part(request: HttpRequest) -> bool:
    """Whether htmx asks, and not for a page that it restores: that one comes whole."""
    return bool(request.headers.get("HX-Request")) and not request.headers.get("HX-History-Restore-Request")


def page_of(request: HttpRequest) -> str:
    """The page that a person is on when this request is made: what to come back to. Nothing where it is not known."""
    # A boosted link or form asks for a page: that one is wanted.
    boosted = request.headers.get("HX-Boosted") and request.method in SAFE_METHODS
    if is_part(request) and not boosted:
        return own_path(request, request.headers.get("HX-Current-URL", ""))
    if request.method in SAFE_METHODS:
        return request.get_full_path()
    return own_path(request, request.headers.get("Referer", ""))
