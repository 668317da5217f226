"""Who reads a file while it is sent: whether they are still there, and whether they keep up."""

import fcntl
import select
import socket
import struct
import termios
import time
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest

WINDOW = 30.0  # seconds for which somebody may be slower than SLOWEST_READER
LOOK = 0.5  # seconds between two looks
ROOM = 262_144  # bytes that the system keeps for a reader: more would hide for minutes how fast they read


class Reader:
    """The other end of a request's connection: a browser, or the proxy in front of it."""

    def __init__(self, request: HttpRequest) -> None:
        """Without a connection that can be looked at (gunicorn's) nobody is ever gone or slow."""
        self._connection: socket.socket | None = request.META.get("gunicorn.socket")
        self._sent = self._since = 0  # bytes: handed to the system; had arrived when the half minute began
        self._waited = 0.0  # seconds of the half minute; looking for tickets is not the reader's time
        self.slow = False

    @property
    def left(self) -> bool:
        """Whether the connection was closed: nothing is sent that would show it."""
        try:
            return (
                self._connection is not None and self._connection.recv(1, socket.MSG_PEEK | socket.MSG_DONTWAIT) == b""
            )
        except (BlockingIOError, InterruptedError):
            return False
        except OSError:
            return True

    def begins(self) -> None:
        """A file is sent from now on."""
        if self._connection:
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)

    def takes(self, sent: int, ended: Callable[[], bool]) -> bool:
        """Wait until more can be sent; False where the reader is too slow for that, or it `ended` meanwhile.

        `sent`: the bytes so far. For a last line there is room in any case.
        """
        self._sent = sent
        if self._connection is None:
            return True
        began = time.monotonic()
        while not _has_room(self._connection):
            self._waited, began = self._waited + time.monotonic() - began, time.monotonic()
            if self._is_slow() or ended():
                return False
        self._waited += time.monotonic() - began
        return True

    def _is_slow(self) -> bool:
        assert self._connection is not None  # noqa: S101 - for the type checker: the caller looked
        arrived = self._sent - _on_the_way(self._connection)
        if arrived - self._since >= WINDOW * settings.SLOWEST_READER:
            self._since, self._waited = arrived, 0.0
        self.slow = self._waited > WINDOW and settings.SLOWEST_READER > 0
        return self.slow


def _has_room(connection: socket.socket) -> bool:
    """Wait a moment until a third of the room that the system keeps for the reader is free."""
    poll = select.poll()
    poll.register(connection, select.POLLOUT)
    return bool(poll.poll(LOOK * 1000))


def _on_the_way(connection: socket.socket) -> int:
    """Bytes that the system keeps because the reader has not taken them yet; 0 where it does not say."""
    try:
        return int(struct.unpack("i", fcntl.ioctl(connection, termios.TIOCOUTQ, b"\0" * 4))[0])
    except OSError:
        return 0
