"""A test that waits for what never comes fails, and its report says where it and its threads were."""

import subprocess
import sys
import tomllib

from tests.processes import PATIENCE
from tests.run_folder import PROJECT, of_the_machine

HANGS = """
import threading

def waits_in_a_thread():
    threading.Event().wait()

def waits_for_ever():
    threading.Event().wait()

def test_that_hangs():
    threading.Thread(target=waits_in_a_thread, daemon=True).start()
    waits_for_ever()

def test_of_the_same_worker():
    pass
"""


def test_one_that_hangs_fails_with_the_stacks_of_all_threads_and_the_others_go_on(tmp_path):
    ours = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert ours["timeout"] > 0
    (tmp_path / "test_hangs.py").write_text(HANGS)
    (tmp_path / "pytest.ini").write_text(f"[pytest]\ntimeout = 0.5\ntimeout_method = {ours['timeout_method']}\n")
    plugins = ["-p", "xdist", "-p", "pytest_timeout", "-p", "no:cacheprovider"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", *plugins, "-n", "1"],
        cwd=tmp_path,
        env=of_the_machine() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert "1 failed, 1 passed" in done.stdout, done.stdout + done.stderr
    assert "in waits_for_ever" in done.stdout
    assert "in waits_in_a_thread" in done.stdout
