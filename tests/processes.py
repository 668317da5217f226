"""Processes that a test starts: they end with it, however it ends, and nobody else gets their port."""

import os
import shutil
import signal
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

from tests.patience import PATIENCE

Process = subprocess.Popen[str]
# Linux ends them as well when the process of the tests is killed. Elsewhere they are ended by the tests alone.
LEASH = ["setpriv", "--pdeathsig", "TERM"] if shutil.which("setpriv") else []


@contextmanager
def started(command: Sequence[object], how: signal.Signals = signal.SIGTERM, **more: Any) -> Iterator[Process]:
    """A process in a group of its own; `how` asks it to end."""
    with subprocess.Popen([*LEASH, *map(str, command)], text=True, start_new_session=True, **more) as process:
        try:
            yield process
        finally:
            end(process, how)


def end(process: Process, how: signal.Signals = signal.SIGTERM) -> int:
    """Ask it to end, and wait for that; give its exit status. Where it does not, it is killed with all it started."""
    family = descendants(process.pid)
    process.send_signal(how)  # does nothing where it has ended already
    try:
        return process.wait(PATIENCE)
    except BaseException:
        kill(process.pid, *family)
        raise
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)


def kill(*pids: int) -> None:
    """Without a chance to do anything."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def children(pid: int) -> list[int]:
    """What this process has started, and still runs."""
    found = subprocess.run(["pgrep", "-P", str(pid)], capture_output=True, text=True).stdout.split()
    return [int(child) for child in found]


def descendants(pid: int) -> list[int]:
    """The same, and what those have started."""
    return [one for child in children(pid) for one in (child, *descendants(child))]


@contextmanager
def held_port() -> Iterator[int]:
    """A port on which nobody listens, and which nobody else is given until the end: a server here may take it by number.

    A socket that is bound but does not listen refuses connections. Linux gives its port to nobody who asks for any, but
    lets a server that sets SO_REUSEADDR, as all of ours do, listen on it.
    """
    with socket.socket() as holder:
        holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        holder.bind(("127.0.0.1", 0))
        yield holder.getsockname()[1]


def wait_until(holds: Callable[[], bool], what: str, process: Process | None = None) -> None:
    """Look again and again, since another process tells nobody; it fails at once where `process` has ended."""
    pause, last = threading.Event(), time.monotonic() + PATIENCE
    while time.monotonic() < last:
        if process and process.poll() is not None:
            said = process.stdout.read() if process.stdout else ""
            raise AssertionError(f"{what}: it ended with status {process.returncode}. {said}")
        with suppress(OSError):  # nobody listens yet, or no longer
            if holds():
                return
        pause.wait(0.05)
    raise AssertionError(f"{what}: not within {PATIENCE} s")
