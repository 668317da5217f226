"""A person who has logged in and saved views, and her browser: each page through all of the WSGI application, in this process."""

import html
import io
import re
import sys
from dataclasses import dataclass
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth.models import User
from django.test import Client
from django.test.client import RequestFactory

from tests import caches
from tickets_app.gateway import shared, tickets
from tickets_app.models import SavedView

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

HOST = "tickets.example.com"
PEOPLE = 100  # on the admin's page
VIEWS = ("Reno, today", "Reno, last 7 days", "Charged twice", "Harbor", "Openings", "Closings")


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the bytes as they were sent, and how long Copper and all of it took, as `Server-Timing` says (seconds)."""

    body: bytes
    copper: float
    total: float
    encoding: str

    @property
    def text(self) -> str:
        """The page."""
        return (zstd.decompress(self.body) if self.encoding == "zstd" else self.body).decode()


class Visitor:
    """She may do all; the admin's page counts what one may not, and would cost more."""

    def __init__(self, copper: str) -> None:
        """`copper`: the base URL of the API. To be made once for each database."""
        from dashboard.wsgi import application

        self._application = application
        settings.COPPER_API_URL = copper
        shared.forget()
        tickets.location_names(refresh=True)
        user = User.objects.create_superuser("maria", "maria@example.com")
        User.objects.bulk_create(
            User(username=f"person{n:03}", first_name="Maria", last_name=f"Person {n}", email=f"person{n}@example.com")
            for n in range(PEOPLE - 1)
        )
        SavedView.objects.bulk_create(
            SavedView(user=user, name=name, query=f"range=7d&limit={n}") for n, name in enumerate(VIEWS, 1)
        )
        client = Client()
        client.force_login(user)
        self._cookies = client.cookies

    def forget(self) -> None:
        """Have the next page asked of Copper anew."""
        caches.clear()

    def get(self, url: str, *, htmx: bool = False, target: str = "") -> Answer:
        """Open a page; with `htmx`, as htmx fetches a part of one, which goes into the element `target`."""
        headers = {"Accept-Encoding": "gzip, deflate, br, zstd", "Host": HOST, "Cookie": self._cookie()}
        if htmx:
            headers["HX-Request"] = "true"
        if target:
            headers["HX-Target"] = target
        environ = RequestFactory().get(url, headers=headers, secure=True).environ
        said: list[tuple[str, list[tuple[str, str]]]] = []
        environ["wsgi.errors"] = io.StringIO()
        body = self._application(environ, lambda status, fields, *_: said.append((status, fields)))
        sent = b"".join(body)
        body.close()  # type: ignore[attr-defined] # Django's responses have it; it ends the request
        status, lines = said[0]
        if not status.startswith("200"):
            raise RuntimeError(f"{url} answered {status}")
        fields = dict(lines)
        for name, value in lines:
            if name == "Set-Cookie":
                self._cookies.load(value)
        copper, total = (float(said) / 1000 for said in re.findall(r"dur=([\d.]+)", fields["Server-Timing"]))
        return Answer(sent, copper, total, fields.get("Content-Encoding", ""))

    def _cookie(self) -> str:
        """What a browser sends back of what it was given."""
        return "; ".join(f"{name}={morsel.value}" for name, morsel in self._cookies.items())

    def appended_url(self, page: str) -> str:
        """What htmx asks for when this page's end is scrolled to: the next link, and the state of what stands above.

        Its chart is closed, as a list's is until somebody opens it: the checkbox says so.
        """
        tags = re.findall(r"<(?:a|input)\b[^>]*>", page)
        following = next(tag for tag in tags if 'rel="next"' in tag)
        kept = {}
        if re.search(r'<input type="checkbox" id="chart-open"[^>]*\bchecked\b', page):
            raise ValueError("the chart of this page is open")
        for field in ("histogram-state", "seen-since", "chart-closed"):
            tag = next(tag for tag in tags if f'id="{field}"' in tag)
            kept[_value(tag, "name")] = _value(tag, "value")
        return f"{_value(following, 'href')}&{urlencode(kept)}"


def _value(tag: str, attribute: str) -> str:
    found = re.search(rf'\b{attribute}="([^"]*)"', tag)
    if found is None:
        raise ValueError(f"{tag} has no {attribute}")
    return html.unescape(found[1])
