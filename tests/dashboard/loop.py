"""A worker of the server in the test's own process, whose loop goes on only as far as the test says."""

import logging
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from selectors import EVENT_READ, DefaultSelector
from typing import Any

from gunicorn.config import Config

from dashboard.worker import DrainingWorker
from tests.processes import wait_until


class _Log(logging.LoggerAdapter[logging.Logger]):
    def access(self, *_: object) -> None:
        """There is no access log here either (gunicorn.conf.py)."""


class Loop:
    """The worker, and what its clients do."""

    def __init__(self, worker: DrainingWorker, listener: socket.socket) -> None:
        self.worker, self._listener = worker, listener

    def turn(self) -> None:
        """One turn of gunicorn's `run`."""
        can_accept = self.worker.nr_conns < self.worker.worker_connections
        if can_accept != self.worker._accepting:
            self.worker.set_accept_enabled(can_accept)
        self.worker.wait_for_and_dispatch_events(0.01)
        self.worker.murder_keepalived()
        self.worker.murder_pending()

    def until(self, holds: Callable[[], bool], what: str) -> None:
        """Go on until that is so."""

        def look() -> bool:
            self.turn()
            return holds()

        wait_until(look, what)

    def connect(self) -> socket.socket:
        connection = socket.create_connection(self._listener.getsockname())
        connection.setblocking(False)
        return connection

    def answer(self, connection: socket.socket) -> bytes:
        """What comes until the server says that this is all."""
        came, ended = b"", False

        def read() -> bool:
            nonlocal came, ended
            try:
                data = connection.recv(65_536)
            except BlockingIOError:
                return False
            came, ended = came + data, not data
            return ended

        self.until(read, "the answer ends")
        return came

    def get(self, path: str) -> bytes:
        with self.connect() as connection:
            connection.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode())
            return self.answer(connection)


@contextmanager
def running(app: Callable[..., Any], **more: object) -> Iterator[Loop]:
    """A worker that answers by `app`, with one thread for pages and what settings add."""
    config = Config()
    for name, value in ({"threads": 1, "control_socket_disable": True} | more).items():
        config.set(name, value)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        worker = DrainingWorker(1, os.getppid(), [listener], None, 30, config, _Log(logging.getLogger("loop"), {}))
        worker.pid, worker.wsgi = os.getpid(), app
        worker.tpool, worker.poller = worker.get_thread_pool(), DefaultSelector()
        worker.method_queue.init()
        worker.poller.register(worker.method_queue.fileno(), EVENT_READ, worker.method_queue.run_callbacks)
        try:
            yield Loop(worker, listener)
        finally:
            for pool in [worker._pages, *worker._apart.values()]:
                pool.shutdown()
            while worker.under_way:
                worker.method_queue.run_callbacks(None)
                worker.method_queue.defer(int)
            for conn in [*worker._arriving, *worker._leaving, *worker.keepalived_conns]:
                worker._abandon(conn)
            for key in list(worker.poller.get_map().values()):
                if isinstance(key.fileobj, socket.socket) and key.fileobj is not listener:
                    key.fileobj.close()
            worker.poller.close()
            worker.method_queue.close()
            worker.tmp.close()
