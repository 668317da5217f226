"""The time that a request stands before there is a thread for it is its reader's, too: it counts, and has an end."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest

from dashboard import worker as module
from tests.dashboard.loop import Loop, running
from tests.processes import PATIENCE
from tickets_app.copper.http import deadline
from tickets_app.gateway import shared, stood


@pytest.fixture
def crowded(clock) -> Iterator[tuple[Loop, threading.Event]]:
    """All threads for pages are held, until the event is set."""
    may = threading.Event()

    def app(environ: dict[str, str], start_response: Callable[..., object]) -> list[bytes]:
        if environ["PATH_INFO"] == "/held":
            assert may.wait(PATIENCE)
        body = b"stood for %d s" % stood.seconds.get()
        start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(body)))])
        return [body]

    with ExitStack() as stack:
        loop = stack.enter_context(running(app))
        stack.callback(may.set)
        threads = loop.worker._pages._max_workers
        for _ in range(threads):
            stack.enter_context(loop.connect()).sendall(b"GET /held HTTP/1.1\r\nHost: x\r\n\r\n")
        loop.until(lambda: sum(one.running() for one in loop.worker.under_way) == threads, "all threads are held")
        yield loop, may


@pytest.fixture
def standing(crowded) -> Iterator[socket.socket]:
    """One that waits for a thread."""
    loop, _ = crowded
    with loop.connect() as one:
        one.sendall(b"GET /page HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        before = len(loop.worker.under_way)
        loop.until(lambda: len(loop.worker.under_way) > before, "it stands before the threads")
        yield one


def test_it_counts(crowded, standing, clock):
    loop, may = crowded
    clock.now += 6
    loop.turn()
    may.set()
    answer = loop.answer(standing)
    assert answer.startswith(b"HTTP/1.1 200 OK")
    assert answer.endswith(b"stood for 6 s")


def test_it_has_an_end_while_all_threads_are_held(crowded, standing, clock):
    loop, _ = crowded
    clock.now += module.STOOD + 1
    answer = loop.answer(standing)
    assert answer.startswith(b"HTTP/1.1 503 Service")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert body.endswith(b"Try again soon.\n")
    assert b"Content-Length: %d" % len(body) in head
    assert b"Retry-After: 10" in head
    assert not any(one.cancelled() for one in loop.worker.under_way)
    assert loop.worker.nr_conns == len(loop.worker.under_way) + len(loop.worker._leaving)


@pytest.mark.parametrize(("seconds", "left"), [(0.0, 18.0), (6.0, 12.0), (30.0, 1.0)])
def test_a_page_has_that_much_less_time(settings, monkeypatch, clock, seconds, left):
    monkeypatch.setattr(deadline, "time", clock)
    settings.COPPER_CONNECT_TIMEOUT, settings.COPPER_READ_TIMEOUT = 3.0, 15.0
    token = stood.seconds.set(seconds)
    try:
        assert shared.whole_deadline().remaining() == left
    finally:
        stood.seconds.reset(token)
