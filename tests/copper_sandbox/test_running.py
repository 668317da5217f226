"""The sandbox as it runs: what goes wrong on purpose, what arrives, what it notes down, and its command."""

import socket
import subprocess
import sys
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import requests

from copper_sandbox import Fault, Sandbox, Store, server
from tests.copper_sandbox.conftest import KEY, LOCATIONS, get, made
from tests.processes import PATIENCE, started

PROJECT = Path(__file__).parents[2]


def test_scripted_faults_come_in_order_and_rules_stay():
    with Sandbox(Store(tickets=[made(1)])) as sandbox:
        sandbox.script(Fault(status=503), None, Fault(status=429, headers={"Retry-After": "1"}))
        assert [get(sandbox, "tickets").status_code for _ in range(4)] == [503, 200, 429, 200]
        sandbox.script(lambda asked: Fault(status=500) if "limit" in dict(asked.params) else None)
        assert [get(sandbox, "tickets", **params).status_code for params in ({}, {"limit": 1}, {})] == [200, 500, 200]
        sandbox.unscript()
        assert get(sandbox, "tickets", limit=1).status_code == 200


@pytest.mark.parametrize("fault", [Fault(drop=True), Fault(cut=True)])
def test_connections_can_break(fault):
    with Sandbox(Store(tickets=[made(1)])) as sandbox:
        sandbox.script(fault)
        with pytest.raises(requests.RequestException):
            get(sandbox, "tickets")


def test_a_rate_limit_answers_429_with_retry_after():
    with Sandbox(Store(), rate_limit=2) as sandbox:
        answers = [get(sandbox, "tickets") for _ in range(6)]
        limited = [answer for answer in answers if answer.status_code == 429]
        assert limited
        assert int(limited[0].headers["Retry-After"]) >= 1


def test_a_share_of_requests_fails():
    with Sandbox(Store(), fail_rate=0.5, seed=3) as sandbox:
        found = []
        for _ in range(60):
            try:
                found.append(get(sandbox, "tickets"))
            except requests.RequestException:
                continue
        failed = [answer for answer in found if answer.status_code != 200]
        assert 10 < 60 - len(found) + len(failed) < 50
        assert {answer.status_code for answer in failed} == {500, 502, 503}
        assert {answer.json()["error"]["type"] for answer in failed} == {"api_error"}


def test_answers_take_the_latency():
    with Sandbox(Store(), latency=0.2) as sandbox:
        started = time.monotonic()
        get(sandbox, "tickets")
        assert time.monotonic() - started >= 0.2


def test_tickets_arrive():
    with Sandbox(Store(locations=LOCATIONS), arrivals_per_minute=6000) as sandbox:
        deadline = time.monotonic() + 20
        while len(sandbox.store) < 3:
            assert time.monotonic() < deadline
            get(sandbox, "tickets")
        newest = get(sandbox, "tickets", limit=1).json()["data"][0]
        assert abs(datetime.fromisoformat(newest["created"]) - datetime.now(UTC)) < timedelta(minutes=1)


def test_the_ledger_knows_what_came_in(sandbox):
    sandbox.ledger.clear()
    get(sandbox, "tickets", headers={"X-Request-Id": "r1"}, search_query="é&=", limit=3)
    [entry] = sandbox.ledger
    assert (entry.method, entry.path, entry.query) == ("GET", "/v1/tickets", {"search_query": "é&=", "limit": "3"})
    assert (entry.status, entry.rows, entry.last_row, entry.request_id, entry.in_flight) == (200, 3, "t002", "r1", 1)


def test_who_has_the_answer_is_not_under_way_any_more(sandbox, monkeypatch):
    """Else whoever asks the next question at once is counted beside their own, where the sandbox's thread is late."""
    looked, send = threading.Event(), server._Handler._send

    def send_and_stand_still(*args: object) -> None:
        send(*args)
        looked.wait(PATIENCE)

    monkeypatch.setattr(server._Handler, "_send", send_and_stand_still)
    try:
        get(sandbox, "tickets")
        assert sandbox.ledger.in_flight == 0
    finally:
        looked.set()


def test_the_command_serves_until_it_is_told_to_stop():
    command = [
        sys.executable,
        "-m",
        "copper_sandbox",
        "--port",
        "0",
        "--tickets",
        "50",
        "--days",
        "2",
        "--latency-ms",
        "1",
    ]
    with started(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        line = process.stdout.readline()
        url = line.split()[2]
        assert requests.get(f"{url}/tickets", auth=KEY, timeout=10).json()["has_more"] is True
        assert requests.get(url.replace("/v1", "/next") + "/tickets", auth=KEY, timeout=10).status_code == 200
        process.terminate()
        assert process.wait(10) == 0
        assert process.stderr.read() == ""


def test_a_client_that_leaves_is_no_event(sandbox, capsys):
    host, port = sandbox.url.removeprefix("http://").removesuffix("/v1").split(":")
    with socket.create_connection((host, int(port))) as leaver:
        leaver.sendall(b"GET /v1/tickets HTTP/1.1\r\n")
    assert get(sandbox, "tickets").status_code == 200
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--port", "99999"], "99999 is not from 0 to 65535"),
        (["--tickets", "-5"], "-5 is not from 0 to 1000000000"),
        (["--days", "1000000"], "1000000 is not from 0 to 36500"),
        (["--latency-ms", "inf"], "inf is not from 0 to 1000000000"),
        (["--arrivals", "inf"], "inf is not from 0 to 1000000000"),
        (["--fail-rate", "7"], "7 is not from 0 to 1"),
        (["--rate-limit", "0"], "0 is not from 0.001 to 1000000000"),
    ],
)
def test_numbers_that_make_no_sense_are_refused(given, said):
    command = [sys.executable, "-m", "copper_sandbox", *given]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 2
    assert done.stderr.strip().endswith(said)


def test_a_port_that_somebody_has_is_said_in_one_line():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        command = [sys.executable, "-m", "copper_sandbox", "--tickets", "10", "--port", str(taken.getsockname()[1])]
        done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith("cannot be used (Address already in use).")
    assert len(done.stderr.strip().splitlines()) == 1
