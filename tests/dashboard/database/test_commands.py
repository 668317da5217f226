"""Commands on a database that lacks the tables, and from another folder: one line, and always the same file."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.audit.conftest import postgres_url  # noqa: F401 - fixture
from tests.dashboard import starting
from tests.processes import PATIENCE
from tests.run_folder import PROJECT
from tests.server import environment


@pytest.fixture(params=["sqlite", "postgresql"])
def empty(request, tmp_path) -> str:
    """A database without tables."""
    return (
        f"sqlite:///{tmp_path}/none.sqlite3" if request.param == "sqlite" else request.getfixturevalue("postgres_url")
    )


@pytest.mark.parametrize("command", ["prune_audit", "create_roles", "store_clocks", "clearsessions"])
def test_without_its_tables_a_command_says_to_migrate(empty, tmp_path, command):
    env = environment(tmp_path, DATABASE_URL=empty)
    done = subprocess.run(
        [sys.executable, "manage.py", command], cwd=PROJECT, env=env, capture_output=True, text=True, timeout=PATIENCE
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("The database has not what this version needs (")
    assert done.stderr.endswith("). Run `manage.py migrate`, or check DATABASE_URL.\n")
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("url", "file"),
    [
        ("sqlite:///own.sqlite3", PROJECT / "own.sqlite3"),
        ("sqlite:////srv/own.sqlite3", Path("/srv/own.sqlite3")),
    ],
)
def test_a_relative_file_lies_beside_manage_py_wherever_a_command_is_called(tmp_path, monkeypatch, url, file):
    monkeypatch.chdir(tmp_path)
    with starting.settings_of(environment(tmp_path, DATABASE_URL=url)) as fresh:
        assert Path(fresh.DATABASES["default"]["NAME"]) == file
