"""A server that is stopped while it sends a file: the file ends whole, or visibly not, and the audit trail knows which."""

import http.client
import json
import signal
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from copper_sandbox import Sandbox, Store
from copper_sandbox.faults import Asked, Rule
from tests import server as servers
from tests.pages.conftest import made
from tests.processes import PATIENCE, children, kill, wait_until
from tests.server import Server

TICKETS = [made(number) for number in range(2000)]
GRACE = 8  # seconds


class Held:
    """Copper answers the first requests for tickets at once, and the others when it may."""

    def __init__(self) -> None:
        self.may = threading.Event()
        self.asked = 0

    def __call__(self, asked: Asked) -> None:
        if "/tickets" in asked.path:
            self.asked += 1
            if self.asked > 5:
                self.may.wait(PATIENCE)


@contextmanager
def exporting(
    folder: Path, *, rule: Rule | None = None, latency: float = 0, grace: int = PATIENCE
) -> Iterator[tuple[Server, http.client.HTTPResponse]]:
    """A server that has begun to send all tickets: 20 requests to Copper, one after the other."""
    with Sandbox(Store(tickets=TICKETS), latency=latency) as sandbox:
        sandbox.script(*([rule] if rule else []))
        env = servers.environment(
            folder,
            ALLOWED_HOSTS="127.0.0.1",
            COPPER_API_URL=sandbox.url,
            COPPER_MAX_CONCURRENCY="1",
            COPPER_READ_TIMEOUT="120",
            LOGIN_REQUIRED="false",
            WEB_GRACEFUL_SECONDS=str(grace),
        )
        servers.migrate(env)
        connection = http.client.HTTPConnection("127.0.0.1", timeout=PATIENCE)
        with servers.gunicorn(env) as server, closing(connection):
            connection.port = server.port
            connection.request("GET", "/tickets/export.ndjson")
            response = connection.getresponse()
            assert response.status == 200
            yield server, response


def rest_of(response: http.client.HTTPResponse) -> tuple[list[dict[str, object]], bool]:
    """The lines, and whether the transfer ended as it should."""
    try:
        content, whole = response.read(), True
    except http.client.IncompleteRead as broken:
        content, whole = broken.partial, False
    return [json.loads(line) for line in content.splitlines() if line.endswith(b"}")], whole


def told(folder: Path, kind: str = "exported") -> list[dict[str, object]]:
    """What the audit trail says of exports."""
    with closing(sqlite3.connect(folder / "db.sqlite3")) as connection:
        found = connection.execute("SELECT facts FROM audit_event WHERE kind = ?", [kind]).fetchall()
    return [json.loads(facts) for (facts,) in found]


def test_a_file_that_is_short_enough_ends_whole(tmp_path):
    """All but its beginning is asked for after the stop has begun."""
    rule = Held()
    with exporting(tmp_path, rule=rule) as (server, response):
        server.process.send_signal(signal.SIGTERM)
        wait_until(server.refuses, "new connections are refused")
        rule.may.set()
        lines, whole = rest_of(response)
        assert server.process.wait(PATIENCE) == 0
    assert ([line["id"] for line in lines], whole) == ([one["id"] for one in TICKETS], True)
    assert [(facts["rows"], facts["complete"]) for facts in told(tmp_path)] == [(len(TICKETS), True)]


def test_one_that_takes_longer_says_in_its_last_line_that_it_is_not_complete(tmp_path):
    with exporting(tmp_path, latency=GRACE / 4, grace=GRACE) as (server, response):  # it would take five times as long
        server.process.send_signal(signal.SIGTERM)
        lines, whole = rest_of(response)
        assert server.process.wait(PATIENCE) == 0
    count = len(lines) - 1
    assert 0 < count < len(TICKETS)
    assert not whole, "and the transfer counts as failed"
    assert lines[-1] == {"incomplete": f"INCOMPLETE after {count} rows", "rows": count}
    assert [line["id"] for line in lines[:-1]] == [one["id"] for one in TICKETS[:count]]
    assert [(facts["rows"], facts["complete"]) for facts in told(tmp_path)] == [(count, False)]


def cut_short(folder: Path, response: http.client.HTTPResponse) -> None:
    """The file ends now, while Copper says nothing, and says so; the audit trail knows it."""
    lines, whole = rest_of(response)
    count = len(lines) - 1
    assert not whole
    assert lines[-1] == {"incomplete": f"INCOMPLETE after {count} rows", "rows": count}
    wait_until(lambda: bool(told(folder)), "the trail has it")
    assert [(facts["rows"], facts["complete"]) for facts in told(folder)] == [(count, False)]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGQUIT, signal.SIGTERM])
def test_a_stop_that_waits_for_nothing_lets_a_file_say_that_it_ends(tmp_path, how):
    """Copper is silent: waited for, it would take as long as PATIENCE. SIGTERM waits for that, until SIGINT comes as well."""
    rule = Held()
    with exporting(tmp_path, rule=rule) as (server, response):
        server.process.send_signal(how)
        if how == signal.SIGTERM:
            wait_until(server.refuses, "new connections are refused")
            server.process.send_signal(signal.SIGINT)
        cut_short(tmp_path, response)
        assert server.process.wait(PATIENCE / 2) == 0
        rule.may.set()


def test_a_worker_whose_server_is_killed_refuses_and_ends_as_if_it_were_told_so(tmp_path):
    rule = Held()
    with exporting(tmp_path, rule=rule, grace=GRACE) as (server, response):
        (worker,) = children(server.process.pid)
        kill(server.process.pid)
        wait_until(server.refuses, "new connections are refused")
        cut_short(tmp_path, response)
        wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the worker ends")
        rule.may.set()


def test_one_whose_server_is_killed_is_a_transfer_that_failed(tmp_path):
    rule = Held()
    with exporting(tmp_path, rule=rule) as (server, response):
        kill(*children(server.process.pid))
        rule.may.set()
        lines, whole = rest_of(response)
    assert len(lines) < len(TICKETS)
    assert not whole


def test_of_a_file_whose_worker_is_killed_the_trail_has_its_beginning(tmp_path):
    """As where memory runs out: what was sent by then is gone, and nobody is left to say so."""
    with exporting(tmp_path, rule=Held()) as (server, response):
        assert response.readline(), "somebody has a part of it"
        kill(*children(server.process.pid))
        with pytest.raises((http.client.IncompleteRead, ConnectionError)):
            response.read()
    assert told(tmp_path) == []
    assert told(tmp_path, "export_begun") == [{"format": "ndjson", "filters": {}}]
