"""A look-up whose reader left asks Copper no more, whether Copper answers or is silent; over real sockets, too."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlencode

import pytest

from copper_sandbox import Sandbox
from tests import server as servers
from tests.pages.conftest import made
from tests.processes import PATIENCE, wait_until
from tests.server import Server
from tests.tickets_app.lookup.reading import PAGE
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.lookup.lookup import Lookup

TOKEN = "a1" * 16
PAGES = 200
SINCE = "2026-11-01T00:00:00Z"
FREE = 3  # requests that are answered before the reader leaves


class Leaving:
    """The reader leaves while Copper is asked for more: answers before that, and none until they left."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.asked, self.asked_on, self.gone = [], threading.Event(), threading.Event()
        sandbox.script(self._answer)

    def _answer(self, entry: object) -> None:
        if not entry.path.endswith("/tickets"):
            return
        self.asked.append(entry)
        if len(self.asked) > FREE:
            self.asked_on.set()
            self.gone.wait(PATIENCE)


def test_while_copper_is_silent_it_ends_at_once(serve, settings):
    settings.COPPER_READ_TIMEOUT = 60
    leaving = Leaving(serve([made(number) for number in range(100 * PAGES)]))
    lookup = Lookup(("none",), TicketQuery(created_gte=Moment.parse(SINCE)))
    try:
        assert lookup.look(3600.0, left=leaving.asked_on.is_set) is None
        assert not leaving.gone.is_set()
    finally:
        leaving.gone.set()
    assert 0 < lookup.looked_at < 100 * PAGES
    assert not lookup.complete


def test_while_copper_answers_nothing_more_is_asked(serve):
    leaving = Leaving(serve([made(number) for number in range(100 * PAGES)]))
    leaving.gone.set()
    lookup = Lookup(("none",), TicketQuery(created_gte=Moment.parse(SINCE)))
    assert lookup.look(3600.0, left=leaving.asked_on.is_set) is None
    assert not lookup.complete
    assert len(leaving.asked) < PAGES / 2


@pytest.fixture
def site(tmp_path, serve) -> Iterator[tuple[Server, Path, Leaving]]:
    """On this machine without login; its database, and Copper."""
    sandbox = serve([made(number) for number in range(100 * PAGES)])
    env = servers.environment(
        tmp_path,
        COPPER_API_URL=sandbox.url,
        LOGIN_REQUIRED="false",
        SERVED_OVER_HTTPS="false",
        ALLOWED_HOSTS="127.0.0.1",
        COPPER_READ_TIMEOUT="60",
    )
    servers.migrate(env)
    with servers.gunicorn(env) as server:
        yield server, tmp_path / "db.sqlite3", Leaving(sandbox)


def recorded(database: Path) -> list[str]:
    with closing(sqlite3.connect(database, timeout=PATIENCE)) as connection:
        return [facts for (facts,) in connection.execute("SELECT facts FROM audit_event WHERE kind = 'looked_up'")]


def test_a_browser_that_closed_its_connection(site):
    server, database, leaving = site
    body = urlencode({"csrfmiddlewaretoken": TOKEN, "references": "none", "created[gte]": SINCE}).encode()
    head = [
        f"POST {PAGE} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Cookie: csrftoken={TOKEN}",
        "Content-Type: application/x-www-form-urlencoded",
        f"Content-Length: {len(body)}",
    ]
    with server.connect() as connection:
        connection.sendall("\r\n".join([*head, "", ""]).encode() + body)
        assert leaving.asked_on.wait(PATIENCE)
    leaving.gone.set()
    wait_until(lambda: recorded(database), "the look-up ends")
    assert '"complete": false' in recorded(database)[0]
    assert len(leaving.asked) < PAGES / 2
