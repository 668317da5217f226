"""A server that is stopped while it sends a file: the file ends whole, or visibly not, and the audit trail knows which."""

import http.client
import json
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from copper_sandbox import Sandbox, Store
from tests import server as servers
from tests.pages.conftest import made
from tests.server import Server

TICKETS = [made(number) for number in range(2000)]
GRACE = 3  # seconds


@contextmanager
def exporting(folder: Path, latency: float) -> Iterator[tuple[Server, http.client.HTTPResponse]]:
    """A server that has begun to send all tickets: 20 requests to Copper, one after the other."""
    with Sandbox(Store(tickets=TICKETS), latency=latency) as sandbox:
        env = servers.environment(
            folder,
            ALLOWED_HOSTS="127.0.0.1",
            COPPER_API_URL=sandbox.url,
            COPPER_MAX_CONCURRENCY="1",
            LOGIN_REQUIRED="false",
            WEB_GRACEFUL_SECONDS=str(GRACE),
        )
        servers.migrate(env)
        with servers.gunicorn(env) as server:
            connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
            connection.request("GET", "/tickets/export.ndjson")
            response = connection.getresponse()
            assert response.status == 200
            yield server, response
            connection.close()


def rest_of(response: http.client.HTTPResponse) -> tuple[list[dict[str, object]], bool]:
    """The lines, and whether the transfer ended as it should."""
    try:
        content, whole = response.read(), True
    except http.client.IncompleteRead as broken:
        content, whole = broken.partial, False
    return [json.loads(line) for line in content.splitlines() if line.endswith(b"}")], whole


def told(folder: Path) -> list[dict[str, object]]:
    """What the audit trail says of exports."""
    with closing(sqlite3.connect(folder / "db.sqlite3")) as connection:
        found = connection.execute("SELECT facts FROM audit_event WHERE kind = 'exported'").fetchall()
    return [json.loads(facts) for (facts,) in found]


def test_a_file_that_is_short_enough_ends_whole(tmp_path):
    with exporting(tmp_path, latency=0.05) as (server, response):
        server.process.send_signal(signal.SIGTERM)
        lines, whole = rest_of(response)
        assert server.process.wait(timeout=GRACE + 15) == 0
    assert ([line["id"] for line in lines], whole) == ([one["id"] for one in TICKETS], True)
    assert [(facts["rows"], facts["complete"]) for facts in told(tmp_path)] == [(len(TICKETS), True)]


def test_one_that_takes_longer_says_in_its_last_line_that_it_is_not_complete(tmp_path):
    with exporting(tmp_path, latency=0.3) as (server, response):
        server.process.send_signal(signal.SIGTERM)
        lines, whole = rest_of(response)
        assert server.process.wait(timeout=GRACE + 15) == 0
    count = len(lines) - 1
    assert 0 < count < len(TICKETS)
    assert not whole, "and the transfer counts as failed"
    assert lines[-1] == {"incomplete": f"INCOMPLETE after {count} rows", "rows": count}
    assert [line["id"] for line in lines[:-1]] == [one["id"] for one in TICKETS[:count]]
    assert [(facts["rows"], facts["complete"]) for facts in told(tmp_path)] == [(count, False)]


def test_one_whose_server_is_killed_is_a_transfer_that_failed(tmp_path):
    with exporting(tmp_path, latency=0.3) as (server, response):
        worker = subprocess.run(["pgrep", "-P", str(server.process.pid)], capture_output=True, text=True, check=True)
        for pid in worker.stdout.split():
            subprocess.run(["kill", "-KILL", pid], check=True)
        lines, whole = rest_of(response)
    assert len(lines) < len(TICKETS)
    assert not whole
