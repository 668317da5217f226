"""One GET done well: every fault of RELIABILITY.md's rows 1 to 24 against real sockets."""

import base64
import re
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fault_server import (
    FAULTS,
    GOOD,
    HARMLESS,
    LIST,
    FaultServer,
    answer,
    black_hole,
    head,
    raw,
    refused,
    silence,
)
from tests.tickets_app.copper.http.clients import KEY, client_for, failure
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import MAX_ATTEMPTS, Retries


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_rightly_and_asked_again_only_where_that_helps(name):
    fault = FAULTS[name]
    with FaultServer(fault.behaviour()) as server:
        started = time.monotonic()
        error = failure(client_for(server.url), seconds=fault.deadline)
        assert error.kind is fault.kind
        assert len(server.requests) == fault.requests
        # The deadline holds, whatever drips: for minutes, if it were let. The margin is for a busy machine.
        assert time.monotonic() - started < fault.deadline + 10


@pytest.mark.parametrize("name", HARMLESS)
def test_an_odd_but_right_answer_comes_through(name):
    with FaultServer(HARMLESS[name]) as server:
        found = client_for(server.url).get("tickets", deadline=Deadline.after(5))
        assert found.body["data"][0]["id"] == "tkt_1"
        assert (found.attempts, len(server.requests)) == (1, 1)


@pytest.mark.parametrize("name", [name for name in FAULTS if FAULTS[name].requests == MAX_ATTEMPTS])
def test_what_passes_is_never_seen(name):
    with FaultServer(FAULTS[name].behaviour(), answer()) as server:
        found = client_for(server.url).get("tickets", deadline=Deadline.after(8))
        assert (found.body, found.attempts) == (LIST, 2)


def test_a_refused_connection_is_unreachable_after_three_attempts():
    with refused() as url:
        error = failure(client_for(url))
        assert (error.kind, error.attempts) == (Kind.UNREACHABLE, MAX_ATTEMPTS)


def test_an_unknown_host_is_unreachable(monkeypatch):
    def no_such_host(*_args, **_kwargs):
        raise OSError("Name or service not known")

    monkeypatch.setattr("socket.getaddrinfo", no_such_host)
    assert failure(client_for("https://copper.invalid/v1")).kind is Kind.UNREACHABLE


def test_a_host_that_does_not_even_refuse_is_a_timeout_by_the_deadline():
    with black_hole() as url:
        started = time.monotonic()
        assert failure(client_for(url, connect_timeout=0.3), seconds=1.5).kind is Kind.TIMEOUT
        assert time.monotonic() - started < 12  # the system itself gives up after two minutes


def test_a_stalled_body_is_a_timeout_although_requests_calls_it_a_connection_error():
    """RELIABILITY.md, 0.2: `except Timeout` misses it."""
    with FaultServer(silence(head(200, 99) + b"{")) as server:
        assert failure(client_for(server.url, read_timeout=0.3), seconds=1.0).kind is Kind.TIMEOUT


def test_a_kept_connection_that_copper_closed_is_opened_again_at_once():
    """Row 15: the request failed before any byte of an answer, on a connection that had served one before."""
    closes = raw(b"")
    with FaultServer(answer(), closes, answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: pytest.fail("no wait is needed")))
        client.get("tickets", deadline=Deadline.after(5))
        assert client.get("tickets", deadline=Deadline.after(5)).attempts == 1
        assert len(server.requests) == 3


def test_one_connection_serves_one_request_after_the_other():
    with FaultServer(answer(), answer({}, 404), answer()) as server:
        client = client_for(server.url)
        client.get("tickets", deadline=Deadline.after(5))
        failure(client)
        client.get("tickets", deadline=Deadline.after(5))
        assert (len(server.requests), server.connections) == (3, 1)


def test_a_bomb_is_not_unpacked():
    with FaultServer(FAULTS["gzip bomb"].behaviour()) as server:
        client = client_for(server.url)
        tracemalloc.start()
        try:
            failure(client)
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert peak < 48 * 1024 * 1024


def test_redirects_are_not_followed_to_anywhere():
    with FaultServer(answer()) as other, FaultServer(answer(b"", 302, Location=f"{other.url}/tickets")) as server:
        assert failure(client_for(server.url, account="acct_1")).kind is Kind.REDIRECTED
        assert other.requests == []


def test_what_is_sent_is_the_contract_and_no_more(monkeypatch, tmp_path):
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login evil password evil")
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with FaultServer(answer(LIST, Set_Cookie="a=b"), answer()) as server:
        client = client_for(server.url, account="acct_1")
        for _ in range(2):
            client.get("tickets", params=[("created[gte]", "2026-11-20T09:00:00-05:00")], deadline=Deadline.after(5))
        request = server.requests[1].decode()
        assert request.startswith("GET /v1/tickets?created%5Bgte%5D=2026-11-20T09%3A00%3A00-05%3A00 HTTP/1.1\r\n")
        assert f"Authorization: Basic {base64.b64encode(f'{KEY}:'.encode()).decode()}\r\n" in request
        assert "Copper-Account: acct_1\r\n" in request
        assert "Cookie" not in request


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=40))
def test_no_segment_leads_elsewhere(segment):
    """RELIABILITY.md, 0.4 and row 65: the path that leaves is the base path and one segment, whatever is asked for."""
    client = client_for("http://127.0.0.1:9/v1")
    try:
        url = client._url(("tickets", segment))
    except CopperError as error:
        assert error.kind is Kind.NOT_FOUND
    else:
        assert re.fullmatch(r"http://127\.0\.0\.1:9/v1/tickets/[A-Za-z0-9_.~%-]+", url)
        assert url.rsplit("/", 1)[1] not in {".", ".."}


@pytest.mark.parametrize("segment", ["", ".", "..", "a/b", "\r\nX: y", "\x00", "\ud800", "x" * 256])
def test_a_segment_that_would_lead_elsewhere_is_refused_without_a_request(segment):
    with FaultServer(answer()) as server:
        error = failure(client_for(server.url), "tickets", segment)
        assert (error.kind, error.attempts) == (Kind.NOT_FOUND, 0)
        assert server.requests == []


def test_encoded_dots_are_quoted_once_more():
    with FaultServer(answer()) as server:
        client_for(server.url).get("tickets", "%2e%2e", deadline=Deadline.after(5))
        assert server.requests[0].startswith(b"GET /v1/tickets/%252e%252e HTTP")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"type": "t", "code": "c", "message": "m", "param": "p"}, ("c", "p", "m")),
        ({"error": {"code": "c", "message": "m" * 999, "param": "p"}}, ("c", "p", "m" * 300)),
        ({"error": "text"}, (None, None, None)),
        ({"error": {"code": 7, "param": ["x"], "message": None}}, (None, None, None)),
        ([], (None, None, None)),
        (b"<html>", (None, None, None)),
        (b"[" * 60_000, (None, None, None)),
    ],
)
def test_error_attributes_are_read_where_they_are_and_never_break_anything(body, expected):
    with FaultServer(answer(body, 400, Copper_Request_Id="req_1\x01é")) as server:
        error = failure(client_for(server.url))
        assert (error.code, error.param, error.message) == expected
        assert error.request_id == "req_1"


def test_a_whole_answer_says_what_it_cost():
    with FaultServer(answer(LIST, Copper_Request_Id="req_9", Date="Tue, 24 Nov 2026 12:00:00 GMT")) as server:
        found = client_for(server.url).get("tickets", deadline=Deadline.after(5))
        assert (found.request_id, found.date.isoformat(), found.attempts) == ("req_9", "2026-11-24T12:00:00+00:00", 1)
        assert 0 < found.seconds < 60
        assert GOOD.decode() not in repr(found)
