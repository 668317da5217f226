"""A server of raw bytes: everything that can go wrong with Copper's transport (RELIABILITY.md, rows 5 to 23), by name."""

import gzip
import json
import socket
import struct
import threading
import time
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from tickets_app.copper.errors import Kind
from tickets_app.copper.http.unpacking import MAX_BODY, PIECE

Behaviour = Callable[[socket.socket], None]  # what is done with a connection once a request was read
TICKET = {"id": "tkt_1", "object": "ticket", "created": "2026-11-20T09:00:00Z", "reference": "4417", "location": None}
LIST = {"object": "list", "data": [TICKET], "has_more": False}


class FaultServer:
    """Serves each request by the next behaviour of the script, the last one for ever; keeps what was asked."""

    def __init__(self, *behaviours: Behaviour, wrap: Callable[[socket.socket], socket.socket] | None = None) -> None:
        self.behaviours = list(behaviours)
        self.requests: list[bytes] = []
        self.connections = 0
        self._wrap = wrap or (lambda plain: plain)
        self._socket = socket.create_server(("127.0.0.1", 0), backlog=64)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()

    @property
    def port(self) -> int:
        return self._socket.getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    @property
    def tickets_asked(self) -> list[bytes]:
        """The requests for tickets: pages also ask for the names of locations."""
        return [request for request in self.requests if b"/tickets" in request.split(b"\r\n", 1)[0]]

    def __enter__(self) -> "FaultServer":
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                plain, _ = self._socket.accept()
                self.connections += 1
                threading.Thread(target=self._serve, args=(plain,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        with self._lock:
            self._open.add(plain)
        with suppress(OSError), self._wrap(plain) as connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while request := _read_head(connection):
                self._behaviour_for(request)(connection)
        with self._lock:
            self._open.discard(plain)

    def _behaviour_for(self, request: bytes) -> Behaviour:
        with self._lock:
            self.requests.append(request)
            if b"/locations" in request.split(b"\r\n", 1)[0]:
                return answer({"object": "list", "data": [], "has_more": False})
            return self.behaviours.pop(0) if len(self.behaviours) > 1 else self.behaviours[0]


def _read_head(connection: socket.socket) -> bytes:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        chunk = connection.recv(65536)
        if not chunk:
            return b""
        head += chunk
    return head


def raw(data: bytes, *, close: bool = True) -> Behaviour:
    """Send these bytes, then close."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(data)
        if close:
            connection.shutdown(socket.SHUT_RDWR)

    return behave


def answer(body: object = LIST, status: int = 200, **headers: str) -> Behaviour:
    """A well-formed answer; bytes are sent as they are, anything else as JSON. The connection is kept."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return raw(head(status, len(content), **headers) + content, close=False)


def head(status: int, length: int | None, **headers: str) -> bytes:
    """A status line and headers; `_` in a name stands for `-`."""
    lines = [f"HTTP/1.1 {status} X", "Content-Type: application/json"]
    if length is not None:
        lines.append(f"Content-Length: {length}")
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def drip(start: bytes, byte: bytes, every: float = 0.05) -> Behaviour:
    """Send a start, then one byte after the other, for ever."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        while True:
            time.sleep(every)
            connection.sendall(byte)

    return behave


def silence(start: bytes = b"") -> Behaviour:
    """Send a start, then nothing; the connection stays open until the client leaves."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.recv(1)

    return behave


def reset(start: bytes) -> Behaviour:
    """Send a start, then a TCP reset."""

    def behave(connection: socket.socket) -> None:
        connection.sendall(start)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        connection.close()

    return behave


def chunked(*chunks: bytes, end: bytes = b"0\r\n\r\n") -> Behaviour:
    """A chunked body."""
    body = b"".join(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n" for chunk in chunks)
    return raw(head(200, None, Transfer_Encoding="chunked") + body + end)


def nested_gzip(times: int) -> Behaviour:
    content = json.dumps(LIST).encode()
    for _ in range(times):
        content = gzip.compress(content)
    return answer(content, Content_Encoding=", ".join(["gzip"] * times))


def bomb() -> Behaviour:
    """Packed zeros, announced as half a megabyte that unpacks to 512: after 128 nothing more comes until the client leaves."""
    packer, zeros = zlib.compressobj(9, zlib.DEFLATED, 31), bytes(16 * 1024 * 1024)
    first, next_one = (packer.compress(zeros) + packer.flush(zlib.Z_FULL_FLUSH) for _ in range(2))
    return silence(head(200, len(first) + 31 * len(next_one), Content_Encoding="gzip") + first + next_one * 7)


def too_large() -> Behaviour:
    """A megabyte more than may be read, in chunks, as no length told; then nothing comes until the client leaves."""
    chunk = b"%x\r\n%b\r\n" % (PIECE, bytes(PIECE))
    return silence(head(200, None, Transfer_Encoding="chunked") + chunk * (MAX_BODY // PIECE + 1))


GOOD = json.dumps(LIST).encode()
PACKED = gzip.compress(GOOD)
PLACES, SIZES = ("file:///etc/passwd", "/v1/tickets", "http://[", "/caf\xe9"), (b"zz\r\n", b"-5\r\n")


@dataclass(frozen=True)
class Fault:
    """What Copper does, what the client must say, how often it may ask, and the status of our page."""

    behaviour: Callable[[], Behaviour]
    kind: Kind
    requests: int
    status: int
    deadline: float = 8.0  # seconds the client is given; the slow ones get less
    row: int = 0  # of RELIABILITY.md's matrix


def fault(
    row: int, behaviour: Behaviour | Callable[[], Behaviour], kind: Kind, requests: int, status: int, **more: float
) -> Fault:
    make = behaviour if behaviour in {bomb, too_large} else lambda: behaviour
    return Fault(make, kind, requests, status, row=row, **more)


FAULTS: dict[str, Fault] = {
    **{f"{code}": fault(5, answer({}, code), Kind.SERVER, 3, 502) for code in (500, 502, 503, 504)},
    **{f"{code}": fault(7, answer({}, code), Kind.SERVER, 1, 502) for code in (501, 505, 507, 511)},
    "400": fault(7, answer({"error": {"param": "location", "code": "x"}}, 400), Kind.REFUSED, 1, 502),
    "401": fault(7, answer({}, 401), Kind.UNAUTHORIZED, 1, 502),
    "403": fault(7, answer({}, 403), Kind.FORBIDDEN, 1, 502),
    "404": fault(7, answer({}, 404), Kind.NOT_FOUND, 1, 404),
    "409": fault(7, answer({}, 409), Kind.REFUSED, 2, 502),
    **{f"{code}": fault(7, answer({}, code), Kind.REFUSED, 1, 502) for code in (402, 405, 410, 418, 422, 431)},
    "error as text": fault(8, answer("no", 500), Kind.SERVER, 3, 502),
    "error as list": fault(8, answer([1], 400), Kind.REFUSED, 1, 502),
    "error as HTML": fault(8, answer(b"<h1>upstream-secret</h1>", 500), Kind.SERVER, 3, 502),
    "error empty": fault(8, answer(b"", 500), Kind.SERVER, 3, 502),
    "error of 10 MB": fault(8, answer(b"x" * 10_000_000, 400), Kind.REFUSED, 1, 502),
    "silence": fault(11, silence(), Kind.TIMEOUT, 1, 504, deadline=1.0),
    "headers drip": fault(12, drip(b"HTTP/1.1 200 OK\r\nX: ", b"x"), Kind.TIMEOUT, 1, 504, deadline=1.0),
    "headers drip, whole ones": fault(
        12, drip(b"HTTP/1.1 200 OK\r\n", b"X: y\r\n"), Kind.TIMEOUT, 1, 504, deadline=1.0
    ),
    "body drips": fault(13, drip(head(200, 10_000), b" "), Kind.TIMEOUT, 1, 504, deadline=1.0),
    "body stalls": fault(14, silence(head(200, len(GOOD)) + GOOD[:40]), Kind.TIMEOUT, 1, 504, deadline=1.0),
    "reset in the body": fault(14, reset(head(200, len(GOOD)) + GOOD[:40]), Kind.UNREACHABLE, 3, 502),
    "body too short": fault(14, raw(head(200, len(GOOD) + 9) + GOOD), Kind.UNREACHABLE, 3, 502),
    **{f"chunk {end!r}": fault(14, chunked(GOOD, end=end), Kind.UNREACHABLE, 3, 502) for end in SIZES},
    "missing last chunk": fault(14, chunked(GOOD, end=b""), Kind.UNREACHABLE, 3, 502),
    "closed at once": fault(15, raw(b""), Kind.UNREACHABLE, 3, 502),
    "cut JSON": fault(16, answer(GOOD[:-9]), Kind.UNREADABLE, 2, 502),
    "empty 200": fault(16, answer(b""), Kind.UNREADABLE, 2, 502),
    "204": fault(16, raw(b"HTTP/1.1 204 X\r\n\r\n"), Kind.UNREADABLE, 1, 502),
    "byte order mark": fault(16, answer(b"\xef\xbb\xbf" + GOOD), Kind.UNREADABLE, 2, 502),
    "HTML as 200": fault(16, answer(b"<html>log in</html>", Content_Type="text/html"), Kind.UNREADABLE, 2, 502),
    "NaN": fault(17, answer(b'{"data": [], "has_more": false, "x": NaN}'), Kind.UNREADABLE, 2, 502),
    "10,000 digits": fault(
        17, answer(b'{"data": [], "has_more": false, "x": 1%s}' % (b"0" * 10_000)), Kind.UNREADABLE, 2, 502
    ),
    "100,000 deep": fault(17, answer(b"[" * 100_000), Kind.UNREADABLE, 2, 502),
    "duplicate keys": fault(17, answer(b'{"data": [], "has_more": false, "has_more": false}'), Kind.UNREADABLE, 2, 502),
    "bad UTF-8": fault(18, answer(GOOD.replace(b"4417", b"44\xff7")), Kind.UNREADABLE, 2, 502),
    "UTF-16": fault(18, answer(GOOD.decode().encode("utf-16")), Kind.UNREADABLE, 2, 502),
    "gzip bomb": fault(19, bomb, Kind.TOO_LARGE, 1, 502, deadline=60.0),
    "too large": fault(19, too_large, Kind.TOO_LARGE, 1, 502, deadline=60.0),
    "cut gzip": fault(20, answer(PACKED[:-12], Content_Encoding="gzip"), Kind.UNREADABLE, 2, 502),
    "false gzip": fault(20, answer(GOOD, Content_Encoding="gzip"), Kind.UNREADABLE, 2, 502),
    "six encodings": fault(20, nested_gzip(6), Kind.UNREADABLE, 2, 502),
    "redirect away": fault(21, answer(b"", 302, Location="http://127.0.0.2:1/v1/tickets"), Kind.REDIRECTED, 1, 502),
    **{f"to {to}": fault(21, answer(b"", 307, Location=to), Kind.REDIRECTED, 1, 502) for to in PLACES},
    "200 headers": fault(23, raw(b"HTTP/1.1 200 X\r\n" + b"A: b\r\n" * 200 + b"\r\n" + GOOD), Kind.UNREADABLE, 1, 502),
    "70 kB header": fault(
        23, raw(b"HTTP/1.1 200 X\r\nA: " + b"b" * 70_000 + b"\r\n\r\n" + GOOD), Kind.UNREADABLE, 1, 502
    ),
    "garbage status line": fault(23, raw(b"SMTP ready\r\n\r\n"), Kind.UNREADABLE, 1, 502),
}

# Odd, but right: the answer must come through.
HARMLESS: dict[str, Behaviour] = {
    "50 x 100 Continue": raw(b"HTTP/1.1 100 Continue\r\n\r\n" * 50 + head(200, len(GOOD)) + GOOD),
    "gzip": answer(PACKED, Content_Encoding="gzip"),
    "chunked": chunked(GOOD[:10], GOOD[10:]),
    "content type not trusted": answer(GOOD, Content_Type="text/plain"),
    "without a length": raw(head(200, None) + GOOD),
    "lone surrogate": answer(GOOD.replace(b"4417", rb"\ud8004417")),
    "more than announced": raw(head(200, len(GOOD)) + GOOD + b"more"),
}


@dataclass
class Blocked:
    """A port where connections are never accepted: the backlog is full, so SYNs are dropped."""

    server: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0), backlog=0))
    fillers: list[socket.socket] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.getsockname()[1]}/v1"


@contextmanager
def black_hole() -> Iterator[str]:
    """The base URL of a host that does not even refuse (row 10)."""
    blocked = Blocked()
    for _ in range(4):
        filler = socket.socket()
        filler.setblocking(False)
        filler.connect_ex(blocked.server.getsockname())
        blocked.fillers.append(filler)
    try:
        yield blocked.url
    finally:
        for one in [*blocked.fillers, blocked.server]:
            one.close()


@contextmanager
def refused() -> Iterator[str]:
    """The base URL of a port that nobody listens on (row 9)."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    yield f"http://127.0.0.1:{port}/v1"
