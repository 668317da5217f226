"""Whether whoever waits for long work is still there."""

import socket
from collections.abc import Callable

from django.http import HttpRequest


def left(request: HttpRequest) -> Callable[[], bool]:
    """Whether the browser, or the proxy in front, has closed the connection: nothing is sent that would show it."""
    connection: socket.socket | None = request.META.get("gunicorn.socket")

    def has_left() -> bool:
        try:
            return connection is not None and connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    return has_left
