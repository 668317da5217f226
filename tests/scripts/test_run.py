"""`make run` for real: the stand-in Copper, the database, the server, and nothing left behind."""

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts import run
from tests import run_folder
from tests.processes import PATIENCE, Process, children, end, held_port, started, wait_until
from tests.run_folder import PROJECT

RUN = [sys.executable, "-m", "scripts.run"]
IN_THE_BACKGROUND = ["sh", "-c", 'trap "" INT; exec "$@"', "sh"]  # as a shell starts what is followed by &


def environment(tmp_path: Path, port: int, **more: str) -> dict[str, str]:
    """With a database and static files in this folder: none of the project's own is touched."""
    return run_folder.of_the_machine() | {
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
        "DJANGO_SETTINGS_MODULE": "tests.settings_of_a_start",
        "ENV_FILE": os.devnull,
        "PORT": str(port),
        "SECRET_KEY": "x" * 50,
        run_folder.VARIABLE: str(tmp_path),
        **more,
    }


@contextmanager
def running(env: dict[str, str], *before: str) -> Iterator[tuple[Process, list[str]]]:
    """It, and its first three lines."""
    output = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with started([*before, *RUN], cwd=PROJECT, env=env, **output) as process:
        yield process, [process.stdout.readline() for _ in range(3)]


def ended(env: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(RUN, cwd=PROJECT, env=env, capture_output=True, text=True, timeout=PATIENCE)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return "zombie" not in Path(f"/proc/{pid}/status").read_text()


@pytest.mark.parametrize(
    ("before", "how"),
    [(IN_THE_BACKGROUND, signal.SIGINT), ([], signal.SIGTERM)],
    ids=["SIGINT in the background", "SIGTERM"],
)
def test_one_command_serves_made_up_tickets_and_ends_without_a_trace(tmp_path, before, how):
    with held_port() as port, running(environment(tmp_path, port), *before) as (process, lines):
        assert f"http://127.0.0.1:{port}" in lines[0]
        assert "made-up tickets" in lines[1]
        html = page(port, process)
        assert len(re.findall(r'data-ticket-id="', html)) == 50
        assert ">TEST<" in html
        begun = children(process.pid)
        assert len(begun) == 2
        assert end(process, how) == 0
        assert not [pid for pid in begun if alive(pid)]


def page(port: int, process: Process) -> str:
    """The list, as soon as the server listens."""
    found: list[str] = []

    def there() -> bool:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/tickets/", timeout=PATIENCE) as answer:
            found.append(answer.read().decode())
        return True

    wait_until(there, "the dashboard answers", process)
    return found[0]


def test_a_port_in_use_is_said_in_one_line(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = ended(environment(tmp_path, taken.getsockname()[1]))
    assert done.returncode == 1
    assert "cannot be used" in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize("port", ["", "abc", "99999", "-1"])
def test_a_port_that_is_none_is_said_plainly(port):
    with pytest.raises(run.StartError):
        run.free_port({"PORT": port})


@pytest.mark.parametrize("empty", ["", " "])
def test_what_is_set_to_nothing_is_as_if_it_were_not_set(monkeypatch, empty):
    for name in ("PORT", "WEB_WORKERS"):
        monkeypatch.setenv(name, empty)
    monkeypatch.setenv("SECRET_KEY", "of a test")
    found = run.environment()
    assert (found["PORT"], found["WEB_WORKERS"]) == ("8000", "1")


def test_a_wrong_setting_is_said_before_anything_is_served(tmp_path):
    wrong = {"COPPER_API_KEY": "sk_test_X", "COPPER_API_URL": "http://example.com"}
    with held_port() as port:
        done = ended(environment(tmp_path, port, **wrong))
    assert done.returncode == 1
    assert "COPPER_API_URL cannot be used" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"WEB_WORKERS": "0"}, "WEB_WORKERS must be a whole number from 1 to 256."),
        ({"WEB_THREADS": "abc"}, "WEB_THREADS must be a whole number from 1 to 256."),
        ({"WEB_GRACEFUL_SECONDS": "-5"}, "WEB_GRACEFUL_SECONDS must be a whole number from 0 to 3600."),
        ({"DATABASE_URL": "postgres://u:p@127.0.0.1:9/x"}, "The database does not answer (connection"),
        (
            {"DATABASE_URL": "sqlite:////nowhere/x.sqlite3"},
            "The database does not answer (unable to open database file).",
        ),
    ],
)
def test_what_the_server_or_the_database_lacks_is_said_in_one_line_before_an_address_is(tmp_path, wrong, said):
    with held_port() as port:
        done = ended(environment(tmp_path, port, **wrong))
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith(said)
    assert len(done.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (b"COPPER_API_KEY: sk_test_secret\n", "line 1 cannot be read"),
        ("COPPER_API_KEY=sk_test_sécret".encode("latin-1"), "is not UTF-8 text"),
    ],
)
def test_a_file_of_settings_that_cannot_be_read_stops_it_and_shows_nothing_of_it(tmp_path, held, said):
    (tmp_path / "env").write_bytes(held)
    with held_port() as port:
        done = ended(environment(tmp_path, port, ENV_FILE=str(tmp_path / "env")))
    assert done.returncode == 1
    assert said in done.stderr
    assert "sk_test" not in done.stdout + done.stderr


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_key_in_a_file_that_windows_wrote_is_taken(tmp_path, encoding):
    (tmp_path / "env").write_text("COPPER_API_KEY=sk_test_X\nCOPPER_API_URL=http://127.0.0.1:9/v1\n", encoding=encoding)
    with held_port() as port, running(environment(tmp_path, port, ENV_FILE=str(tmp_path / "env"))) as (process, lines):
        assert "Behind it: Copper." in lines[1]
        assert end(process, signal.SIGINT) == 0


@pytest.mark.parametrize("kept", [True, False])
def test_beside_it_commands_take_the_secret_that_it_keeps(tmp_path, kept):
    """As the one that makes the first user."""
    copy = tmp_path / "copy"
    copy.mkdir()
    for name in ("manage.py", "dashboard", "tickets_app", "audit", "templates"):
        subprocess.run(["cp", "-a", PROJECT / name, copy], check=True)  # with their times, which compiled ones go by
    if kept:
        (copy / ".local").mkdir()
        (copy / ".local" / "secret_key").write_text("y" * 50)
    env = environment(tmp_path, 1, COPPER_API_KEY="sk_test_X", DJANGO_SUPERUSER_PASSWORD="long-and-Random-7")
    del env["SECRET_KEY"]
    env["DJANGO_SETTINGS_MODULE"] = "dashboard.settings"
    run_folder.copy_database(tmp_path / "db.sqlite3")
    done = subprocess.run(
        [sys.executable, "manage.py", "createsuperuser", "--noinput", "--username=ada", "--email=ada@example.com"],
        cwd=copy,
        env=env,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert (done.returncode == 0) is kept, done.stderr
    assert ("SECRET_KEY is not set" in done.stderr) is not kept


def test_with_a_key_people_log_in_on_this_machine(tmp_path):
    """The real API is asked for nothing before somebody has logged in."""
    real = {"COPPER_API_KEY": "sk_test_X", "COPPER_API_URL": "http://127.0.0.1:9/v1"}
    with held_port() as port, running(environment(tmp_path, port, **real)) as (process, lines):
        assert "createsuperuser" in "".join(lines)
        html = page(port, process)
        assert end(process, signal.SIGINT) == 0
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
