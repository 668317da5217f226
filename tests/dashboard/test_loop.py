"""What fails with one connection ends that one: the loop that all others wait for goes on, and counts right."""

import errno
import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack
from typing import BinaryIO
from unittest import mock

import pytest

from dashboard import arriving as arriving_module
from dashboard import ending
from dashboard import worker as worker_module
from tests.dashboard.loop import Loop, running
from tests.processes import PATIENCE
from tickets_app.gateway import shutdown

BUFFER = 8_192  # bytes that a file keeps before it writes any: Python's own choice, which from 3.14 on is 16 times that
FORM = b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n"


def answered(_environ: object, start_response: Callable[..., object]) -> list[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", "2")])
    return [b"ok"]


@pytest.fixture
def loop() -> Iterator[Loop]:
    with running(answered) as loop:
        yield loop
        loop.until(lambda: loop.worker.nr_conns == 0, "no connection is counted that is gone")
        assert loop.get("/").startswith(b"HTTP/1.1 200")


def full_disk() -> AbstractContextManager[object]:
    """It takes what stays in the buffer, and says at every attempt to write it that it is full: also at closing."""

    def opened(_size: int) -> BinaryIO:
        return open("/dev/full", "w+b", buffering=BUFFER)

    return mock.patch.object(arriving_module, "SpooledTemporaryFile", opened)


@pytest.mark.parametrize("size", [100, BUFFER + 1_000, 200_000], ids=["a whole one", "half of one", "a large one"])
def test_a_request_that_the_disk_does_not_take_is_refused(loop, size):
    with full_disk(), loop.connect() as connection:
        connection.sendall(FORM % (100 if size == 100 else 300_000) + b"a" * size)
        assert loop.answer(connection).startswith(b"HTTP/1.1 503")


def test_one_whose_client_leaves_is_forgotten(loop):
    with full_disk(), loop.connect() as connection:
        connection.sendall(FORM % 300_000)
        loop.until(lambda: any(one.begun for one in loop.worker._arriving.values()), "half of it is here")
        connection.close()
        loop.until(lambda: loop.worker.nr_conns == 0 or loop.worker._leaving, "it is ended")


def test_without_descriptors_who_connects_waits_and_nobody_else(loop, caplog):
    with loop.connect() as first:
        loop.until(lambda: loop.worker.nr_conns == 1, "the first is connected")
        with mock.patch("socket.socket.accept", side_effect=OSError(errno.EMFILE, os.strerror(errno.EMFILE))):
            second = loop.connect()
            loop.until(lambda: not loop.worker._accepting, "none is taken")
            first.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert loop.answer(first).startswith(b"HTTP/1.1 200")
        with second:
            second.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            assert loop.answer(second).startswith(b"HTTP/1.1 200")
    assert "Too many open files" in caplog.text


def test_what_machines_wait_for_does_not_hold_healthz_up():
    may = threading.Event()

    def app(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        if environ["PATH_INFO"] != "/healthz":
            may.wait(PATIENCE)
        return answered(environ, start_response)

    with ExitStack() as stack:
        loop = stack.enter_context(running(app))
        stack.callback(may.set)
        for path in 20 * ["/readyz", "/metrics", "/tickets/"]:
            stack.enter_context(loop.connect()).sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        loop.until(lambda: len(loop.worker.under_way) == 60, "all are being answered, or wait for a thread")
        assert loop.get("/healthz").startswith(b"HTTP/1.1 200")


def test_of_large_requests_on_their_way_as_many_are_taken_as_there_is_room_for(loop):
    half = FORM % (4 * arriving_module.IN_MEMORY) + b"a" * 2 * arriving_module.IN_MEMORY
    with mock.patch.object(worker_module, "LARGE_AT_ONCE", 1), loop.connect() as first, loop.connect() as second:
        first.sendall(half)
        loop.until(lambda: any(one.large for one in loop.worker._arriving.values()), "the first takes room")
        second.sendall(half)
        assert loop.answer(second).startswith(b"HTTP/1.1 503")
        assert loop.get("/").startswith(b"HTTP/1.1 200")
        first.sendall(b"a" * 2 * arriving_module.IN_MEMORY)
        loop.until(lambda: not loop.worker._arriving, "the first is whole")


def no_thread(self: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


def test_where_the_system_gives_no_thread_those_that_are_there_answer(loop):
    with mock.patch("threading.Thread.start", no_thread):
        assert all(loop.get(path).startswith(b"HTTP/1.1 200") for path in ("/", "/", "/healthz"))


def test_without_any_thread_a_request_is_refused_and_left_alone_later(loop):
    with mock.patch("threading.Thread.start", no_thread):
        loop.worker._pages = worker_module.Threads(1, "none yet")
        assert loop.get("/").startswith(b"HTTP/1.1 503")


@pytest.mark.parametrize("what", ["_await", "_come", "_take", "_answer", "_leave"])
def test_whatever_else_fails_ends_its_own_connection(loop, what):
    with mock.patch.object(loop.worker, what, side_effect=ZeroDivisionError), loop.connect() as one:
        one.sendall(b"GET / HTTP/1.0\r\n\r\n")
        assert not loop.answer(one) or what == "_leave"


class EndedAtOnce(Exception):
    """Stands for the end of the process."""


@pytest.mark.parametrize("busy", [False, True])
def test_where_the_loop_fails_after_all_the_worker_ends_whatever_is_under_way(monkeypatch, caplog, busy):
    """The server's process starts another as soon as it has; the interpreter would wait for the answer. Its log says so."""
    monkeypatch.setattr(shutdown, "_at", None)
    monkeypatch.setattr(ending, "QUIT", 0.0)
    monkeypatch.setattr(ending.os, "_exit", mock.Mock(side_effect=EndedAtOnce))
    may = threading.Event()
    with ExitStack() as stack:
        loop = stack.enter_context(running(lambda *given: answered(*given) if may.wait(PATIENCE) else []))
        stack.callback(may.set)
        if busy:
            stack.enter_context(loop.connect()).sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
            loop.until(lambda: loop.worker.under_way, "it is being answered")
        loop.worker.poller.unregister(loop.worker.method_queue.fileno())  # `run` begins with that
        monkeypatch.setattr(loop.worker.poller, "select", mock.Mock(side_effect=ZeroDivisionError))
        with pytest.raises(EndedAtOnce if busy else SystemExit) as ended:
            loop.worker.run()
        told = ending.os._exit.call_args.args if busy else ended.value.args
        assert told == (ending.FAILED,)
        assert "The worker's loop failed" in caplog.text
        assert shutdown.begun(), "exports are told"


def test_a_worker_that_is_told_to_quit_ends_without_waiting_and_as_nothing_that_failed(monkeypatch):
    monkeypatch.setattr(shutdown, "_at", None)
    monkeypatch.setattr(ending, "QUIT", 0.0)
    with running(answered) as loop:
        with pytest.raises(SystemExit):  # before its loop has begun at once: it may hang in what it loads
            loop.worker.handle_quit(signal.SIGQUIT, None)
        monkeypatch.setattr(shutdown, "_at", None)
        loop.worker.alive = loop.worker.booted = True
        loop.worker.handle_quit(signal.SIGQUIT, None)
        with pytest.raises(SystemExit) as ended:
            loop.turn()
        assert ended.value.args == (0,)
        assert shutdown.begun(), "exports are told"
