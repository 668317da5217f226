"""How long the request in hand had stood before there was a thread for it: its reader waited then, too."""

from contextvars import ContextVar

# Set by the server's worker (dashboard/worker.py). Threads do not inherit it: what they do is not waited for by the reader.
seconds: ContextVar[float] = ContextVar("stood", default=0.0)
