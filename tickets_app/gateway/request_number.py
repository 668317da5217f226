"""The number of the request in hand: in the logs, in the answer, on the error page, and sent to Copper."""

import re
import secrets
from contextvars import ContextVar

HEADER = "X-Request-Id"
_USABLE = re.compile(r"[A-Za-z0-9-]{8,64}", re.ASCII)  # fits a log line, a header and a page as it is

# Set by the middleware in dashboard/operations. Threads do not inherit it: whoever starts one hands it over.
request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


def number_for(given: str | None) -> str:
    """The number that came with a request (from a proxy, say) where it is a usable one, else a new one."""
    return given if given and _USABLE.fullmatch(given) else secrets.token_hex(8)
