"""`make bench` measures pages that are there, also in a folder where nothing was started before."""

import os
import subprocess
import sys
from pathlib import Path

from tests import run_folder
from tests.patience import PATIENCE

PROJECT = Path(__file__).parents[2]
PROGRAM = """
import os
import benchmarks.settings
from tests.static_files import STORAGES
benchmarks.settings.STATIC_ROOT = os.environ["STATIC_FILES"]  # those of the project are not touched
benchmarks.settings.STORAGES = STORAGES
from benchmarks.__main__ import prepare
prepare()
from benchmarks.measuring import Scenario, run
for figure in run([Scenario(300, (5,))], latency=0):
    print(figure)
"""


def test_it_finds_what_was_hidden_with_a_database_of_its_own(tmp_path):
    places = {"DATABASE_URL": f"sqlite:///{tmp_path}/not-there.sqlite3", "STATIC_FILES": str(tmp_path / "static")}
    environment = {**os.environ, "PYTHONPATH": str(PROJECT), **places}
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM], cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=300
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Error" not in done.stderr + done.stdout
    assert "0 of 5" not in done.stderr + done.stdout


ALONE = """
import sys
from pathlib import Path
from tests import run_folder, server
server.environment(Path(sys.argv[1]))
assert (run_folder.static_files() / "staticfiles.json").exists()
"""


def test_a_server_that_a_program_starts_by_itself_finds_its_static_files(tmp_path):
    """The tests have them from their start. Without them a server does not start."""
    env = run_folder.of_the_machine() | {"TMPDIR": str(tmp_path)}
    subprocess.run([sys.executable, "-c", ALONE, tmp_path], cwd=PROJECT, env=env, check=True, timeout=PATIENCE)
