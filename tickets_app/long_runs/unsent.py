"""An answer that holds something, such as a place, and is not the one that is sent: a middleware failed behind the view."""

from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase

_MADE = "closed_unless_sent"


def close_unless_sent(request: HttpRequest, response: HttpResponseBase) -> None:
    """This answer holds something until it is closed, and the server closes only the one that it sends."""
    vars(request)[_MADE] = response


class Unsent:
    """Closes such an answer. To be the outermost middleware: whatever is below may put another one in its place."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Look which one is sent."""
        response = self.get_response(request)
        made: HttpResponseBase = vars(request).pop(_MADE, response)
        if made is not response:
            made.close()
        return response
