"""Figures of several worker processes: each writes files in one folder, which /metrics adds up. For gunicorn.conf.py."""

import os
import shutil
import tempfile
from pathlib import Path

from prometheus_client.multiprocess import mark_process_dead

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, where there is one: figures are written often


def share_figures() -> bool:
    """Name the folder before anything counts: a new one, unless the environment names one. Say whether it is ours."""
    given = os.environ.get(VARIABLE)
    if given:
        Path(given).mkdir(parents=True, exist_ok=True)
        return False
    memory = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    os.environ[VARIABLE] = tempfile.mkdtemp(prefix="copper-tickets-figures-", dir=memory)
    return True


def forget_former() -> None:
    """Remove what processes of an earlier start have counted."""
    for file in Path(os.environ[VARIABLE]).glob("*.db"):
        file.unlink(missing_ok=True)


def forget_worker(pid: int) -> None:
    """A worker ended: nothing of it is under way any more. What it counted stays."""
    mark_process_dead(pid)  # type: ignore[no-untyped-call] # prometheus-client has no types here


def remove_folder() -> None:
    """The server ends: leave nothing behind."""
    shutil.rmtree(os.environ[VARIABLE], ignore_errors=True)
