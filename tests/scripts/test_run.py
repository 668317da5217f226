"""`make run` for real: the stand-in Copper, the database, the server, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import threading
import urllib.request
from pathlib import Path

import pytest

from scripts import run

PROJECT = Path(__file__).parents[2]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    return {
        **kept,
        "ENV_FILE": os.devnull,
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "SECRET_KEY": "x" * 50,
        **more,
    }


def children(process: subprocess.Popen[str]) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True).stdout.split()
    return [int(pid) for pid in found]


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGTERM])
def test_one_command_serves_made_up_tickets_and_ends_without_a_trace(tmp_path, end):
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "scripts/run.py"],
        cwd=PROJECT,
        env=environment(tmp_path, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        lines = [process.stdout.readline() for _ in range(3)]
        assert f"http://127.0.0.1:{port}" in lines[0]
        assert "made-up tickets" in lines[1]
        html = wait_for(f"http://127.0.0.1:{port}/tickets/")
        assert len(re.findall(r'data-ticket-id="', html)) == 50
        assert ">TEST<" in html
        started = children(process)
        assert len(started) == 2
    finally:
        process.send_signal(end)
        process.communicate(timeout=30)
    assert process.returncode == 0
    assert not [pid for pid in started if alive(pid)]


def wait_for(url: str) -> str:
    """The page, as soon as the server listens."""
    pause = threading.Event()
    for _ in range(200):
        try:
            with urllib.request.urlopen(url, timeout=10) as answer:
                return answer.read().decode()
        except OSError:
            pause.wait(0.1)
    raise AssertionError("the server never answered")


def test_a_port_in_use_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        env = environment(tmp_path, PORT=str(taken.getsockname()[1]))
        done = subprocess.run(
            [sys.executable, "scripts/run.py"], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60
        )
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["", "abc", "99999", "-1"])
def test_a_port_that_is_none_is_said_plainly(port):
    with pytest.raises(run.StartError):
        run.free_port({"PORT": port})


def test_a_wrong_setting_is_said_before_anything_is_served(tmp_path):
    env = environment(tmp_path, PORT=str(free_port()), COPPER_API_KEY="sk_test_X", COPPER_API_URL="http://example.com")
    done = subprocess.run(
        [sys.executable, "scripts/run.py"], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 1
    assert "COPPER_API_URL cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


def test_with_a_key_people_log_in_on_this_machine(tmp_path):
    """The real API is asked for nothing before somebody has logged in."""
    port = free_port()
    env = environment(tmp_path, PORT=str(port), COPPER_API_KEY="sk_test_X", COPPER_API_URL="http://127.0.0.1:9/v1")
    command = [sys.executable, "scripts/run.py"]
    with subprocess.Popen(
        command,
        cwd=PROJECT,
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        try:
            assert "createsuperuser" in "".join(process.stdout.readline() for _ in range(3))
            html = wait_for(f"http://127.0.0.1:{port}/tickets/")
        finally:
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=30)
    assert 'name="password"' in html
    assert "data-ticket-id" not in html


def test_with_a_key_no_sandbox_is_started(monkeypatch):
    monkeypatch.setattr(subprocess, "Popen", lambda *_a, **_k: pytest.fail("nothing is to be started"))
    env = {"COPPER_API_KEY": "sk_test_X"}
    with run.copper(env):
        assert env == {"COPPER_API_KEY": "sk_test_X"}


def test_the_kept_secret_is_private_and_stays(tmp_path, monkeypatch):
    monkeypatch.setattr(run, "LOCAL", tmp_path / "local")
    first = run.kept_secret()
    assert len(first) >= 50
    assert run.kept_secret() == first
    assert (tmp_path / "local" / "secret_key").stat().st_mode & 0o077 == 0
