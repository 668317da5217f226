"""`manage.py export_tickets`, as cron runs it: the exit status and the file's name say whether all is there."""

import csv
import io
import json
import os
import pty
import subprocess
import sys

import openpyxl
import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made, no_answers_kept, serve  # noqa: F401 - fixtures
from tests.server import PROJECT, environment, migrate


@pytest.fixture
def export(serve, tmp_path):  # noqa: F811 - the fixture
    """Starts a sandbox and runs the command against it."""

    def run(tickets: int | list[dict[str, object]], *arguments: str, rule=None, **options):
        sandbox = serve([made(number) for number in range(tickets)] if isinstance(tickets, int) else tickets)
        if rule:
            sandbox.script(rule)
        env = environment(tmp_path, COPPER_API_URL=sandbox.url, COPPER_READ_TIMEOUT="1", COPPER_CONNECT_TIMEOUT="1")
        migrate(env)
        command = [sys.executable, PROJECT / "manage.py", "export_tickets", *arguments]
        return subprocess.run(
            command, cwd=tmp_path, env=env, timeout=120, check=False, **{"capture_output": True, **options}
        )

    return run


def test_standard_output_holds_the_file_and_nothing_else(export):
    done = export(250, "--location=loc_a", "--created[gte]=2026-11-20T10:00:00Z")
    rows = list(csv.DictReader(io.StringIO(done.stdout.decode(), newline="")))
    assert [row["id"] for row in rows] == [f"tkt_{number:05}" for number in range(121)]
    assert done.returncode == 0
    assert b"Complete: 121 tickets from 2026-11-20T12:00:00Z back to 2026-11-20T10:00:00Z, SHA-256" in done.stderr


@pytest.mark.parametrize(
    ("created", "said"),
    [
        (None, "Complete: 1 ticket, SHA-256"),
        ("\x1b[2Jsoon", "Complete: 1 ticket from ␛[2Jsoon back to ␛[2Jsoon, SHA-256"),
        ({"at": 1}, "Complete: 1 ticket from 1 property back to 1 property, SHA-256"),
    ],
    ids=["no time", "a terminal's command", "an object"],
)
def test_a_time_that_is_none_is_said_to_be_and_nothing_of_coppers_commands_a_terminal(export, created, said):
    done = export([{**made(1), "created": created}])
    assert (done.returncode, said in done.stderr.decode()) == (0, True)


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_a_file_gets_its_name_when_it_is_complete(export, tmp_path, file_format):
    path = tmp_path / f"tickets.{file_format}"
    assert export(250, f"--format={file_format}", f"--output={path}").returncode == 0
    assert not list(tmp_path.glob("*INCOMPLETE*"))
    if file_format == "xlsx":
        assert openpyxl.load_workbook(path)["Tickets"].max_row == 251
    else:
        assert len(path.read_text().splitlines()) == 250 + (file_format == "csv")


def test_an_incomplete_file_is_a_failure_and_keeps_another_name(export, tmp_path):
    asked = []

    def rule(entry):
        asked.append(entry)
        return Fault(status=401) if len(asked) > 9 else None

    path = tmp_path / "tickets.ndjson"
    done = export(4000, "--format=ndjson", f"--output={path}", rule=rule)
    lines = (tmp_path / "tickets.ndjson.INCOMPLETE").read_text().splitlines()
    assert done.returncode == 3
    assert f"INCOMPLETE after {len(lines) - 1} rows: Copper refused this dashboard’s key".encode() in done.stderr
    assert "incomplete" in json.loads(lines[-1])
    assert not path.exists()


def test_a_failure_at_once_makes_no_file(export, tmp_path):
    path = tmp_path / "tickets.csv"
    done = export(10, f"--output={path}", rule=lambda asked: Fault(status=401))
    assert done.returncode == 1
    assert b"No file was made: Copper refused this dashboard" in done.stderr
    assert list(tmp_path.glob("tickets*")) == []


@pytest.mark.parametrize("argument", ["--created[gte]=x", "--columns=a..b", "--range=9y", "--format=xlsx"])
def test_bad_input_is_refused(export, argument):
    done = export(1, argument)
    assert done.returncode == 1
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--format=ndjson", "--columns=created"], b"--columns is for CSV and Excel"),
        (["--format=ndjson", "--bom"], b"--bom is for CSV"),
        (["--format=xlsx", "--bom", "--output=x.xlsx"], b"--bom is for CSV"),
    ],
)
def test_what_a_format_does_not_know_is_refused_and_not_passed_over(export, arguments, said):
    done = export(1, *arguments)
    assert (done.returncode, done.stdout) == (1, b"")
    assert said in done.stderr


def test_at_a_terminal_there_is_a_bar(export, tmp_path):
    ours, theirs = pty.openpty()
    path = tmp_path / "tickets.csv"
    done = export(300, "--created[gte]=2026-11-01T00:00:00Z", f"--output={path}", capture_output=False, stderr=theirs)
    os.close(theirs)
    shown = os.read(ours, 65_536).decode()
    os.close(ours)
    assert done.returncode == 0
    assert "[.." in shown
    assert f"[{'#' * 30}]" in shown
    assert "Complete: 300 tickets" in shown


@pytest.mark.parametrize("file_format", ["csv", "xlsx"])
def test_a_file_that_cannot_be_written_is_said_to_be(export, file_format):
    done = export(3, f"--format={file_format}", f"--output=/nowhere/x.{file_format}")
    said = done.stderr.decode().strip().splitlines()[-1]
    assert (done.returncode, said) == (
        1,
        f"CommandError: /nowhere/x.{file_format} cannot be written (No such file or directory).",
    )
