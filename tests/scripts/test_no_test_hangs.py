"""A test that waits for what never comes fails, and its report says where it and its threads were."""

import subprocess
import sys
import tomllib

import pytest

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


ENDS_ITS_PROCESS = """
import os
import pytest

@pytest.mark.parametrize("number", range({tests}))
def test_that_may_end(number):
    if number == {ends_at}:
        os._exit(3)
"""
SHARED_OUT_AS_OURS = """
import pytest
from tests.scheduling import Scheduling

@pytest.hookimpl
def pytest_xdist_make_scheduler(config, log):
    return Scheduling(config, log)
"""


@pytest.mark.parametrize(("processes", "tests", "ends_at"), [(2, 40, 20), (2, 9, 8), (1, 2, 0), (1, 3, 0)])
def test_one_that_ends_its_process_fails_once_and_the_others_go_on(tmp_path, processes, tests, ends_at):
    """As one does that hangs where no signal reaches it (pyproject.toml, `faulthandler_exit_on_timeout`)."""
    (tmp_path / "test_ends.py").write_text(ENDS_ITS_PROCESS.format(tests=tests, ends_at=ends_at))
    (tmp_path / "conftest.py").write_text(SHARED_OUT_AS_OURS)
    (tmp_path / "pytest.ini").write_text("[pytest]\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "xdist", "-p", "no:cacheprovider", "-n", str(processes)],
        cwd=tmp_path,
        env=of_the_machine() | {"PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        timeout=PATIENCE,
    )
    assert f"1 failed, {tests - 1} passed" in done.stdout, done.stdout + done.stderr
