"""One odd request from a seed and its number: the same bytes each time, whatever was sent before."""

import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from django.urls import URLResolver, get_resolver

from tests.fuzz.texts import CODECS, COOKIE_TEXTS, COOKIES, HEADERS, NAMES, TIMES, WORDS
from tests.running_site import HOST, TOKEN

# Who is signed in must stay so, or the rest of the run would see nothing but the log-in page.
# Whoever sets anybody's password gets a new session with it.
KEEPS_OUT = re.compile(
    r"^/(logout|password|login/sso/callback|admin/(password_change|logout|auth/user/(1/|[^/]*/password)))", re.ASCII
)


@dataclass(frozen=True, slots=True)
class Shape:
    """A request, and whether it ends early: then the sender hangs up its half, since the server waits for more."""

    raw: bytes
    cut: bool = False


def addresses() -> list[str]:
    """All addresses of the site, with `<…>` where something is filled in."""
    found = {_route(pattern) for pattern in _patterns(get_resolver())}
    return sorted({f"/{path}" for path in found if "(" not in path} | {"/healthz", "/metrics", "/static/", "/nowhere"})


def _patterns(resolver: URLResolver, before: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    for pattern in resolver.url_patterns:
        path = (*before, pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from _patterns(pattern, path)
        else:
            yield path


def _route(pattern: tuple[Any, ...]) -> str:
    return "".join(str(part).strip("^$") for part in pattern)


class Maker:
    """Makes requests; `session` is the cookie of somebody who is signed in and may do everything."""

    def __init__(self, seed: int, session: str) -> None:
        self.seed, self._session, self._addresses = seed, session, addresses()
        self._bodies: tuple[Callable[[random.Random], tuple[str, bytes]], ...] = (_form, _form, _multipart, _junk)

    def make(self, number: int) -> Shape:
        """Make the request of this number."""
        dice = random.Random(f"{self.seed}:{number}")
        path, query = self._address(dice), _query(dice)
        method = dice.choices(("GET", "POST", "HEAD", "OPTIONS", "PUT", "\x7f"), (55, 35, 5, 2, 2, 1))[0]
        signed_in = dice.random() < 0.85 and not (method == "POST" and KEEPS_OUT.match(path))
        lines = [f"{method} {path}{query} HTTP/1.1", *_host(dice), "Connection: close"]
        cookies = [f"__Host-csrftoken={TOKEN}"] + ([f"__Host-sessionid={self._session}"] if signed_in else [])
        cookies += [f"{dice.choice(COOKIES)}={dice.choice(COOKIE_TEXTS)}" for _ in range(dice.choice((0, 0, 0, 1, 2)))]
        dice.shuffle(cookies)
        lines.append("Cookie: " + "; ".join(cookies))
        lines += [f"{dice.choice(HEADERS)}: {_header(dice)}" for _ in range(dice.choice((0, 0, 1, 1, 2, 4)))]
        body, cut = b"", False
        if method in {"POST", "PUT"}:
            kind, body = dice.choice(self._bodies)(dice)
            lines += [f"Content-Type: {kind}", f"Origin: https://{HOST}"]
            length, cut = _length(dice, body)
            lines.append(length)
        elif dice.random() < 0.15:
            lines.append(f"Content-Type: {_kind(dice, 'text/plain')}")
        return Shape("\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape") + body, cut)

    def _address(self, dice: random.Random) -> str:
        tickets = ("/tickets/", "/tickets/new", "/tickets/histogram", "/tickets/<str:ticket_id>/")
        path = dice.choice(tickets if dice.random() < 0.4 else self._addresses)
        return re.sub("<[^>]*>", lambda _: dice.choice((*WORDS, "1")).replace(" ", "%20")[:900] or "x", path)


def _host(dice: random.Random) -> list[str]:
    host = HOST if dice.random() < 0.98 else dice.choice(("", "[", "[::1]:x", "evil.example", f"{HOST}:99999"))
    return [f"Host: {host}", "X-Forwarded-Proto: https"]


def _value(dice: random.Random) -> str:
    return dice.choice(TIMES if dice.random() < 0.35 else WORDS)


def _query(dice: random.Random) -> str:
    pairs = [f"{dice.choice(NAMES)}={_value(dice)}" for _ in range(dice.choice((0, 1, 1, 2, 2, 3, 5)))]
    return "?" + "&".join(pairs).replace(" ", "%20").replace("+", "%2B")[:3000] if pairs else ""


def _header(dice: random.Random) -> str:
    if dice.random() < 0.1:
        return dice.choice(
            ("bytes=0-", "bytes=9-1", "true", "a" * 5000, "Thu, 99 Foo 99999 99:99:99 +9999", "q=,;q=x, *;q=9")
        )
    return _value(dice)[:4000]


def _kind(dice: random.Random, usual: str) -> str:
    codec = dice.choice(CODECS)
    return dice.choices(
        (
            usual,
            f"{usual}; charset={codec}",
            f"{usual}; charset*={codec}''x%ff",
            f"x/y; a*0*={codec}'en'%ff; a*1=b",
            ";=;",
        ),
        (60, 25, 5, 5, 5),
    )[0]


def _form(dice: random.Random) -> tuple[str, bytes]:
    pairs = [f"csrfmiddlewaretoken={TOKEN}"] * (dice.random() < 0.9)
    pairs += [f"{dice.choice(NAMES)}={_value(dice)}" for _ in range(dice.choice((0, 1, 2, 4)))]
    return _kind(dice, "application/x-www-form-urlencoded"), "&".join(pairs).encode()


def _multipart(dice: random.Random) -> tuple[str, bytes]:
    parts = [("name=csrfmiddlewaretoken", TOKEN)] * (dice.random() < 0.9)
    for _ in range(dice.choice((0, 1, 2, 3))):
        named, text = unquote(dice.choice(NAMES)), unquote(_value(dice), errors="surrogateescape")
        file = f"; filename*={dice.choice(CODECS)}''%ff"
        extra = dice.choice(("", "; filename=a.csv", file, '; filename="../\\0"', ";;=", "; name=b"))
        parts.append((f'name="{named}"{extra}', text))
    typed = f"Content-Type: {_kind(dice, 'text/csv')}\r\n"
    head = dice.choice(("", typed, "Content-Transfer-Encoding: base64\r\n", ":\r\n"))
    body = "".join(f"--xyz\r\nContent-Disposition: form-data; {what}\r\n{head}\r\n{text}\r\n" for what, text in parts)
    end = dice.choice(("--xyz--\r\n", "--xyz--\r\n", "--xyz", ""))
    return _kind(dice, "multipart/form-data; boundary=xyz"), f"{body}{end}".encode("utf-8", "surrogateescape")


def _junk(dice: random.Random) -> tuple[str, bytes]:
    kind = _kind(dice, dice.choice(("application/json", "text/plain", "multipart/form-data", "")))
    return kind, dice.randbytes(dice.choice((0, 20, 2000)))


def _length(dice: random.Random, body: bytes) -> tuple[str, bool]:
    right, longer = f"Content-Length: {len(body)}", f"Content-Length: {len(body) + 9}"
    return dice.choices(((right, False), (longer, True), ("Transfer-Encoding: chunked", True)), (92, 4, 4))[0]
