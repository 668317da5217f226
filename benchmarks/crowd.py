"""The crowd of `python -m benchmarks.crowded`: people who hold a server as long as they can. It lives in a process of its own."""

import http.client
import multiprocessing
import random
import re
import socket
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from html import unescape
from multiprocessing.connection import Connection
from typing import Self

EXPORTS, SLOW_READERS, SEARCHES, HALF_SENT = 20, 20, 8, 30
SLOWLY = 1_000  # bytes a second
PATIENCE = 120.0  # seconds without a byte, after which somebody gives up
_NEXT = re.compile(r'<a [^>]*rel="next"[^>]*>')
_HREF = re.compile(r'href="([^"]*)"')


@dataclass(frozen=True, slots=True)
class Door:
    """Where the site is, and as whom one enters it."""

    port: int
    host: str
    sessions: Sequence[str]
    more: Mapping[str, str]  # headers

    def headers(self, person: int) -> dict[str, str]:
        """What a person's browser sends, as a proxy with TLS on this machine passes it on."""
        cookie = f"__Host-sessionid={self.sessions[person % len(self.sessions)]}"
        return {"Host": self.host, "X-Forwarded-Proto": "https", "Cookie": cookie, **self.more}

    def head(self, path: str, person: int) -> bytes:
        """The same as it stands on the wire."""
        lines = [f"GET {path} HTTP/1.1", *(f"{name}: {value}" for name, value in self.headers(person).items())]
        return "\r\n".join([*lines, "", ""]).encode()

    def ask(self, path: str, person: int, patience: float = PATIENCE) -> tuple[int, str, float]:
        """Status, body, and the seconds that are named in Retry-After; over a connection of its own."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=patience)
        try:
            connection.request("GET", path, headers={**self.headers(person), "Connection": "close"})
            response = connection.getresponse()
            return response.status, response.read().decode(), float(response.headers.get("Retry-After", 0))
        finally:
            connection.close()


@dataclass
class Noted:
    """What became of the crowd: how often, and the seconds that it took."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def note(self, what: str, since: float) -> None:
        """Count one more."""
        self.seconds[what].append(time.monotonic() - since)


class Crowd:
    """Comes, and stays until it is sent away. Use it as a context manager."""

    def __init__(self, door: Door) -> None:
        """`door`: where it crowds."""
        context = multiprocessing.get_context("spawn")
        self._control, other = context.Pipe()
        self._process = context.Process(target=_crowd, args=(other, door), name="crowd", daemon=True)

    def __enter__(self) -> Self:
        self._process.start()
        self._control.recv()
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.join()

    def noted(self) -> dict[str, list[float]]:
        """What became of them so far."""
        self._control.send("noted")
        found: dict[str, list[float]] = self._control.recv()
        return found


def _crowd(control: Connection, door: Door) -> None:
    noted, person = Noted(), 0
    for role, count in ((_export, EXPORTS), (_read_slowly, SLOW_READERS), (_search, SEARCHES), (_half_send, HALF_SENT)):
        for _ in range(count):
            person += 1
            threading.Thread(target=_again_and_again, args=(role, door, person, noted), daemon=True).start()
    control.send("all are here")
    with suppress(EOFError):
        while control.recv():
            control.send({what: list(seconds) for what, seconds in noted.seconds.items()})


def _again_and_again(role: Callable[[Door, int, Noted], None], door: Door, person: int, noted: Noted) -> None:
    while True:
        began = time.monotonic()
        try:
            role(door, person, noted)
        except (OSError, http.client.HTTPException) as error:
            noted.note(f"{role.__name__.strip('_')}: {type(error).__name__}", began)
            time.sleep(0.5)


def _export(door: Door, person: int, noted: Noted) -> None:
    """Somebody's script, which comes again when it is told to."""
    began = time.monotonic()
    status, _, pause = door.ask("/tickets/export.csv", person)
    noted.note(f"export: {status}", began)
    time.sleep(pause)


def _read_slowly(door: Door, person: int, noted: Noted) -> None:
    """Somebody whose line is bad."""
    began = time.monotonic()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8_192)
        connection.settimeout(PATIENCE)
        connection.connect(("127.0.0.1", door.port))
        connection.sendall(door.head("/tickets/export.ndjson", person))
        first = connection.recv(SLOWLY)
        status = int(first.split(b" ", 2)[1])
        taken = len(first)
        while status == 200 and (more := connection.recv(SLOWLY)):
            taken += len(more)
            time.sleep(len(more) / SLOWLY)
            if b"INCOMPLETE" in more:
                break
    noted.note(f"slow reader: {status}", began)
    if status != 200:
        time.sleep(2 + random.random())


def _search(door: Door, person: int, noted: Noted) -> None:
    """Somebody who looks for what is not there, to the end of the list."""
    path: str | None = f"/tickets/?search_query=nobody{person}&created%5Bgte%5D=2020-01-01T00:00:00Z&limit=100"
    while path:
        began = time.monotonic()
        status, body, pause = door.ask(path, person)
        noted.note(f"page of a search: {status}", began)
        time.sleep(pause)
        found = _NEXT.search(body)
        href = _HREF.search(found[0]) if found else None
        path = unescape(href[1]) if href else None


def _half_send(door: Door, person: int, noted: Noted) -> None:
    """Somebody whose request never comes whole."""
    began = time.monotonic()
    with socket.create_connection(("127.0.0.1", door.port), timeout=PATIENCE) as connection:
        whole = door.head("/tickets/", person)
        connection.sendall(whole[: len(whole) // 2])
        while connection.recv(4_096):
            pass
    noted.note("half a request: ended", began)
