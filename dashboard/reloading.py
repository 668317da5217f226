"""A reload of the server (SIGHUP): its workers answer until new ones do, and go on where those could not begin."""

import os
import signal
import subprocess
import sys
from functools import partial
from typing import Any

from dashboard.operations import worker_metrics

LOOK = 1.0  # seconds between two looks at the workers, as in gunicorn's own loop
ENDS = {signal.SIGTERM, signal.SIGINT, signal.SIGQUIT}

Arbiter = Any  # gunicorn's, which has no types


def attach(server: Arbiter) -> None:
    """Let SIGHUP do this, in place of what gunicorn does."""
    server.reload = partial(reload, server)


def check() -> int:
    """Give the status of a start that only looks at its settings and static files; what is wrong with them is printed.

    In a process of its own, since workers inherit what the server's has loaded, also those of a reload.
    """
    env = {name: value for name, value in os.environ.items() if name != worker_metrics.VARIABLE}
    return subprocess.run(
        [sys.executable, "-c", "import dashboard.wsgi; dashboard.static_files.check_collected()"], env=env, check=False
    ).returncode


def reload(server: Arbiter) -> None:
    """Start new workers; the loop of the server's process then ends those that are too many, the oldest first.

    gunicorn's ends the old ones as soon as it has forked: until the new ones have loaded the site nobody answers. It then waits
    for them to end, and hears no signal meanwhile; and new workers that cannot start end the server.
    """
    if check():
        server.log.error("Nothing is reloaded, since a setting is wrong: all goes on as before")
        return
    server.app.reload()
    server.setup(server.app)
    server.log.reopen_files()
    before = server.worker_age
    for _ in range(server.cfg.workers):
        server.spawn_worker()
    _wait_for(server, before)


def _wait_for(server: Arbiter, before: int) -> None:
    """Until all workers that are younger say that they live or are gone, or the server is told to end."""
    untold = {pid: worker.tmp.last_update() for pid, worker in server.WORKERS.items() if worker.age > before}
    others: list[int] = []  # signals that are for the loop, which comes next
    while untold and not ENDS & {*others}:
        heard = server.wait_for_signals(timeout=LOOK)
        others += [one for one in heard if one != signal.SIGCHLD]
        server.murder_workers()  # also a new one that hangs as it begins: a reload that mends it has to be heard
        server.reap_workers()
        living = server.WORKERS
        untold = {pid: at for pid, at in untold.items() if pid in living and living[pid].tmp.last_update() == at}
    for one in others:
        server.SIG_QUEUE.put_nowait(one)
