"""Asking Copper beside a page, which waits for it only so long: what comes later is kept for the next one."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import Future
from contextvars import copy_context

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.gateway.answer import Kept


class Beside:
    """So many threads at most, each for one request. They keep no process from ending."""

    def __init__(self, most: int) -> None:
        """`most` at once."""
        self._free = threading.BoundedSemaphore(most)

    def soon(self, ask: Callable[[], Kept], seconds: float) -> Kept:
        """Give what `ask` gives, or raise what it raises; CopperError(TIMEOUT) after so many seconds, and it goes on.

        Raises CopperError(BUSY) where too many go on already. Where the system gives no thread, it is waited for.
        """
        if not self._free.acquire(blocking=False):
            raise CopperError(Kind.BUSY, "too many requests are waited for", attempts=0)
        began, answered = time.time(), Future[Kept]()

        def run() -> None:
            try:
                answered.set_result(ask())
            except BaseException as error:  # whoever waits gets it; nobody may
                answered.set_exception(error)
            finally:
                self._free.release()

        thread = threading.Thread(target=copy_context().run, args=(run,), name="copper-answer", daemon=True)
        try:
            thread.start()
        except RuntimeError:
            run()
        try:
            return answered.result(seconds)
        except TimeoutError:
            raise CopperError(Kind.TIMEOUT, "it takes long", since=began) from None
