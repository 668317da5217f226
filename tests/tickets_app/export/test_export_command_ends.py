"""`manage.py export_tickets` that does not come to its end: stopped, nobody reads on, no room; and where it may write."""

import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tests.pages.conftest import made, no_answers_kept, serve  # noqa: F401 - fixtures
from tests.processes import PATIENCE
from tests.server import PROJECT, environment, migrate


@pytest.fixture
def export(serve, tmp_path):  # noqa: F811 - the fixture
    """Starts the command against a sandbox of so many tickets; `rule` may hold up what it is asked."""
    begun: list[subprocess.Popen[bytes]] = []

    def start(tickets: int, *arguments: object, rule=None, more=None, **options) -> subprocess.Popen[bytes]:
        sandbox = serve([made(number) for number in range(tickets)])
        if rule:
            sandbox.script(rule)
        env = environment(tmp_path, COPPER_API_URL=sandbox.url, COPPER_MAX_CONCURRENCY="1")
        migrate(env)
        env |= more or {}
        command = [sys.executable, "manage.py", "export_tickets", *map(str, arguments)]
        options = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | options
        former = signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background has it ignored
        begun.append(subprocess.Popen(command, cwd=PROJECT, env=env, **options))
        signal.signal(signal.SIGINT, former)
        return begun[-1]

    yield start
    for process in begun:
        process.kill()
        process.communicate()


def events(folder: Path) -> list[tuple[str, int, int]]:
    """Of each export: who, how many rows, whether complete."""
    connection = sqlite3.connect(folder / "db.sqlite3")
    try:
        fields = "user_name, json_extract(facts, '$.rows'), json_extract(facts, '$.complete')"
        return connection.execute(f"SELECT {fields} FROM audit_event WHERE kind = 'exported'").fetchall()
    finally:
        connection.close()


class Hold:
    """Lets some requests pass, and holds up the others until it is told not to."""

    def __init__(self, passes: int) -> None:
        self.passes, self.reached, self.released = passes, threading.Event(), threading.Event()

    def __call__(self, _entry: object) -> None:
        self.passes -= 1
        if self.passes < 0:
            self.reached.set()
            self.released.wait(PATIENCE)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_one_that_is_stopped_says_so_in_its_last_line_and_in_the_trail(export, tmp_path, number):
    hold, path = Hold(6), tmp_path / "tickets.csv"
    process = export(1000, f"--output={path}", rule=hold)
    assert hold.reached.wait(PATIENCE)
    process.send_signal(number)
    _, said = process.communicate(timeout=PATIENCE)
    hold.released.set()
    lines = (tmp_path / "tickets.csv.INCOMPLETE").read_text().splitlines()
    rows = len(lines) - 2
    assert (process.returncode, path.exists()) == (3, False)
    assert said.decode().splitlines()[-1] == f"CommandError: INCOMPLETE after {rows} rows: It was cancelled."
    assert f"INCOMPLETE after {rows} rows" in lines[-1]
    assert events(tmp_path) == [("export_tickets", rows, 0)]


def test_an_excel_file_that_is_stopped_leaves_nothing(export, tmp_path):
    hold = Hold(6)
    process = export(1000, "--format=xlsx", f"--output={tmp_path / 'tickets.xlsx'}", rule=hold)
    assert hold.reached.wait(PATIENCE)
    process.send_signal(signal.SIGTERM)
    _, said = process.communicate(timeout=PATIENCE)
    hold.released.set()
    assert process.returncode == 3
    assert b"rows: It was cancelled." in said
    assert [path.name for path in tmp_path.iterdir() if "tickets" in path.name] == []


def test_before_the_first_rows_nothing_was_made(export, tmp_path):
    hold = Hold(0)
    process = export(1000, f"--output={tmp_path / 'tickets.csv'}", rule=hold)
    assert hold.reached.wait(PATIENCE)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=PATIENCE)
    hold.released.set()
    assert process.returncode == 1
    assert said.decode().splitlines()[-1] == "CommandError: No file was made: It was cancelled."
    assert events(tmp_path) == [("export_tickets", 0, 0)]


def test_what_nobody_reads_on_was_given_out_all_the_same(export, tmp_path):
    """As in `export_tickets | head`."""
    process = export(3000)
    process.stdout.read(1000)
    process.stdout.close()
    said = process.stderr.read().decode().splitlines()[-1]
    assert process.wait(PATIENCE) == 3
    [(who, rows, complete)] = events(tmp_path)
    assert (who, complete) == ("export_tickets", 0)
    assert said == f"CommandError: INCOMPLETE after {rows} rows: Standard output cannot be written (Broken pipe)."


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
@pytest.mark.parametrize(("tickets", "status", "begins"), [(30, 3, "INCOMPLETE after 30 rows: "), (0, 1, "")])
def test_a_full_disk_is_said_and_recorded(export, tmp_path, tickets, status, begins):
    with Path("/dev/full").open("wb") as full:
        process = export(tickets, stdout=full)
    said = process.stderr.read().decode().splitlines()[-1]
    assert process.wait(PATIENCE) == status
    assert said == f"CommandError: {begins}Standard output cannot be written (No space left on device)."
    assert events(tmp_path) == [("export_tickets", tickets, 0)]


def test_a_pipe_that_has_a_name_is_written_to_and_stays(export, tmp_path):
    """As /dev/null is, in whose place a file would be everybody's trouble."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    process = export(30, f"--output={pipe}")
    with pipe.open("rb") as opened:
        assert len(opened.read().splitlines()) == 31
    assert process.wait(PATIENCE) == 0
    assert pipe.is_fifo()
    assert list(tmp_path.glob("*.INCOMPLETE")) == []


def test_a_link_stays_one(export, tmp_path):
    (tmp_path / "link.csv").symlink_to(tmp_path / "file.csv")
    assert export(30, f"--output={tmp_path / 'link.csv'}").wait(PATIENCE) == 0
    assert (tmp_path / "link.csv").is_symlink()
    assert len((tmp_path / "file.csv").read_text().splitlines()) == 31


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_folder_is_refused_before_anything_is_asked(export, tmp_path, file_format):
    asked = []
    folder = tmp_path / "folder"
    folder.mkdir()
    process = export(30, f"--format={file_format}", f"--output={folder}", rule=asked.append)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == 1
    assert said.decode().splitlines() == [f"CommandError: {folder} is a folder. Name a file in it."]
    assert asked == []


@pytest.mark.parametrize(("required", "status"), [("true", 1), ("false", 0)])
def test_what_cannot_be_recorded_is_not_given_out_where_it_has_to_be(export, tmp_path, required, status):
    away = {"DATABASE_URL": "postgres://u:p@127.0.0.1:9/x", "AUDIT_REQUIRED": required}
    process = export(30, f"--output={tmp_path / 'tickets.csv'}", more=away)
    _, said = process.communicate(timeout=PATIENCE)
    assert process.returncode == status
    assert (tmp_path / "tickets.csv").exists() is (status == 0)
    assert (b"CommandError: No file was made: it could not be recorded" in said) is (status == 1)
