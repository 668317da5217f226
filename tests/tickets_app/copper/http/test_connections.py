"""A connection never gives one question another's answer, and opening one keeps the deadline, whatever resolver and hosts do."""

import gzip
import socket
import threading
import time

import pytest

from tests.fault_server import GOOD, LIST, FaultServer, answer, black_hole, head, raw
from tests.patience import PATIENCE
from tests.tickets_app.copper.http.clients import client_for, failure
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http import connections, transport
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import MAX_ATTEMPTS, Retries
from tickets_app.copper.http.unpacking import PIECE, _gunzipped

EARLY = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
OTHER = b'{"object": "list", "data": [], "has_more": false}'


@pytest.mark.parametrize(
    "interim",
    [EARLY, b"HTTP/1.1 102 Processing\r\n\r\n", b"HTTP/1.1 199 X\r\nA: b\r\n\r\n", EARLY * 20],
    ids=["103", "102", "199", "20 times 103"],
)
def test_an_interim_answer_is_passed_over_and_the_next_question_gets_its_own_answer(interim):
    first = raw(interim + head(200, len(GOOD)) + GOOD, close=False)
    with FaultServer(first, answer({"object": "list", "data": [], "has_more": False})) as server:
        client = client_for(server.url)
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        assert client.get("tickets", deadline=Deadline.after(5)).body["data"] == []
        assert (len(server.requests), server.connections) == (2, 1)


@pytest.mark.parametrize(
    "interim", [b"HTTP/1.1 101 Switching Protocols\r\n\r\n", EARLY * 200], ids=["101", "200 times"]
)
def test_another_protocol_and_hints_without_an_end_are_no_answer(interim):
    rest = head(200, len(GOOD)) + GOOD
    with FaultServer(raw(interim + rest, close=False), answer()) as server:
        client = client_for(server.url)
        assert failure(client).kind is Kind.UNREADABLE
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        assert server.connections == 2


@pytest.mark.parametrize(
    "leaves",
    [
        head(200, len(OTHER)) + OTHER + head(200, len(GOOD)) + GOOD,
        head(404, 2) + b"{}" + head(200, len(GOOD)) + GOOD,
        head(200, None, Transfer_Encoding="chunked") + b"2\r\n[]\r\n0\r\n\r\n" + head(200, len(GOOD)) + GOOD,
    ],
    ids=["after a list", "after an error", "after chunks"],
)
def test_what_comes_behind_an_answer_is_nobodys_answer(leaves):
    """One behind the other at once, so that the rest is read together with the answer."""
    with FaultServer(raw(leaves, close=False), answer({**LIST, "data": []})) as server:
        client = client_for(server.url)
        try:
            client.get("tickets", deadline=Deadline.after(5))
        except Exception as error:
            assert error is not None
        assert client.get("tickets", deadline=Deadline.after(5)).body["data"] == []
        assert server.connections >= 2


def test_a_connection_that_breaks_in_the_midst_of_an_answer_is_no_idle_one_that_was_closed(monkeypatch):
    """What was closed while it was idle is asked for again at once, beside the attempts that are counted."""

    def broken(*_: object) -> None:
        raise ConnectionResetError

    with FaultServer(answer()) as server:
        client = client_for(server.url, retries=Retries(jitter=lambda low, high: 0.0))
        client.get("tickets", deadline=Deadline.after(5))
        monkeypatch.setattr(transport, "read_body", broken)
        assert failure(client).attempts == MAX_ATTEMPTS
        assert len(server.requests) == 1 + MAX_ATTEMPTS


def test_what_comes_late_behind_an_answer_is_nobodys_answer():
    """The rest is there when the next question is asked, though it was not when the answer was read."""
    late = threading.Event()

    def behave(connection: socket.socket) -> None:
        connection.sendall(head(200, len(OTHER)) + OTHER)
        late.wait(PATIENCE)
        connection.sendall(head(200, len(GOOD)) + GOOD)
        sent.set()

    sent = threading.Event()
    with FaultServer(behave, answer({**LIST, "data": []})) as server:
        client = client_for(server.url)
        client.get("tickets", deadline=Deadline.after(5))
        late.set()
        assert sent.wait(PATIENCE)
        assert client.get("tickets", deadline=Deadline.after(5)).body["data"] == []
        assert server.connections == 2


@pytest.mark.parametrize(("resolving", "seconds"), [(0.0, 0.9), (0.4, 0.6)])
def test_several_addresses_that_do_not_answer_share_one_deadline(monkeypatch, resolving, seconds):
    """With whoever says which they are."""

    def resolve(*_args: object, **_more: object):
        threading.Event().wait(resolving)
        return found

    with black_hole() as url:
        port = int(url.rsplit(":", 1)[1].split("/")[0])
        found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))] * 6
        monkeypatch.setattr(socket, "getaddrinfo", resolve)
        tried: list[float] = []
        connect = socket.socket.connect

        def noted(sock: socket.socket, address: object) -> None:
            tried.append(sock.gettimeout() or 0.0)
            connect(sock, address)

        monkeypatch.setattr(connections.socket.socket, "connect", noted)
        error = failure(client_for(f"http://localhost:{port}/v1", connect_timeout=0.6), seconds=seconds)
    assert error.kind is Kind.TIMEOUT
    assert len(tried) > 6 or resolving  # all of them were tried
    assert sum(tried[:6]) <= (0.6 - resolving) * 1.5  # the whole of one attempt, however many there are


def test_an_address_that_answers_behind_one_that_does_not_is_reached(monkeypatch):
    with black_hole() as dead, FaultServer(answer()) as server:
        addresses = [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", int(url.rsplit(":", 1)[1].split("/")[0])))
            for url in (dead, server.url)
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: addresses)
        client = client_for("http://localhost:1/v1", connect_timeout=1.0)
        assert client.get("tickets", deadline=Deadline.after(30)).body == LIST


def test_a_resolver_that_is_silent_keeps_the_deadline_and_costs_one_thread(monkeypatch):
    goes_on, asked = threading.Event(), []
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_more: asked.append(1) or goes_on.wait(PATIENCE) or [])
    try:
        client = client_for("https://copper.invalid/v1", connect_timeout=0.2)
        started = time.monotonic()
        for _ in range(3):
            assert failure(client, seconds=0.5).kind is Kind.TIMEOUT
        assert time.monotonic() - started < 30  # the resolver would take 60
        assert asked == [1]
    finally:
        goes_on.set()


@pytest.mark.parametrize("length", ["1000000000", str(32 * 1024 * 1024 + 1)])
def test_an_answer_that_is_announced_as_too_large_is_refused_before_it_comes(length):
    def behave(connection: socket.socket) -> None:
        connection.sendall(head(200, int(length)) + b" " * 100)
        connection.recv(1)  # nothing more comes until the client leaves

    with FaultServer(behave) as server:
        assert failure(client_for(server.url, read_timeout=30.0), seconds=60.0).kind is Kind.TOO_LARGE


def test_unpacking_keeps_the_deadline_to_a_piece():
    """What does not end is not unpacked up to the bound first: here time is over once three pieces were."""

    class Time:
        passed = property(lambda _: len(parts) == 3)

    parts: list[bytes] = []
    with pytest.raises(CopperError) as caught:
        parts.extend(_gunzipped(iter([gzip.compress(bytes(9 * PIECE))]), Time()))
    assert (caught.value.kind, [len(part) for part in parts]) == (Kind.TIMEOUT, [PIECE] * 3)


def test_layers_of_packing_are_not_unpacked():
    """gzip in gzip: 8 kB that would be 8 GB, and took longer than the deadline to say so."""
    with FaultServer(answer(b"\x1f\x8b", Content_Encoding="gzip, gzip")) as server:
        assert failure(client_for(server.url)).kind is Kind.UNREADABLE


def test_gzip_files_one_behind_the_other_are_one_answer():
    packed = gzip.compress(GOOD[:20]) + gzip.compress(GOOD[20:])
    with FaultServer(answer(packed, Content_Encoding="gzip")) as server:
        assert client_for(server.url).get("tickets", deadline=Deadline.after(5)).body == LIST
