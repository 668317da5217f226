"""gunicorn for real: the figures of all workers add up, and those of one that was killed go; its lines are JSON as well."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from copper_sandbox import Fault, Sandbox, Store
from tests.sight.conftest import TICKETS

PROJECT = Path(__file__).parents[2]


class Server:
    """A gunicorn with two workers."""

    def __init__(self, folder: Path, copper: str, **env: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = free.getsockname()[1]
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        self.env = kept | {
            "ENV_FILE": os.devnull,
            "SECRET_KEY": "x" * 50,
            "COPPER_API_KEY": "sk_test_X",
            "COPPER_API_URL": copper,
            "COPPER_CACHE_SECONDS": "0",
            "LOGIN_REQUIRED": "false",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            "PORT": str(self.port),
            "WEB_WORKERS": "2",
            "TMPDIR": str(folder),
            "PYTHONDONTWRITEBYTECODE": "1",
            **env,
        }
        self.log = folder / "log"
        self.run("manage.py", "migrate", "--verbosity=0")
        with self.log.open("wb") as log:
            command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi"]
            self.process = subprocess.Popen(command, cwd=PROJECT, env=self.env, stdout=log, stderr=log)

    def run(self, *command: str) -> None:
        subprocess.run([sys.executable, *command], cwd=PROJECT, env=self.env, check=True, timeout=60)

    def get(self, path: str) -> str:
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=30) as response:
            return response.read().decode()

    def value(self, series: str) -> float:
        """One series, over all workers."""
        found = re.search(rf"^{re.escape(series)} (\S+)$", self.get("/metrics"), re.MULTILINE)
        return float(found[1]) if found else 0.0

    def workers(self) -> set[int]:
        found = subprocess.run(["pgrep", "-P", str(self.process.pid)], capture_output=True, text=True).stdout.split()
        return {int(pid) for pid in found}

    def until(self, holds: Callable[[], bool]) -> None:
        """Wait for something that comes by itself."""
        pause = threading.Event()
        for _ in range(300):
            try:
                if holds():
                    return
            except (urllib.error.URLError, ConnectionError):
                pass
            pause.wait(0.1)
        raise AssertionError("it did not come in 30 s")

    def stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=40)


@pytest.fixture
def copper() -> Iterator[Sandbox]:
    with Sandbox(Store(tickets=TICKETS, locations=[])) as sandbox:
        yield sandbox


def test_the_figures_of_all_workers_add_up_and_those_of_a_killed_one_are_no_longer_under_way(tmp_path, copper):
    figures = tmp_path / "figures"
    server = Server(tmp_path, copper.url, PROMETHEUS_MULTIPROC_DIR=str(figures))
    try:
        server.until(lambda: len(server.workers()) == 2 and server.get("/healthz") == "ok\n")
        for _ in range(6):
            server.get("/tickets/tkt_00003/")
        series = 'copper_tickets_requests_total{status="200",view="tickets:ticket"}'
        assert {server.value(series) for _ in range(6)} == {6.0}  # whichever worker answers
        copper.script(lambda asked: Fault(delay=10) if "tkt_00004" in asked.path else None)
        threading.Thread(target=hang, args=(server,), daemon=True).start()
        under_way = "copper_tickets_copper_requests_in_flight"
        server.until(lambda: server.value(under_way) == 1)
        former = server.workers()
        for pid in former:
            os.kill(pid, signal.SIGKILL)
        server.until(lambda: len(server.workers() - former) == 2 and server.value(under_way) == 0)
        assert server.value(series) == 6.0
    finally:
        server.stop()
    lines = [json.loads(line) for line in server.log.read_text().splitlines()]
    assert {"gunicorn.error", "dashboard.request", "audit"} <= {line["logger"] for line in lines}


def hang(server: Server) -> None:
    with suppress(urllib.error.URLError, ConnectionError):
        server.get("/tickets/tkt_00004/")


def test_a_start_after_a_crash_does_not_count_what_was_before(tmp_path, copper):
    assert [counted_after_one_request(tmp_path, copper.url) for _ in range(2)] == [1.0, 1.0]


def counted_after_one_request(folder: Path, copper: str) -> float:
    server = Server(folder, copper, PROMETHEUS_MULTIPROC_DIR=str(folder / "figures"))
    try:
        server.until(lambda: server.get("/healthz") == "ok\n")
        server.get("/tickets/tkt_00003/")
        return server.value('copper_tickets_requests_total{status="200",view="tickets:ticket"}')
    finally:
        server.stop()


def folders(pid: int) -> list[Path]:
    """Those of one server; others may run on this machine."""
    from dashboard.sight import workers

    return [found for root in (workers._MEMORY, Path("/tmp")) for found in root.glob(f"copper-tickets-figures-{pid}-*")]


def test_a_server_leaves_no_folder_behind(tmp_path, copper):
    server = Server(tmp_path, copper.url)
    try:
        server.until(lambda: server.get("/healthz") == "ok\n")
        assert len(folders(server.process.pid)) == 1
    finally:
        server.stop()
    assert folders(server.process.pid) == []


def test_a_server_that_does_not_start_leaves_none_either(tmp_path, copper):
    server = Server(tmp_path, copper.url)
    server.stop()
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi"]
    started = subprocess.Popen(command, cwd=PROJECT, env=server.env | {"SECRET_KEY": ""}, stderr=subprocess.DEVNULL)
    assert started.wait(timeout=60) != 0
    assert folders(started.pid) == []
