"""gunicorn's threaded worker: threads are for requests that are whole, some of them for machines."""

import time
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from selectors import EVENT_READ
from socket import SHUT_WR, socket
from typing import Any

from django.conf import settings
from gunicorn import http, util

from dashboard.arriving import Arriving, Received, TooLargeError
from dashboard.ending import EndingWorker
from dashboard.threads import Threads

ALIVE = "/healthz"  # answered by a thread that answers nothing else: what the others wait for holds nobody up there
MACHINES = {"/readyz", "/metrics"}  # answered by threads that answer nobody else
FOR_MACHINES = 2
REST = 1.0  # seconds for which no connection is taken, where the system has nothing left to take one with
STOOD = 10.0  # seconds after which a request that waits for a thread is refused: its page has 18 in all, and needs some itself
TOO_MANY = b"""HTTP/1.1 503 Service Unavailable\r
Connection: close\r
Retry-After: 10\r
Cache-Control: no-store\r
Content-Type: text/plain; charset=utf-8\r
Content-Length: 74\r
\r
More is asked here just now than can be answered in time. Try again soon.
"""
LARGE_AT_ONCE = 32  # requests on their way that take room on the disk
LINGER = 2.0  # seconds for which a client may go on sending after its answer: it would lose the answer's end otherwise
LOOK = 0.2  # seconds after which a worker that stops looks whether it is to end without waiting
LAST = 2.0  # seconds that a worker which stops still waits for a request

Connection = Any  # gunicorn's TConn


class DrainingWorker(EndingWorker):
    """Lets no connection hold a thread that has not sent its request (docs/decisions/0080).

    gunicorn 27 gives a connection to a thread as soon as its first byte is there, and closes connections in the loop that all
    others wait for, up to two seconds each.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._arriving: dict[Connection, Arriving] = {}
        self._leaving: dict[Connection, float] = {}  # until when
        self._rests_until = 0.0

    def get_thread_pool(self) -> Threads:
        """Threads for pages, and as many more as long answers may hold (tickets_app/long_runs/places.py)."""
        machines = Threads(FOR_MACHINES, "machines")
        self._apart: dict[str, Threads] = {ALIVE: Threads(1, "alive"), **dict.fromkeys(MACHINES, machines)}
        self._pages = Threads(self.cfg.threads + 2 * settings.LONG_ANSWERS, "pages")
        return self._pages

    # What fails ends its own connection, not the loop that all wait for (docs/decisions/0093)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """gunicorn's, which lets go on nothing but EINTR."""
        self.end_where_it_quits()
        for key, _ in self.poller.select(timeout if self.alive else min(timeout, LOOK)):
            try:
                key.data(key.fileobj)
            except Exception:
                self.log.exception("A connection is ended: it could not be gone on with")
                for conn in getattr(key.data, "args", ()):
                    self._abandon(conn)

    def _abandon(self, conn: Connection) -> None:
        """Forget a connection whole, however far it was."""
        self._stop_waiting(conn)
        with suppress(ValueError):
            self.keepalived_conns.remove(conn)
        self._leaving[conn] = 0.0
        self._close(conn)

    def accept(self, listener: socket) -> None:
        """gunicorn's. Who connects where no descriptor is free waits in the system's line; nothing else does."""
        try:
            super().accept(listener)
        except OSError as error:
            self.log.warning("No connection is taken for a second: %s", error.strerror)
            self._rests_until = time.monotonic() + REST
            self.set_accept_enabled(False)

    def handle(self, conn: Connection) -> Any:
        """gunicorn's, in a thread. What had been dropped before a thread was there for it is left alone."""
        if conn.sock.fileno() < 0:
            return False
        # This worker's own, not what the server's process has loaded (gunicorn.conf.py).
        from tickets_app.gateway import stood

        stood.seconds.set(time.monotonic() - conn.whole_at)
        return super().handle(conn)

    # Requests on their way

    def enqueue_req(self, conn: Connection) -> None:
        """A connection is new, or sends its next request: wait for all of that."""
        try:
            self._await(conn)
        except Exception:
            self.log.exception("A connection is ended: its request cannot be waited for")
            self._abandon(conn)

    def _await(self, conn: Connection) -> None:
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.parser.unreader = Received()
        conn.sock.setblocking(False)
        conn.data_ready = True  # gunicorn's own wait for a first byte would hold a thread
        self._arriving[conn] = arriving = Arriving()
        if not self.alive:
            arriving.hasten(LAST)
        self.poller.register(conn.sock, EVENT_READ, partial(self._come, conn))
        if came := conn.parser.unreader.take_buffered():  # behind the request before it
            self._take(conn, came)

    def _come(self, conn: Connection, _socket: socket) -> None:
        try:
            data = conn.sock.recv(65_536)
        except BlockingIOError:
            return
        except OSError:  # the client went away
            data = b""
        if data:
            self._take(conn, data)
        elif self._arriving[conn].begun:  # never taken for whole (RFC 9112, 8): a note would be kept without its end
            self._drop(conn, 400, "Bad Request", "The request ended before all of it had come.")
        else:
            self._drop(conn)

    def _take(self, conn: Connection, data: bytes) -> None:
        arriving = self._arriving[conn]
        try:
            arriving.take(data)
        except TooLargeError as error:
            return self._drop(conn, error.status, error.reason, error.words)
        except OSError:
            return self._drop(conn, 503, "Service Unavailable", "There is no room here for what is being sent.")
        if arriving.large and sum(one.large for one in self._arriving.values()) > LARGE_AT_ONCE:
            return self._drop(conn, 503, "Service Unavailable", "Too much is being sent here just now.")
        if arriving.whole:
            return self._answer(conn)
        if arriving.wants_go_ahead:
            arriving.wants_go_ahead = False
            with suppress(OSError):  # who takes nothing is ended with those who send nothing
                conn.sock.send(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None

    def _answer(self, conn: Connection) -> None:
        arriving = self._arriving[conn]
        self.poller.unregister(conn.sock)
        pool = self._apart.get(arriving.path, self._pages)
        try:
            conn.parser.unreader.receive(arriving)
            conn.whole_at = time.monotonic()
            answered = pool.submit(self.handle, conn)
        except (OSError, RuntimeError) as error:  # the disk is full, or the system gives no thread
            self.log.warning("A request is refused: %s", error)
            return self._drop(conn, 503, "Service Unavailable", "There is no room here for your request just now.")
        del self._arriving[conn]
        self.under_way[answered] = conn
        answered.add_done_callback(lambda done: self.method_queue.defer(self.finish_request, conn, done))
        return None

    def _stop_waiting(self, conn: Connection) -> None:
        """Nothing more is read of its request. It may be neither registered nor arriving any more."""
        with suppress(OSError, ValueError, KeyError):
            self.poller.unregister(conn.sock)
        if arriving := self._arriving.pop(conn, None):
            arriving.close()

    def _drop(self, conn: Connection, status: int = 0, reason: str = "", words: str = "") -> None:
        self._stop_waiting(conn)
        if status:
            with suppress(OSError):
                util.write_error(conn.sock, status, reason, words)
        self._leave(conn)

    def murder_pending(self) -> None:
        """End what is too slow. gunicorn calls this once a second."""
        for conn, arriving in list(self._arriving.items()):
            if arriving.late:
                if arriving.begun:
                    self._drop(conn, 408, "Request Timeout", "The request did not come in time.")
                else:
                    self._drop(conn)
        now = time.monotonic()
        for conn, until in list(self._leaving.items()):
            if until < now:
                self._close(conn)
        self._refuse_who_stood(now)

    def _refuse_who_stood(self, now: float) -> None:
        """Of those that wait for a thread: whoever came first stands first."""
        for answered, conn in list(self.under_way.items()):
            if now - conn.whole_at <= STOOD:
                return
            if answered.cancel():  # no thread has it
                self.log.warning(
                    "A request is refused: it stood for %.0f s without a thread for it", now - conn.whole_at
                )
                with suppress(OSError):
                    conn.sock.send(TOO_MANY)

    # Connections that end

    def finish_request(self, conn: Connection, answered: "Future[bool]") -> None:
        """An answer was sent."""
        del self.under_way[answered]
        try:
            refused = answered.cancelled()
            goes_on = not refused and not answered.exception() and answered.result()  # gunicorn has logged it
            conn.parser.unreader.next_up()
            if goes_on:
                super().finish_request(conn, answered)
            else:
                self._leave(conn)
        except Exception:
            self.log.exception("A connection is ended: it could not be gone on with")
            self._abandon(conn)

    def _leave(self, conn: Connection) -> None:
        """Say that this is the end, and read what still comes: closed at once, the client could lose what it was sent."""
        try:
            conn.sock.shutdown(SHUT_WR)
            conn.sock.setblocking(False)
            self.poller.register(conn.sock, EVENT_READ, partial(self._ignore, conn))
        except (OSError, ValueError, KeyError):
            self._leaving[conn] = 0.0
            return self._close(conn)
        self._leaving[conn] = time.monotonic() + LINGER
        return None

    def _ignore(self, conn: Connection, _socket: socket) -> None:
        try:
            if conn.sock.recv(65_536):
                return
        except BlockingIOError:
            return
        except OSError:
            pass
        self._close(conn)

    def _close(self, conn: Connection) -> None:
        with suppress(OSError, ValueError, KeyError):
            self.poller.unregister(conn.sock)
        if self._leaving.pop(conn, None) is not None:
            self.nr_conns -= 1
            conn.close()

    # A stop

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take connections or not; once this worker is to end, for good."""
        if enabled and time.monotonic() < self._rests_until:
            return
        super().set_accept_enabled(enabled)
        if not self.alive:
            for arriving in self._arriving.values():
                arriving.hasten(LAST)
