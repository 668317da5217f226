"""A Copper that wants a pause of an hour in the middle of what is read to its end."""

import threading

from copper_sandbox import Fault, Sandbox


def pausing_after_a_page(sandbox: Sandbox, status: int) -> threading.Event:
    """Let it answer one request for tickets, and to all others say this status and wait an hour; set once it said so."""
    said, asked = threading.Event(), []

    def script(entry):
        if not entry.path.endswith("/tickets"):
            return None
        asked.append(entry)
        if len(asked) == 1:
            return None
        said.set()
        return Fault(status, {"Retry-After": "3600"})

    sandbox.script(script)
    return said
