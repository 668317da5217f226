"""Sends odd requests one after the other, and says of each answer whether it is a fault of ours."""

import socket
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.fuzz.shapes import Maker, Shape
from tests.running_site import HOST, Site
from tests.server import Answer, read_all

COPPERS = {502, 503, 504}  # what a page answers where Copper did not


@dataclass(frozen=True, slots=True)
class Fault:
    """An answer that no request may get."""

    seed: int
    number: int
    what: str
    raw: bytes

    def __str__(self) -> str:
        again = f"python -m tests.fuzz --seed {self.seed} --only {self.number}"
        return f"{self.what}\nseed {self.seed}, request {self.number} (again: {again}):\n{self.raw!r}"


def drive(site: Site, maker: Maker, numbers: Iterable[int]) -> Iterator[Fault]:
    """Send the requests of these numbers; give what is wrong."""
    earlier: set[str | None] = set()  # the numbers of requests before: their pages may still be read ahead
    asked = 0
    for number in numbers:
        shape = maker.make(number)
        earlier.update(entry.request_id for entry in list(site.sandbox.ledger)[asked:])
        asked = len(site.sandbox.ledger)
        raw = send(site, shape)
        what = _wrong(raw, site, asked, earlier) or _signed_out(raw, site)
        if what:
            yield Fault(maker.seed, number, what, shape.raw)
            if not signed_in(site):
                return  # what comes after would see nothing but the log-in page


def send(site: Site, shape: Shape) -> bytes:
    """Send one and read all that comes back."""
    with site.server.connect() as connection:
        try:
            connection.sendall(shape.raw)
            if shape.cut:
                connection.shutdown(socket.SHUT_WR)
            return read_all(connection)
        except ConnectionError:  # it was refused before all of it was sent, and what was left made the refusal get lost
            return b"HTTP/1.1 400 hung up\r\n\r\n"


def signed_in(site: Site) -> bool:
    """Whether the person still is: else the requests saw nothing but the log-in page."""
    cookie = f"Cookie: __Host-sessionid={site.session}"
    return site.server.ask(f"Host: {HOST}", "X-Forwarded-Proto: https", cookie, path="/tickets/").status == 200


def _signed_out(raw: bytes, site: Site) -> str:
    """Whether this request ended the session that all requests after it need."""
    about_session = b"Set-Cookie: __Host-sessionid=" in raw.partition(b"\r\n\r\n")[0]
    return "it signed its person out" if about_session and not signed_in(site) else ""


def _wrong(raw: bytes, site: Site, asked: int, earlier: set[str | None]) -> str:
    """What is wrong with an answer; `asked` is how many requests Copper had got before, `earlier` on whose behalf."""
    if not raw.startswith(b"HTTP/1."):
        return f"no answer: {raw[:80]!r}"
    status = Answer(raw).status
    asked_now = [
        entry
        for entry in list(site.sandbox.ledger)[asked:]
        if entry.path.endswith("/tickets") and entry.request_id not in earlier
    ]
    if status >= 500 and not (status in COPPERS and any(entry.status != 200 for entry in asked_now)):
        return f"status {status}: {raw[:300]!r}"
    if status == 400 and any(entry.status == 200 for entry in asked_now):
        return f"refused, and Copper was asked all the same: {asked_now[0]}"
    return ""
