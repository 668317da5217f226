"""The sandbox over HTTP: sockets, latency, rate limit, random and scripted faults, arrivals."""

import json
import random
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Self
from urllib.parse import parse_qsl, unquote

from copper_sandbox.api import Api, ApiError
from copper_sandbox.faults import Fault, Rule, Script
from copper_sandbox.generate import Shop
from copper_sandbox.ledger import Entry, Ledger
from copper_sandbox.store import Store

PREFIXES = ("/v1/", "/next/")  # COPPER_API.md, "Basics"


class RateLimit:
    """A token bucket that holds one second's worth of requests."""

    def __init__(self, per_second: float) -> None:
        self._rate, self._tokens, self._at = per_second, max(1.0, per_second), time.monotonic()
        self._lock = threading.Lock()

    def wait_needed(self) -> float:
        """Take a token; the seconds until there is one again where there is none."""
        with self._lock:
            now = time.monotonic()
            self._tokens = min(max(1.0, self._rate), self._tokens + (now - self._at) * self._rate)
            self._at = now
            if self._tokens >= 1:
                self._tokens -= 1
                return 0.0
            return (1 - self._tokens) / self._rate


class Sandbox:
    """A running sandbox on a loopback port. Use it as a context manager, or `start` and `stop` it."""

    def __init__(
        self,
        store: Store,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        latency: float = 0.0,
        rate_limit: float | None = None,
        fail_rate: float = 0.0,
        seed: int = 1,
        error_style: str = "nested",
        arrivals_per_minute: float = 0.0,
        accounts: Mapping[str, Store] | None = None,
    ) -> None:
        """`latency` in seconds a request, `rate_limit` in requests a second, `fail_rate` from 0 to 1."""
        self.store, self.latency, self.fail_rate, self.error_style = store, latency, fail_rate, error_style
        self.ledger = Ledger()
        self._script = Script()
        self._api = Api(store, accounts or {})
        self._limit = RateLimit(rate_limit) if rate_limit else None
        self._random = random.Random(seed)
        self._arrivals_per_minute = arrivals_per_minute
        self._stopping = threading.Event()
        self._server = _Server((host, port), self)

    @property
    def url(self) -> str:
        """The base URL for clients."""
        host, port = self._server.server_address[:2]
        return f"http://{host!s}:{port}/v1"

    @property
    def max_in_flight(self) -> int:
        """The most requests that were under way at one time."""
        return self.ledger.max_in_flight

    def script(self, *steps: Fault | Rule | None) -> None:
        """Queue faults for the next requests (None: a right answer), or add rules for every request."""
        self._script.add(*steps)

    def hang_up(self) -> None:
        """End the connections that clients keep open."""
        self._server.hang_up()

    def unscript(self) -> None:
        """Right answers from now on."""
        self._script.clear()

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.01,), name="copper-sandbox", daemon=True).start()
        if self._arrivals_per_minute:
            threading.Thread(target=self._arrive, name="copper-arrivals", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()
        self.hang_up()

    def _arrive(self) -> None:
        shop, number = Shop(self._random.randrange(2**32)), 0
        while not self._stopping.wait(self._random.expovariate(self._arrivals_per_minute / 60)):
            number += 1
            self.store.add_row(shop.arrival(number))

    def fault_for(self, entry: Entry) -> Fault | None:
        """What goes wrong with this request: scripted, by rate limit, or at random."""
        fault = self._script.fault_for(entry)
        if fault is not None:
            return fault
        wait = self._limit.wait_needed() if self._limit else 0.0
        if wait:
            error = ApiError(429, "rate_limit_error", "Too many requests.", "rate_limited")
            return Fault(429, {"Retry-After": str(max(1, round(wait + 0.5)))}, self.refusal(error).encode())
        if self.fail_rate and self._random.random() < self.fail_rate:
            status = self._random.choice([500, 502, 503, None])
            return Fault(drop=True) if status is None else Fault(status, body=self.refusal(_failure(status)).encode())
        return None

    def answer(self, entry: Entry, authorization: str) -> tuple[int, str]:
        """Answer by the contract, in JSON."""
        try:
            return 200, self._api.answer(entry, authorization)
        except ApiError as error:
            return error.status, self.refusal(error)

    def refusal(self, error: ApiError) -> str:
        """The body of an answer that says no."""
        return json.dumps(error.body(self.error_style))


def _failure(status: int) -> ApiError:
    return ApiError(status, "api_error", "Something went wrong at Copper.")


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], sandbox: Sandbox) -> None:
        super().__init__(address, _Handler)
        self.sandbox = sandbox
        self._connections: set[socket.socket] = set()

    def process_request(self, request: socket.socket, client_address: object) -> None:  # type: ignore[override] # typeshed also allows UDP pairs
        self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: socket.socket) -> None:  # type: ignore[override] # typeshed also allows UDP pairs
        self._connections.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """End connections that clients keep open."""
        for connection in list(self._connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that left is no event."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # one packet for headers and body
    server: _Server

    def handle_one_request(self) -> None:
        try:
            super().handle_one_request()
        except (ConnectionError, TimeoutError):
            self.close_connection = True

    def do_GET(self) -> None:
        raw_path, _, raw_query = self.path.partition("?")
        entry = Entry(
            self.command,
            raw_path,
            unquote(raw_path),
            tuple(parse_qsl(raw_query, keep_blank_values=True)),
            self.headers.get("Copper-Account"),
            self.headers.get("X-Request-Id"),
        )
        self._pass_over_body()
        sandbox = self.server.sandbox
        sandbox.ledger.open(entry)
        with ExitStack() as under_way:
            under_way.callback(sandbox.ledger.close)
            self._answer(sandbox, entry, done=under_way.close)

    do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = do_OPTIONS = do_GET

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """What is no request that can be read (a method nobody knows, a line too long) is refused in JSON like all others."""
        self.close_connection = True
        self.request_version = self.protocol_version  # a line that names none is answered with headers, too
        refusal = self.server.sandbox.refusal(ApiError(code, "invalid_request_error", message or "Not a request."))
        self._send(int(code), refusal.encode(), Fault(headers={"Connection": "close"}))

    def _pass_over_body(self) -> None:
        """Nothing here takes one; what is left of it would be read as the connection's next request."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit() and len(length) < 9):
            self.close_connection = True
        else:
            self.rfile.read(int(length))

    def _answer(self, sandbox: Sandbox, entry: Entry, done: Callable[[], None]) -> None:
        fault = sandbox.fault_for(entry) or Fault()
        time.sleep(sandbox.latency + fault.delay)
        if fault.drop:
            self.close_connection = True
            return
        status, body = self._right_answer(sandbox, entry)
        content = body.encode()
        if fault.status is not None or fault.body is not None:
            status, content = fault.status or 200, b"" if fault.body is None else fault.body
        entry.status = status
        done()  # whoever has the answer may ask the next question before this thread goes on
        self._send(status, content, fault)

    def _right_answer(self, sandbox: Sandbox, entry: Entry) -> tuple[int, str]:
        if self.command != "GET":
            error = ApiError(405, "invalid_request_error", "Only GET is offered here.", "method_not_allowed")
            return 405, sandbox.refusal(error)
        if not entry.raw_path.startswith(PREFIXES):
            error = ApiError(404, "invalid_request_error", "There is nothing at this path.", "unknown_path")
            return 404, sandbox.refusal(error)
        return sandbox.answer(entry, self.headers.get("Authorization", ""))

    def _send(self, status: int, content: bytes, fault: Fault) -> None:
        self.send_response(status)
        self.send_header("Content-Type", fault.content_type)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("Copper-Request-Id", f"req_{id(content):x}{time.monotonic_ns():x}")
        if status == 401:
            self.send_header("WWW-Authenticate", 'Basic realm="Copper"')
        if status == 405:
            self.send_header("Allow", "GET")
        for name, value in fault.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content[: len(content) // 2] if fault.cut else content)
        self.wfile.flush()
        self.close_connection = self.close_connection or fault.cut

    def log_message(self, *_: object) -> None:
        """Say nothing: the ledger knows."""
