"""What Copper is asked when many people open the same page at the same moment."""

import socket
import threading
from collections import Counter
from contextlib import ExitStack

from copper_sandbox import Sandbox

PEOPLE = 200
PATIENCE = 300.0  # seconds until somebody who has no page by then has waited in vain


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
