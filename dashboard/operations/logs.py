"""Log lines as JSON on standard output, one a record: no line can be forged, and neither key nor search text gets through."""

import base64
import json
import logging
import re
from datetime import UTC, datetime
from functools import lru_cache

from django.conf import settings

from tickets_app.gateway import request_number

REMOVED = "[removed]"
MAX_TEXT = 20_000  # characters of one value; a deep traceback has about 10,000
# What people search for stands in queries of addresses, ours and Copper's. Any query goes, also one without a host.
_QUERY = re.compile(r"\?[^\s\"'<>\\]+")
# A search for something like an id also retrieves that id from Copper: urllib3 writes such paths at DEBUG.
_ID_ASKED = re.compile(r"(/tickets/)[^\s/?]+(?= HTTP/)")
_SEARCH = re.compile(r"(search_query(?:=|%3D|['\"]\s*[:,]\s*))(?:'[^']*'|\"[^\"]*\"|[^\s&'\"]*)")


def cleaned(text: str) -> str:
    """The text without the key, in any form it is sent in, and without queries."""
    for form in forms_of_key(settings.COPPER_API_KEY):
        text = text.replace(form, REMOVED)
    # Most texts have none of these, and to see that is quicker than to search for the whole.
    if "/tickets/" in text:
        text = _ID_ASKED.sub(rf"\1{REMOVED}", text)
    if "search_query" in text:
        text = _SEARCH.sub(rf"\1{REMOVED}", text)
    if "?" in text:
        text = _QUERY.sub(f"?{REMOVED}", text)
    return text[:MAX_TEXT]


@lru_cache(8)
def forms_of_key(key: str) -> tuple[str, ...]:
    """In which the key is sent."""
    return (base64.b64encode(f"{key}:".encode()).decode(), key) if key else ()


class JsonLine(logging.Formatter):
    """Makes one line of JSON of a record. `extra={"facts": {...}}` become properties of their own."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line, without its end. Everything outside ASCII is escaped: line ends of any kind, ESC, and the rest."""
        facts = getattr(record, "facts", None) or {}
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "event": cleaned(record.getMessage()),
            **({"request_id": number} if (number := _number(record)) else {}),
            **{name: _clean(value) for name, value in facts.items()},
        }
        if record.exc_info:
            line["exception"] = cleaned(self.formatException(record.exc_info))
        return json.dumps(line, ensure_ascii=True, default=str)


def _number(record: logging.LogRecord) -> str | None:
    """The number of the request, also where Django writes of it after it has left our middleware."""
    number: str | None = getattr(getattr(record, "request", None), "request_id", None)
    return number or request_number.request_id.get()


def _clean(value: object) -> object:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return {str(name): _clean(part) for name, part in value.items()}
    return value


class Output(logging.StreamHandler):  # type: ignore[type-arg] # Django's configuration makes it, without a type
    """Standard output. One that is closed or full must fail no page, and Python's own report would show what was logged."""

    def handleError(self, record: logging.LogRecord) -> None:
        """Go on without the line."""
