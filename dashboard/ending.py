"""How a worker of gunicorn's ends: it takes nothing new at once, and what is under way has a moment to say that it ends."""

import os
import signal
import sys
from concurrent.futures import Future, wait
from typing import Any

from gunicorn.workers.gthread import ThreadWorker

QUIT = 1.5  # seconds for what is under way, where nobody waits for a worker to end; gunicorn may kill it after 2
FAILED = 1  # gunicorn takes 3 and 4 for reasons to end as a whole


def let_signals_through() -> None:
    """End what `EndingWorker.hold_signals` began."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, EndingWorker.SIGNALS)


os.register_at_fork(after_in_parent=let_signals_through)  # gunicorn has no hook for that


class EndingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Refuses at once where it is to end, and then ends, whatever its threads wait for (docs/decisions/0041, 0093).

    gunicorn 27 stops accepting at a stop, but keeps the listening socket open until the last answer is sent: whoever connects
    meanwhile waits that long and is then cut off, and a proxy cannot try another server. It leaves by `sys.exit`: the
    interpreter then waits for threads, however long those wait for Copper.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.under_way: dict[Future[Any], Any] = {}  # answers, and the connections they are for
        self._quits = False

    def hold_signals(self) -> None:
        """Keep what this process is sent: a worker until `init_signals`, the server's own until it has forked.

        A worker is a copy of the server's process, with its handlers. Until it has its own it would hear of no stop, and
        gunicorn, which says it once, would wait WEB_GRACEFUL_SECONDS and then kill it.
        """
        signal.pthread_sigmask(signal.SIG_BLOCK, self.SIGNALS)

    def init_signals(self) -> None:
        """gunicorn's, and then what came since the fork."""
        super().init_signals()
        let_signals_through()

    def run(self) -> None:
        """gunicorn's. Where it fails after all, another worker begins at once: nobody would be answered by this one."""
        try:
            super().run()
        except Exception:
            self.log.exception("The worker's loop failed: it ends, and another one begins")
            self.alive = False
            self._refuse()
            self._end(FAILED, QUIT)
        self._end(0, 0.0)

    def is_parent_alive(self) -> bool:
        """gunicorn's. A worker whose server was killed is to end as if it were told so."""
        lives = bool(super().is_parent_alive())
        self.alive = self.alive and lives
        return lives

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections or not; once this worker is to end, for good."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            _tell(QUIT / 2 if self._quits else self.cfg.graceful_timeout)
            self._refuse()

    def _refuse(self) -> None:
        for listener in self.sockets:
            listener.close()

    def handle_quit(self, sig: int, frame: object) -> None:
        """End without waiting: once the loop, which this may have interrupted anywhere, is at its next turn."""
        if not self.booted:  # there is no loop, and no answer under way
            super().handle_quit(sig, frame)
        if not self._quits:
            self._quits = True
            self.cfg.worker_int(self)
        self.handle_exit(sig, frame)

    def end_where_it_quits(self) -> None:
        """The loop's next turn, which has closed what is listened at."""
        if self._quits and not self.alive:
            self._end(0, QUIT)

    def _end(self, status: int, seconds: float) -> None:
        """End, once answers are sent or say that they end, or after so many seconds."""
        _tell(seconds / 2)
        if wait(list(self.under_way), seconds).not_done:
            self.log.info("Worker exiting (pid: %s)", self.pid)  # as gunicorn says it where it leaves
            os._exit(status)
        sys.exit(status)


def _tell(seconds: float) -> None:
    """Tell what takes long that the process ends in so many seconds."""
    # This worker's own, not what the server's process has loaded (gunicorn.conf.py).
    from tickets_app.gateway import shutdown

    shutdown.begin(seconds)
