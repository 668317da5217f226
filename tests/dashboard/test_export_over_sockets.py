"""Exports from a real gunicorn: a client that checks how the transfer ended never takes a short file for whole."""

import http.client
import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from copper_sandbox import Fault, Sandbox, Store
from tests import server as servers
from tests.pages.conftest import made
from tests.processes import PATIENCE
from tests.server import Server

TICKETS = [made(number) for number in range(3000)]


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with Sandbox(Store(tickets=TICKETS)) as running:
        yield running


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="module")
def site(folder, sandbox) -> Iterator[Server]:
    """On this machine without login, so that the client needs none. What it logs is in the folder."""
    env = servers.environment(
        folder,
        COPPER_API_URL=sandbox.url,
        LOGIN_REQUIRED="false",
        SERVED_OVER_HTTPS="false",
        ALLOWED_HOSTS="127.0.0.1",
        COPPER_READ_TIMEOUT="60",  # no fault here is one of time: a slow machine must not add one
    )
    servers.migrate(env)
    with (folder / "log").open("w") as log, servers.gunicorn(env, "info", stdout=log, stderr=log) as server:
        yield server


@pytest.fixture
def logged(folder) -> Callable[[], list[dict[str, object]]]:
    """What the server logs from here on."""
    before = (folder / "log").stat().st_size
    return lambda: [json.loads(line) for line in (folder / "log").read_bytes()[before:].splitlines()]


def download(site: Server, file_format: str) -> tuple[int, bytes, bool]:
    """Status, what came, and whether the transfer ended as it should."""
    connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=PATIENCE)
    connection.request("GET", f"/tickets/export.{file_format}")
    response = connection.getresponse()
    try:
        return response.status, response.read(), True
    except http.client.IncompleteRead as broken:
        return response.status, broken.partial, False
    finally:
        connection.close()


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_a_whole_file_ends_as_it_should(site, sandbox, file_format):
    status, content, whole = download(site, file_format)
    assert (status, whole) == (200, True)
    if file_format == "ndjson":
        assert [json.loads(line) for line in content.splitlines()] == sandbox.store.truth()
    assert b"INCOMPLETE" not in content


FAULTS = {
    "500": Fault(status=500),
    "429": Fault(status=429, headers={"Retry-After": "0"}),
    "dropped": Fault(drop=True),
    "cut": Fault(cut=True),
}


@pytest.mark.parametrize("name", FAULTS)
def test_faults_that_pass_leave_the_file_whole(site, sandbox, name):
    questions: list[object] = []

    def each_of_four_questions_fails_once(asked):
        """Not four requests in a row: they may all be tries of one question, which then fails for good."""
        if asked.params in questions:
            return None
        questions.append(asked.params)
        return FAULTS[name] if 3 < len(questions) <= 7 else None

    sandbox.script(each_of_four_questions_fails_once)
    try:
        status, content, whole = download(site, "ndjson")
    finally:
        sandbox.unscript()
    assert (status, whole) == (200, True)
    assert len(questions) > 7
    assert [json.loads(line)["id"] for line in content.splitlines()] == [one["id"] for one in TICKETS]


@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
def test_a_fault_that_lasts_breaks_the_transfer_off_and_the_last_line_says_so(site, sandbox, logged, file_format):
    asked: Counter[str | None] = Counter()  # by export: of the one before some may still be on their way

    def rule(entry):
        asked[entry.request_id] += 1
        return Fault(status=401) if asked[entry.request_id] > 5 else None

    sandbox.script(rule)
    try:
        status, content, whole = download(site, file_format)
    finally:
        sandbox.unscript()
    lines = content.decode().splitlines()
    count = len(lines) - 1 - (file_format == "csv")
    assert (status, whole) == (200, False)
    assert 0 < count < len(TICKETS)
    assert f"INCOMPLETE after {count} rows" in lines[-1]
    # To who runs the site an error in the log is a defect (docs/operations.md).
    assert [line for line in logged() if line["level"] == "error"] == []
    assert f"An answer was broken off after {count} rows" in [line["event"] for line in logged()]
