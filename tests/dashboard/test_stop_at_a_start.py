"""A worker that is told to end before it has begun: gunicorn's server tells it once, and would wait for it in vain."""

import os
import signal
import sys
from pathlib import Path

import pytest

from tests import server as servers
from tests.processes import started, wait_until
from tests.run_folder import PROJECT

# gunicorn.conf.py, with workers that wait where they are copies of the server's process still.
HELD = """
import os, runpy, threading

globals().update(runpy.run_path("gunicorn.conf.py"))
as_it_is = post_fork


def post_fork(server, worker):
    as_it_is(server, worker)
    half_written = {folder!r} + "/half written"
    with open(half_written, "w") as file:
        file.write(str(os.getpid()))
    os.rename(half_written, {folder!r} + "/forked")
    while not os.path.exists({folder!r} + "/go on"):
        threading.Event().wait(0.01)
"""


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGQUIT])
def test_a_worker_that_is_told_to_end_as_it_begins_ends(tmp_path, how):
    config, forked = tmp_path / "held.conf.py", tmp_path / "forked"
    config.write_text(HELD.format(folder=str(tmp_path)))
    env = servers.environment(tmp_path, PORT="0")
    servers.migrate(env)
    with started(
        [sys.executable, "-m", "gunicorn", "-c", config, "dashboard.wsgi"], signal.SIGQUIT, cwd=PROJECT, env=env
    ) as process:
        wait_until(forked.exists, "a worker begins", process)
        worker = int(forked.read_text())
        os.kill(worker, how)
        (tmp_path / "go on").touch()
        wait_until(lambda: not Path(f"/proc/{worker}").exists(), "the worker ends", process)
