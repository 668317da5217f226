"""The threads of a worker."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress


class Threads(ThreadPoolExecutor):
    """Threads that wait for work. One of them is there from the beginning: later the system may give none."""

    def __init__(self, most: int, name: str) -> None:
        super().__init__(most, thread_name_prefix=name)
        with suppress(RuntimeError):
            self.submit(int)

    def _adjust_thread_count(self) -> None:
        """Python's own, which fails where the system gives no thread, and leaves the work to those that are there."""
        try:
            super()._adjust_thread_count()
        except RuntimeError:
            if not self._threads:
                raise
