"""The page that a person came from: what the link at the top of a page leads back to."""

from typing import NamedTuple
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import Resolver404, resolve

from tickets_app.display.paths import path_of

LONGEST_ADDRESS = 4000  # characters; of what is longer than 4,096 browsers name the host alone (Referrer Policy)
_LIST = "Back to the list"
# Pages from which one goes on to a single ticket, or to how an export goes, and wants to come back.
_WORDS = {
    "tickets:list": _LIST,
    "tickets:ticket": "Back to the ticket",
    "tickets:same": "Back to the comparison",
    "tickets:notes": "Back to the notes",
    "tickets:lookup": "Back to the look-up",
    "tickets:lookup_result": "Back to the look-up",
    "tickets:export": "Back to the export",
    "audit:list": "Back to the audit trail",
}


class Before(NamedTuple):
    """Where one came from, and how the link there is called."""

    url: str
    words: str


def page_before(request: HttpRequest) -> Before:
    """The page that one came from; the list's first page where it was none of those that are gone back to, or this one."""
    url, path = _own_page(request)
    words = _WORDS.get(_name(path), "") if path != request.path else ""
    return Before(url, words) if words else Before(path_of("tickets:list"), _LIST)


def list_before(request: HttpRequest, otherwise: str = "") -> str:
    """Its address; without one `otherwise`, or that of the list's first page."""
    return came_from_list(request) or otherwise or path_of("tickets:list")


def came_from_list(request: HttpRequest) -> str:
    """Its address; empty where it was another page."""
    url, path = _own_page(request)
    return url if path == path_of("tickets:list") else ""


def _own_page(request: HttpRequest) -> tuple[str, str]:
    """The address of the page that one came from and its path; both empty where it is none of this site's."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as `http://[`
        return "", ""
    url = came_from._replace(scheme="", netloc="", fragment="").geturl()
    ours = came_from.netloc == request.get_host() and len(url) <= LONGEST_ADDRESS
    return (url, came_from.path) if ours else ("", "")


def _name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
