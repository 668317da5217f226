"""What Copper is asked when many people open the same page at the same moment."""

import socket
import tempfile
import threading
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

from benchmarks.verdicts import Verdict
from copper_sandbox import Sandbox, Store

PEOPLE = 200
PROCESSES = 2
PATIENCE = 300.0  # seconds until somebody who has no page by then has waited in vain


def measured(*, people: int = PEOPLE, cache_url: str = "") -> Counter[str]:
    """The same, of a server as it ships (gunicorn.conf.py, two processes), where nobody logs in."""
    from tests import server

    store = Store.generate(tickets=120, days=30, seed=7)
    with tempfile.TemporaryDirectory(prefix="copper-tickets-same-page-") as folder, Sandbox(store) as sandbox:
        env = server.environment(
            Path(folder),
            ALLOWED_HOSTS="localhost",
            LOG_LEVEL="ERROR",  # no lines between the tables
            COPPER_API_URL=sandbox.url,
            COPPER_CACHE_SECONDS="3600",  # however long the machine takes for all these pages
            COPPER_READ_TIMEOUT="120",
            LOGIN_REQUIRED="false",
            TEST_PATIENT="yes",
            WEB_WORKERS=str(PROCESSES),
            **({"CACHE_URL": cache_url} if cache_url else {}),
        )
        server.migrate(env)
        with server.gunicorn(env) as site:
            return asked_for_one_page(sandbox, site.port, "/tickets/", people=people)


def verdicts(*, people: int = PEOPLE) -> list[Verdict]:
    """What issue 16 wants of it; measured with a Redis where there is one."""
    from tests import redis_server

    line = f"8. {people} times the same page at once: requests"
    found = [Verdict(f"{line}, without Redis", f"{PROCESSES} processes", _most(people, ""), PROCESSES)]
    if redis_server.answers():
        found.append(Verdict(f"{line}, with Redis", f"{PROCESSES} processes", _most(people, redis_server.URL), 1))
    return found


def _most(people: int, cache_url: str) -> int:
    return max(measured(people=people, cache_url=cache_url).values())


def asked_for_one_page(
    sandbox: Sandbox, port: int, path: str, *, people: int = PEOPLE, host: str = "localhost"
) -> Counter[str]:
    """Let so many people open `path` at once on the server on `port`; give the requests to `sandbox` by their paths.

    None is answered by the sandbox before all have asked. Raises ValueError where somebody was not shown a page.
    """
    all_have_asked = threading.Event()

    def until_then(_asked: object) -> None:
        all_have_asked.wait(PATIENCE)

    sandbox.ledger.clear()
    sandbox.script(until_then)
    request = f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode()
    with ExitStack() as stack:
        stack.callback(sandbox.unscript)
        stack.callback(all_have_asked.set)
        connections = []
        for _ in range(people):
            connections.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=PATIENCE)))
            connections[-1].sendall(request)
        all_have_asked.set()
        statuses = Counter(_status(connection) for connection in connections)
    if statuses != {"200": people}:
        raise ValueError(f"not everybody was shown a page: {dict(statuses)}")
    return Counter(entry.path.removeprefix("/v1") for entry in sandbox.ledger)


def _status(connection: socket.socket) -> str:
    """Read all of an answer; give its status."""
    raw = b"".join(iter(lambda: connection.recv(65_536), b""))
    return raw.split(b" ", 2)[1].decode() if b" " in raw else "nothing"
