"""A process that may start no more threads just now: too many for its limit, or no memory for one."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock


@contextmanager
def refused(name: str) -> Iterator[None]:
    """No thread of this name can be started."""
    start = threading.Thread.start

    def started(thread: threading.Thread) -> None:
        if thread.name == name:
            raise RuntimeError("can't start new thread")
        start(thread)

    with mock.patch.object(threading.Thread, "start", started):
        yield
