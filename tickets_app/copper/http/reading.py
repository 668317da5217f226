"""From Copper's bytes to JSON or to facts about a failure. Trusts nothing that came over the wire."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from tickets_app.copper import numbers
from tickets_app.copper.errors import PASSING, CopperError, Kind

MAX_MESSAGE = 300  # characters of Copper's message that are kept
_KINDS = {401: Kind.UNAUTHORIZED, 403: Kind.FORBIDDEN, 404: Kind.NOT_FOUND, 429: Kind.RATE_LIMITED}
_REQUEST_ID_HEADERS = ("Copper-Request-Id", "X-Request-Id", "Request-Id")
_SECONDS = re.compile(r"\d{1,30}", re.ASCII)  # an endless row of digits is no number that anybody means


def parse_json(body: bytes) -> tuple[object, str]:
    """Parse strictly: UTF-8 without a mark, no NaN, no repeated keys, no absurd numbers or depths. Give the text as well.

    Raises CopperError.
    """
    try:
        text = body.decode("utf-8")
        return numbers.loads(text), text
    except (ValueError, RecursionError) as error:
        # The error's text would quote the body: only its kind is kept, and no cause that holds it.
        raise CopperError(Kind.UNREADABLE, f"not JSON ({type(error).__name__}, {len(body)} bytes)") from None


def failure_of(status: int, headers: Mapping[str, str], body: bytes) -> CopperError:
    """Turn an answer that is no 200 into facts. Whatever the body is, this works."""
    if 300 <= status < 400:
        return CopperError(Kind.REDIRECTED, status=status, request_id=request_id(headers))
    attributes = _attributes(body)
    default = Kind.REFUSED if 400 <= status < 500 and status not in PASSING else Kind.SERVER
    return CopperError(
        Kind.UNREADABLE if 200 < status < 300 else _KINDS.get(status, default),
        status=status,
        code=_text(attributes.get("code"), 100),
        param=_text(attributes.get("param"), 100),
        message=_text(attributes.get("message"), MAX_MESSAGE),
        request_id=request_id(headers),
        retry_after=retry_after(headers),
    )


def _attributes(body: bytes) -> Mapping[str, object]:
    """The documented attributes, under `error` or at the top level; none for anything else."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    inner = found.get("error") if isinstance(found, dict) else None
    if isinstance(inner, dict):
        return inner
    return found if isinstance(found, dict) else {}


def _text(value: object, length: int) -> str | None:
    return value[:length].encode("utf-8", "replace").decode() if isinstance(value, str) else None


def request_id(headers: Mapping[str, str]) -> str | None:
    """Copper's number for the request: printable ASCII, at most 100 characters."""
    found = next((headers[name] for name in _REQUEST_ID_HEADERS if headers.get(name)), None)
    return re.sub(r"[^!-~]", "", found)[:100] or None if found else None


def date_of(headers: Mapping[str, str]) -> datetime | None:
    """Copper's own time, from its `Date` header."""
    return _http_date(headers.get("Date", ""))


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that `Retry-After` asks for; None where it says nothing that can be followed.

    A date is measured against Copper's own `Date`, so a clock that is wrong does not matter.
    """
    text = headers.get("Retry-After", "").strip()
    if _SECONDS.fullmatch(text):
        return float(text)
    until = _http_date(text)
    if until is None:
        return None
    return max(0.0, (until - (date_of(headers) or datetime.now(UTC))).total_seconds())


def _http_date(text: str) -> datetime | None:
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
