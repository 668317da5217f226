"""gunicorn for real: the figures of all workers add up, and those of one that was killed go; its lines are JSON as well."""

import json
import re
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from copper_sandbox import Sandbox, Store
from tests import run_folder
from tests import server as servers
from tests.dashboard.operations.conftest import TICKETS
from tests.processes import PATIENCE, children, end, kill, started, wait_until
from tests.server import Server


class Site:
    """A gunicorn with two workers."""

    def __init__(self, server: Server) -> None:
        self.process, self.port = server.process, server.port

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=PATIENCE) as response:
            return response.read().decode()

    def value(self, series: str) -> float:
        """One series, over all workers."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.get("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def workers(self) -> set[int]:
        return set(children(self.process.pid))


def settings(folder: Path, copper: str, **env: str) -> dict[str, str]:
    there = {"COPPER_API_URL": copper, "COPPER_CACHE_SECONDS": "0", "COPPER_READ_TIMEOUT": "120", "TMPDIR": str(folder)}
    return servers.environment(
        folder, **there, LOGIN_REQUIRED="false", ALLOWED_HOSTS="127.0.0.1", WEB_WORKERS="2", **env
    )


@contextmanager
def running(folder: Path, copper: str, **env: str) -> Iterator[Site]:
    """Its lines are in the file `log` of this folder."""
    started_with = settings(folder, copper, **env)
    servers.migrate(started_with)
    with (folder / "log").open("wb") as log, servers.gunicorn(started_with, stdout=log, stderr=log) as server:
        yield Site(server)


@pytest.fixture
def copper() -> Iterator[Sandbox]:
    with Sandbox(Store(tickets=TICKETS, locations=[])) as sandbox:
        yield sandbox


def test_the_figures_of_all_workers_add_up_and_those_of_a_killed_one_are_no_longer_under_way(tmp_path, copper):
    with running(tmp_path, copper.url, PROMETHEUS_MULTIPROC_DIR=str(tmp_path / "figures")) as site:
        wait_until(lambda: len(site.workers()) == 2, "there are two workers", site.process)
        for _ in range(6):
            site.get("/tickets/tkt_00003/")
        series = 'copper_tickets_requests_total{status="200",view="tickets:ticket"}'
        assert {site.value(series) for _ in range(6)} == {6.0}  # whichever worker answers
        with hanging(site, copper):
            under_way = "copper_tickets_copper_requests_in_flight"
            wait_until(lambda: site.value(under_way) == 1, "a request is under way", site.process)
            former = site.workers()
            kill(*former)
            wait_until(
                lambda: len(site.workers() - former) == 2 and site.value(under_way) == 0,
                "there are two new workers, and nothing is under way",
                site.process,
            )
        assert site.value(series) == 6.0
    lines = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert {"gunicorn.error", "dashboard.request", "audit"} <= {line["logger"] for line in lines}


@contextmanager
def hanging(site: Site, copper: Sandbox) -> Iterator[None]:
    """Somebody waits for a page, which waits for Copper, which answers at the end."""
    may = threading.Event()
    copper.script(lambda asked: may.wait(PATIENCE) and None if "tkt_00004" in asked.path else None)
    waits = threading.Thread(target=look_in_vain, args=(site,))
    waits.start()
    try:
        yield
    finally:
        may.set()
        waits.join()


def look_in_vain(site: Site) -> None:
    with suppress(urllib.error.URLError, ConnectionError):
        site.get("/tickets/tkt_00004/")


def test_a_start_after_a_crash_does_not_count_what_was_before(tmp_path, copper):
    assert [counted_after_one_request(tmp_path, copper.url) for _ in range(2)] == [1.0, 1.0]


def counted_after_one_request(folder: Path, copper: str) -> float:
    with running(folder, copper, PROMETHEUS_MULTIPROC_DIR=str(folder / "figures")) as site:
        site.get("/tickets/tkt_00003/")
        return site.value('copper_tickets_requests_total{status="200",view="tickets:ticket"}')


def folders(pid: int) -> list[Path]:
    """Those of one server; others may run on this machine."""
    from dashboard.operations import worker_metrics

    return [
        found
        for root in (worker_metrics._MEMORY, Path("/tmp"))
        for found in root.glob(f"copper-tickets-figures-{pid}-*")
    ]


def test_a_server_leaves_no_folder_behind(tmp_path, copper):
    with running(tmp_path, copper.url) as site:
        assert len(folders(site.process.pid)) == 1
        assert end(site.process) == 0
    assert folders(site.process.pid) == []


def test_what_a_killed_server_left_goes_when_the_next_one_starts(tmp_path, copper):
    with running(tmp_path, copper.url) as site:
        kill(site.process.pid, *site.workers())
        site.process.wait(PATIENCE)
        assert len(folders(site.process.pid)) == 1
        with running(tmp_path, copper.url) as other:
            assert (folders(site.process.pid), len(folders(other.process.pid))) == ([], 1)


def test_a_server_that_does_not_start_leaves_none_either(tmp_path, copper):
    command, wrong = [sys.executable, "-m", "gunicorn", "dashboard.wsgi"], settings(tmp_path, copper.url, SECRET_KEY="")
    with started(
        command, cwd=servers.PROJECT, env=wrong, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as server:
        assert server.wait(PATIENCE) != 0
    assert folders(server.pid) == []


def test_a_server_without_its_static_files_does_not_start_and_says_what_to_do(tmp_path, copper):
    """Each of its pages would be a bare 500."""
    command, without = [sys.executable, "-m", "gunicorn", "dashboard.wsgi"], settings(tmp_path, copper.url, PORT="0")
    without[run_folder.VARIABLE] = str(tmp_path)
    with started(command, cwd=servers.PROJECT, env=without, stderr=subprocess.PIPE) as server:
        _, said = server.communicate(timeout=PATIENCE)
    assert server.returncode == 1
    assert said.splitlines()[-1].endswith("Run: python manage.py collectstatic --noinput")
    assert "Traceback" not in said


ODD = {
    "a search with a space in it": b"GET /tickets/?search_query=Mr Canary HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a header without its colon": b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie sessionid=Canary\r\n\r\n",
    "more than was announced": b"POST /login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1\r\n\r\nxit's Canary\r\n\r\n",
}


def test_what_cannot_be_read_of_a_request_is_not_in_the_log(tmp_path, copper):
    """It may be a guest's name, a cookie, the end of a form: the server wrote the words that it could not read."""
    with running(tmp_path, copper.url) as site:
        for raw in ODD.values():
            with socket.create_connection(("127.0.0.1", site.port), PATIENCE) as connection:
                connection.sendall(raw)
                assert b"HTTP/1.1 400 " in servers.read_all(connection)
    refused = [
        line["event"]
        for line in map(json.loads, (tmp_path / "log").read_text().splitlines())
        if "Invalid" in line["event"]
    ]
    assert len(refused) == len(ODD)
    assert {event.partition(" ip=")[0] for event in refused} == {"Invalid request from"}
    assert "Invalid HTTP Header: [removed]" in "".join(refused)
    assert "Canary" not in (tmp_path / "log").read_text()
