"""The list that a person came from: what "Back to the list" leads to."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from tickets_app.display.paths import path_of

LONGEST_ADDRESS = 4000  # characters; the server takes lines of 4,094 (gunicorn's `limit_request_line`)


def list_before(request: HttpRequest, otherwise: str = "") -> str:
    """Its address; without one `otherwise`, or that of the list's first page."""
    return came_from_list(request) or otherwise or path_of("tickets:list")


def came_from_list(request: HttpRequest) -> str:
    """Its address; empty where it was another page."""
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as `http://[`
        return ""
    back = came_from._replace(scheme="", netloc="", fragment="").geturl()
    is_list = came_from.netloc == request.get_host() and came_from.path == path_of("tickets:list")
    return back if is_list and len(back) <= LONGEST_ADDRESS else ""
