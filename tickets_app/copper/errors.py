"""What can go wrong with Copper, as facts. What a person is told about it stands in `tickets_app/display/failures.py`."""

from dataclasses import dataclass, field
from enum import StrEnum


class Kind(StrEnum):
    """Named by what the caller does next, not by where it happened."""

    TIMEOUT = "timeout"  # no whole answer before the deadline
    UNREACHABLE = "unreachable"  # refused, no such host, connection broken, body broken off
    CERTIFICATE = "certificate"  # TLS failed: never retried, never switched off
    REDIRECTED = "redirected"  # a 3xx: the base URL is wrong; never followed
    RATE_LIMITED = "rate_limited"  # 429
    UNAUTHORIZED = "unauthorized"  # 401: our key is refused
    FORBIDDEN = "forbidden"  # 403: our key may not read this
    NOT_FOUND = "not_found"  # 404
    REFUSED = "refused"  # any other 4xx: what we asked for is wrong; `param` may say which part
    SERVER = "server"  # 5xx, what passes (PASSING), or a status that has no meaning here
    UNREADABLE = "unreadable"  # an answer that is not the JSON the documentation promises
    TOO_LARGE = "too_large"  # more than we are willing to read
    BUSY = "busy"  # every slot of ours stayed in use until the deadline; Copper was not asked
    FAILING = "failing"  # Copper failed too often just now; not asked again before the next probe (see `since`)
    STUCK = "stuck"  # the list contradicts itself: it does not advance, or says "more" and gives none


# What may be over soon: a fault of Copper's, or of what stands in front of it (520 to 530 are Cloudflare's). All else that is no
# 2xx is final: it would be the same the next time. The one table of it: the client asks again by it, and long runs outlast it.
PASSING = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 530})


@dataclass(eq=False)
class CopperError(Exception):
    """One failed operation. `str(error)` is safe to log: it never holds the key, a URL's query or an upstream body."""

    kind: Kind
    detail: str = ""  # for engineers, e.g. "ReadTimeout after 2 attempts"
    status: int | None = None  # Copper's HTTP status, where there was one
    code: str | None = None  # Copper's `code`
    param: str | None = None  # Copper's `param`: the parameter at fault
    message: str | None = None  # Copper's `message`, untrusted text, at most 300 characters
    request_id: str | None = None
    retry_after: float | None = None  # seconds Copper asked us to wait (or our own estimate)
    asked_pause: float | None = None  # what it asked for, where that is longer than we believe
    since: float | None = None  # for FAILING: epoch seconds of the first failure in the row
    attempts: int = field(default=1)

    def __str__(self) -> str:
        """Give kind, status, code and request id in one line."""
        named = {"status": self.status, "code": self.code, "param": self.param, "request": self.request_id}
        facts = [f"{name} {value}" for name, value in named.items() if value is not None]
        return ", ".join([str(self.kind), *([self.detail] if self.detail else []), *facts])
