"""A run of the tests that is told to end leaves no folder behind."""

import subprocess
import sys
from pathlib import Path

from tests.processes import PATIENCE, started
from tests.run_folder import PROJECT, of_the_machine

RUN = f"import time; from tests import run_folder; print(run_folder.folder(), flush=True); time.sleep({PATIENCE})"


def test_a_run_that_is_told_to_end_removes_its_folder(tmp_path):
    env = of_the_machine() | {"TMPDIR": str(tmp_path)}
    quiet = {"stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    with started([sys.executable, "-c", RUN], cwd=PROJECT, env=env, **quiet) as run:
        made = Path(run.stdout.readline().strip())
        assert (made.parent, made.is_dir()) == (tmp_path, True)
    assert list(tmp_path.iterdir()) == []
