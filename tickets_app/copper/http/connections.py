"""Connections that keep one deadline over everything: names, addresses, headers and body, whatever drips.

requests and urllib3 only limit the silence between two bytes (RELIABILITY.md, 0.3), and give each address of a host the whole
time to connect. Here every read from the socket asks how much of the deadline is left, so a header that comes byte by byte ends
in time as well.
"""

import http.client
import io
import socket
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import urllib3.exceptions
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection

from tickets_app.copper.http.deadline import Deadline

CHUNK = 65_536  # bytes
MAX_INTERIM = 100  # interim answers (1xx) before an answer: more is no HTTP that anybody means

Address = tuple[Any, ...]  # as socket.getaddrinfo gives it


class Attempt(threading.local):
    """What the attempt under way in this thread may take, and what became of it."""

    deadline: Deadline = Deadline(0.0)
    silence: float = 0.0  # seconds without a byte
    reused: bool = False  # whether its connection had served a request before, and nothing came back yet


attempt = Attempt()


class _TimedReader(io.RawIOBase):
    """Reads from a socket until the attempt's deadline."""

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        self._raw, self._sock = raw, sock
        self.ended = False  # set: nothing more belongs to this answer

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self.ended:
            return None
        remaining = attempt.deadline.remaining()
        if remaining <= 0:
            raise TimeoutError("the deadline passed while the answer was read")
        silence = min(attempt.silence, remaining)
        if self._sock.gettimeout() != silence:  # mostly it is; setting it again would let other threads go first
            self._sock.settimeout(silence)
        return self._raw.readinto(buffer)

    def close(self) -> None:
        self._raw.close()
        super().close()


class _TimedResponse(http.client.HTTPResponse):
    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        buffered: Any = self.fp  # a BufferedReader, which typeshed does not say
        self._sock, self._raw_reader = sock, _TimedReader(buffered.detach(), sock)
        self.fp = io.BufferedReader(self._raw_reader, CHUNK)

    def _read_status(self) -> tuple[str, int, str]:
        """The answer's own status line. http.client passes over 100 alone, and takes any other 1xx for the answer."""
        for _ in range(MAX_INTERIM):
            version, status, reason = super()._read_status()  # type: ignore[misc]  # typeshed leaves it out
            if not 100 <= status < 200:
                return version, status, reason
            if status == 101:
                break  # nobody asked for another protocol
            http.client.parse_headers(self.fp)
        raise http.client.UnknownProtocol("interim answers without an answer")

    def _read_next_chunk_size(self) -> int:
        """The next chunk's size. http.client takes one below nothing as well, and would read until the connection ends."""
        size: int = super()._read_next_chunk_size()  # type: ignore[misc]  # typeshed leaves it out
        if size < 0:
            raise ValueError("a chunk of less than nothing")
        return size

    def _close_conn(self) -> None:
        """The whole answer was read. What came behind it is no answer to what is asked next: that connection is done with."""
        self._raw_reader.ended = True
        if self.fp.peek(1):
            with suppress(OSError):
                self._sock.shutdown(socket.SHUT_RDWR)
        super()._close_conn()  # type: ignore[misc]  # typeshed leaves it out


class _Resolution:
    """One question to the system's resolver, which knows no time-out: waited for no longer than there is time."""

    def __init__(self, host: str, port: int) -> None:
        self._host, self._port = host, port
        self._found: Sequence[Address] = ()
        self._error: OSError | None = None
        self._thread = threading.Thread(target=self._ask, name="copper-resolve", daemon=True)
        self._thread.start()

    def _ask(self) -> None:
        try:
            self._found = socket.getaddrinfo(self._host, self._port, 0, socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            self._error = OSError(type(error).__name__)

    @property
    def under_way(self) -> bool:
        return self._thread.is_alive()

    def addresses(self, seconds: float) -> Sequence[Address]:
        """Give them. Raises TimeoutError, or OSError where there are none."""
        self._thread.join(seconds)
        if self._thread.is_alive():
            raise TimeoutError("no address for the host in time")
        if self._error or not self._found:
            raise self._error or OSError("no address")
        return self._found


_resolutions: dict[tuple[str, int], _Resolution] = {}
_resolving = threading.Lock()


def _resolve(host: str, port: int, until: float) -> Sequence[Address]:
    """Give the host's addresses; who asks while the same is under way waits for that, so a silent resolver costs one thread."""
    with _resolving:
        resolution = _resolutions.get((host, port))
        if resolution is None or not resolution.under_way:
            resolution = _resolutions[(host, port)] = _Resolution(host, port)
    return resolution.addresses(max(0.0, until - time.monotonic()))


def _connect(host: str, port: int, seconds: float) -> socket.socket:
    """Connect within so many seconds in all. Each address gets an even share of what is left. Raises OSError."""
    until = time.monotonic() + seconds
    addresses = _resolve(host.strip("[]"), port, until)
    failure: OSError = TimeoutError("no time left to connect")
    for number, (family, kind, protocol, _name, address) in enumerate(addresses):
        left = until - time.monotonic()
        if left <= 0:
            break
        sock = socket.socket(family, kind, protocol)
        try:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            sock.settimeout(left / (len(addresses) - number))
            sock.connect(address)
        except OSError as error:
            sock.close()
            failure = error
            continue
        return sock
    raise failure


class _TimedConnection:
    """Mixed into both kinds of connection."""

    response_class: Any = _TimedResponse
    _served = 0

    def connect(self) -> None:
        self._served = 0  # urllib3 opens a closed connection anew in the same object
        super().connect()  # type: ignore[misc] # the other base class has it

    def _new_conn(self) -> socket.socket:
        timeout: Any = self.timeout  # type: ignore[attr-defined] # the other base class has it
        seconds = min(float(timeout), attempt.deadline.remaining())
        try:
            return _connect(self.host, self.port, seconds)  # type: ignore[attr-defined] # as above
        except TimeoutError as error:
            raise urllib3.exceptions.ConnectTimeoutError(self, "not connected in time") from error
        except OSError as error:
            raise urllib3.exceptions.NewConnectionError(self, type(error).__name__) from error  # type: ignore[arg-type] # as above

    def request(self, *args: Any, **kwargs: Any) -> None:
        attempt.reused = self._served > 0 and self.sock is not None  # type: ignore[attr-defined] # the other base class has it
        try:
            super().request(*args, **kwargs)  # type: ignore[misc] # the other base class has it
        finally:
            self._served += 1


class _Http(_TimedConnection, HTTPConnection):
    pass


class _Https(_TimedConnection, HTTPSConnection):
    pass


class HttpPool(HTTPConnectionPool):
    """Connections without TLS."""

    ConnectionCls = _Http


class HttpsPool(HTTPSConnectionPool):
    """Connections with TLS."""

    ConnectionCls = _Https
