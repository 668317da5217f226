"""The list that a person came from: what "Back to the list" leads to."""

from urllib.parse import urlsplit

from django.http import HttpRequest

from tickets_app.display.paths import path_of

LONGEST_ADDRESS = 4000  # characters; the server takes lines of 4,094 (gunicorn's `limit_request_line`)


def list_before(request: HttpRequest, otherwise: str = "") -> str:
    """Its address; without one that of the list's first page, or `otherwise`."""
    home = path_of("tickets:list")
    try:
        came_from = urlsplit(request.headers.get("Referer", ""))
    except ValueError:  # such as `http://[`
        return otherwise or home
    back = came_from._replace(scheme="", netloc="", fragment="").geturl()
    if came_from.netloc != request.get_host() or came_from.path != home or len(back) > LONGEST_ADDRESS:
        return otherwise or home
    return back
