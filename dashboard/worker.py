"""gunicorn's threaded worker, which on a stop refuses new connections at once, and tells long exports when to end."""

from gunicorn.workers.gthread import ThreadWorker

from tickets_app.gateway import shutdown


class DrainingWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn has no types
    """Ends what it is sending, and takes nothing new.

    gunicorn 27 stops accepting but keeps the listening socket open until the last answer is sent: whoever connects
    meanwhile waits that long and is then cut off, and a proxy in front cannot try another server
    (docs/decisions/0041-graceful-stop.md).
    """

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections or not; once this worker is to end, for good."""
        super().set_accept_enabled(enabled)
        if not self.alive:
            shutdown.begin(self.cfg.graceful_timeout)
            for listener in self.sockets:
                listener.close()
