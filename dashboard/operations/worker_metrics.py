"""Figures of several worker processes: each writes files in one folder, which /metrics adds up. For gunicorn.conf.py.

prometheus-client looks for the folder when it is imported: nothing here may import it before the folder is named.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tickets_app.export.room import forget_what_the_gone_left

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
_MEMORY = Path("/dev/shm")  # noqa: S108 - a file system in memory, if any: figures are written often # nosec B108
_FOLDER = "copper-tickets-figures-{}-"


def share_figures() -> None:
    """Name the folder before anything counts: a new one, gone with this process, unless the environment names one."""
    given = os.environ.get(VARIABLE)
    if given:
        try:
            Path(given).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SystemExit(f"{VARIABLE} must name a folder that can be written to ({error.strerror}).") from None
        return
    memory = str(_MEMORY) if os.access(_MEMORY, os.W_OK) else None
    folder = os.environ[VARIABLE] = tempfile.mkdtemp(prefix=_FOLDER.format(os.getpid()), dir=memory)
    atexit.register(_remove, folder, os.getpid())


def _remove(folder: str, owner: int) -> None:
    if os.getpid() == owner:  # workers are copies of the process that made it
        shutil.rmtree(folder, ignore_errors=True)


def forget_former() -> None:
    """Remove what processes of an earlier start have counted, and the folders of servers that were killed."""
    forget_what_the_gone_left(Path(os.environ[VARIABLE]).parent, _FOLDER)
    for file in Path(os.environ[VARIABLE]).glob("*.db"):
        file.unlink(missing_ok=True)


def forget_worker(pid: int) -> None:
    """A worker ended: nothing of it is under way any more. What it counted stays."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call] # prometheus-client has no types here
