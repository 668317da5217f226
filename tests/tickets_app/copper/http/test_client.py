"""One GET done well: every fault of RELIABILITY.md's rows 1 to 24 against real sockets."""

import base64
import logging
import re
import ssl
import threading
import time
import traceback
import tracemalloc

import pytest
import trustme
from hypothesis import given, settings
from hypothesis import strategies as st

from copper_sandbox import Sandbox, Store
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
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.breaker import FAILURES, PROBE_EVERY, Breaker
from tickets_app.copper.http.client import CopperClient, check_base_url, check_secret
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import MAX_ATTEMPTS, Retries

KEY = "sk_test_CANARY0123456789"
GUEST = "".join(["GUEST", "NAME"])  # in one piece, tracebacks of this very file would hold it


def client_for(url: str, **options) -> CopperClient:
    options = {"api_key": KEY, "connect_timeout": 1.0, "read_timeout": 5.0, **options}
    return CopperClient(base_url=url, **options)


def failure(client: CopperClient, *segments: str, seconds: float = 8.0, **options) -> CopperError:
    with pytest.raises(CopperError) as caught:
        client.get(*(segments or ("tickets",)), deadline=Deadline.after(seconds), **options)
    return caught.value


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


# Waiting (rows 1 to 4)


class Clock:
    """A clock that only moves when somebody sleeps."""

    def __init__(self) -> None:
        self.now, self.slept = 1000.0, []

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_retry_after_is_honoured_to_the_second():
    clock = Clock()
    with FaultServer(answer({}, 429, Retry_After="2"), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock))
        assert client.get("tickets", deadline=Deadline.after(5)).attempts == 2
    assert clock.slept == [2.0]


@pytest.mark.parametrize(
    ("date", "until", "wait"),
    [
        ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 12:00:03 GMT", [3.0]),
        ("Tue, 24 Nov 2020 12:00:00 GMT", "Tue, 24 Nov 2020 12:00:02 GMT", [2.0]),  # Copper's clock is years behind
        ("Tue, 24 Nov 2026 12:00:00 GMT", "Tue, 24 Nov 2026 11:00:00 GMT", []),  # already past
    ],
)
def test_retry_after_as_a_date_is_measured_by_coppers_own_clock(date, until, wait):
    clock = Clock()
    with FaultServer(answer({}, 429, Date=date, Retry_After=until), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock))
        client.get("tickets", deadline=Deadline.after(5))
    assert clock.slept == wait


@pytest.mark.parametrize("value", [None, "soon", "-5", "0.5", "1, 2", "٣"])
def test_without_a_usable_retry_after_the_wait_is_our_own_with_full_jitter(value):
    clock, asked = Clock(), []

    def jitter(low: float, high: float) -> float:
        asked.append((low, high))
        return high

    headers = {"Retry_After": value.encode().decode("latin-1")} if value else {}
    with FaultServer(answer({}, 429, **headers), answer({}, 429, **headers), answer()) as server:
        client = client_for(server.url, retries=Retries(sleep=clock.sleep, clock=clock, jitter=jitter))
        client.get("tickets", deadline=Deadline.after(30))
    assert asked == [(0, 1.0), (0, 2.0)]
    assert clock.slept == [1.0, 2.0]


def test_a_wait_beyond_the_deadline_fails_at_once_and_says_how_long():
    with FaultServer(answer({}, 429, Retry_After="86400")) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: pytest.fail("it must not wait")))
        error = failure(client, seconds=2)
        assert (error.kind, error.retry_after, len(server.requests)) == (Kind.RATE_LIMITED, 86400.0, 1)
        # The others do not ask either while the pause lasts.
        assert failure(client, seconds=2).kind is Kind.RATE_LIMITED
        assert len(server.requests) == 1


def test_faults_are_waited_for_with_full_jitter_from_50_ms():
    clock, asked = Clock(), []
    retries = Retries(sleep=clock.sleep, clock=clock, jitter=lambda low, high: asked.append((low, high)) or high)
    with FaultServer(answer({}, 500)) as server:
        failure(client_for(server.url, retries=retries))
    assert asked[:2] == [(0, 0.05), (0, 0.1)]
    assert clock.slept == [0.05, 0.1]


def test_in_an_outage_retries_are_a_tenth_of_the_requests_and_ten():
    never_opens = Breaker(clock=iter(range(0, 10**9, 1000)).__next__)
    with FaultServer(answer({}, 500)) as server:
        client = client_for(server.url, retries=Retries(sleep=lambda _: None), breaker=never_opens)
        for _ in range(60):
            failure(client)
        assert 60 < len(server.requests) <= 60 + 10 + 6


# Many at once


def test_never_more_in_flight_than_allowed_and_who_finds_no_slot_in_time_is_told():
    started, release, most, now = threading.Semaphore(0), threading.Event(), [], []

    def hold(connection) -> None:
        now.append(1)
        most.append(len(now))
        started.release()
        release.wait(10)
        now.pop()
        answer()(connection)

    with FaultServer(hold) as server:
        client = client_for(server.url, max_concurrency=3)
        threads = [
            threading.Thread(target=client.get, args=("tickets",), kwargs={"deadline": Deadline.after(20)})
            for _ in range(6)
        ]
        for thread in threads:
            thread.start()
        for _ in range(3):
            started.acquire(timeout=10)
        error = failure(client, seconds=0.3)
        assert (error.kind, error.attempts) == (Kind.BUSY, 0)
        release.set()
        for thread in threads:
            thread.join(10)
        assert max(most) == 3
        assert len(server.requests) == 6


def test_the_breaker_opens_fails_fast_and_heals_by_one_probe():
    clock = Clock()
    down = [answer({}, 500)]
    with FaultServer(*down) as server:
        client = client_for(server.url, breaker=Breaker(clock=clock), retries=Retries(sleep=lambda _: None))
        while (error := failure(client)).kind is not Kind.FAILING:
            assert len(server.requests) < FAILURES + MAX_ATTEMPTS
        assert 0 < error.retry_after <= PROBE_EVERY
        assert error.since == pytest.approx(time.time(), abs=60)
        before = len(server.requests)
        assert failure(client).kind is Kind.FAILING
        assert len(server.requests) == before
        server.behaviours[:] = [answer()]
        clock.sleep(PROBE_EVERY)
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST


def test_a_few_failures_over_a_long_time_do_not_open_the_breaker():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES * 3):
        breaker.failed()
        clock.sleep(5)
    assert breaker.wait_needed() == 0


def test_only_one_request_probes_at_a_time():
    clock = Clock()
    breaker = Breaker(clock=clock)
    for _ in range(FAILURES):
        breaker.failed()
    clock.sleep(PROBE_EVERY)
    assert [breaker.wait_needed() for _ in range(3)] == [0.0, PROBE_EVERY, PROBE_EVERY]


def test_a_hurried_caller_says_nothing_about_coppers_health():
    with FaultServer(silence()) as server:
        client = client_for(server.url)
        for _ in range(FAILURES + 1):
            assert failure(client, seconds=0.02).kind is Kind.TIMEOUT


# TLS and secrets


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


def tls_server(certificate: trustme.LeafCert, **options) -> FaultServer:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    for name, value in options.items():
        setattr(context, name, value)
    return FaultServer(answer(), wrap=lambda plain: context.wrap_socket(plain, server_side=True))


def test_a_trusted_certificate_works_and_the_deadline_holds_over_tls_too(authority, tmp_path):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    with tls_server(authority.issue_cert("localhost")) as server:
        client = client_for(f"https://localhost:{server.port}/v1", ca_file=str(tmp_path / "ca.pem"))
        assert client.get("tickets", deadline=Deadline.after(5)).body == LIST
        server.behaviours[:] = [silence(head(200, 99))]
        assert failure(client, seconds=0.7).kind is Kind.TIMEOUT


@pytest.mark.parametrize("flaw", ["unknown authority", "wrong host", "expired"])
def test_a_certificate_that_does_not_verify_is_never_retried(authority, tmp_path, flaw):
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    from datetime import UTC, datetime

    certificate = {
        "unknown authority": lambda: trustme.CA().issue_cert("localhost"),
        "wrong host": lambda: authority.issue_cert("elsewhere.example"),
        "expired": lambda: authority.issue_cert("localhost", not_after=datetime(2020, 1, 1, tzinfo=UTC)),
    }[flaw]()
    with tls_server(certificate) as server:
        error = failure(client_for(f"https://localhost:{server.port}/v1", ca_file=str(tmp_path / "ca.pem")))
        assert (error.kind, error.attempts, server.connections) == (Kind.CERTIFICATE, 1, 1)


@pytest.mark.parametrize("name", ["500", "silence", "reset in the body", "HTML as 200", "redirect away", "401"])
def test_the_key_and_the_search_text_are_in_no_log_and_no_exception(name, caplog):
    fault = FAULTS[name]
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.WARNING, logger="urllib3")  # as in settings.LOGGING
    with FaultServer(fault.behaviour()) as server:
        client = client_for(server.url)
        with pytest.raises(CopperError) as caught:
            client.get("tickets", params=[("search_query", GUEST)], deadline=Deadline.after(fault.deadline))
    shown = "".join(traceback.format_exception(caught.value)) + caplog.text + repr(client) + repr(vars(caught.value))
    for secret in (KEY, base64.b64encode(f"{KEY}:".encode()).decode(), GUEST, "upstream-secret"):
        assert secret not in shown
    assert caught.value.__cause__ is None


@pytest.mark.parametrize(
    "url",
    [
        "http://api.usecopper.com/v1",
        "https://sk_test_X@api.usecopper.com/v1",
        "https://a:b@api.usecopper.com",
        "https://api.usecopper.com/v1?x=1",
        "https://api.usecopper.com/v1#x",
        "ftp://api.usecopper.com",
        "https://",
        "https://host:port/",
        "api.usecopper.com",
        "https://api.usecopper .com/",
        "http://127.0.0.1.evil.example/",
        "",
    ],
)
def test_a_base_url_that_is_not_safe_is_refused_without_repeating_it(url):
    with pytest.raises(ValueError, match="base URL cannot be used") as refusal:
        client_for(url)
    assert "sk_test_X" not in str(refusal.value)


@pytest.mark.parametrize(
    "url", ["https://api.usecopper.com/v1", "http://127.0.0.1:8001/v1", "http://localhost/v1/", "http://[::1]:80"]
)
def test_safe_base_urls_are_taken(url):
    assert check_base_url(url) is None


@pytest.mark.parametrize("secret", ["sk_test_X\n", "sk test", "sk_test_ü", "sk:x", "\x00"])
def test_a_key_that_cannot_be_sent_is_refused_without_repeating_it(secret):
    assert check_secret(secret)
    with pytest.raises(ValueError, match="key cannot be used") as refusal:
        client_for("https://api.usecopper.com/v1", api_key=secret)
    assert secret not in str(refusal.value)


def test_a_whole_answer_says_what_it_cost():
    with FaultServer(answer(LIST, Copper_Request_Id="req_9", Date="Tue, 24 Nov 2026 12:00:00 GMT")) as server:
        found = client_for(server.url).get("tickets", deadline=Deadline.after(5))
        assert (found.request_id, found.date.isoformat(), found.attempts) == ("req_9", "2026-11-24T12:00:00+00:00", 1)
        assert 0 < found.seconds < 5
        assert GOOD.decode() not in repr(found)


def test_connections_that_copper_closed_while_they_were_idle_cost_no_attempt():
    """Also where all of them were: each request that meets a closed one takes a new one, and no failure is counted."""
    with Sandbox(Store.generate(tickets=10, days=1), latency=0.02) as sandbox:
        client = client_for(sandbox.url)
        answers: list[int] = []

        def ask() -> None:
            answers.append(client.get("tickets", deadline=Deadline.after(20)).attempts)

        for _ in range(6):
            threads = [threading.Thread(target=ask) for _ in range(8)]
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            sandbox.hang_up()
        assert answers == [1] * 48
