"""Log lines as JSON on standard output, one a record: no line can be forged, and neither key nor search text gets through."""

import base64
import json
import logging
import os
import re
import select
from contextlib import suppress
from datetime import UTC, datetime
from functools import lru_cache
from typing import IO

from django.conf import settings

from tickets_app.gateway import request_number

REMOVED = "[removed]"
PATIENCE = 0.5  # seconds that a line waits for whoever reads the log
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
    """Standard output, which fails no page and holds none up: one that is closed, or full, or a pipe that nobody reads.

    Python's own report of an error would show what was logged. Whoever reads on is told how many lines were lost.
    """

    def __init__(self, stream: IO[str] | None = None) -> None:
        super().__init__(stream)
        self._lost = 0
        self._torn = False  # the line before was sent in part

    def emit(self, record: logging.LogRecord) -> None:
        """Write its line, if somebody takes it: waited for is once, until lines are taken again."""
        try:
            target = self.stream.fileno()
        except (OSError, ValueError, AttributeError):  # no file: a text in memory, or closed
            return super().emit(record)
        try:
            if self._lost and self._writes(target, _lost(self._lost), 0):
                self._lost = 0
            if self._lost or not self._writes(target, record, PATIENCE):
                self._lost += 1
        except Exception:  # as in logging's own handlers: whatever fails, the caller goes on
            self.handleError(record)
        return None

    def _writes(self, target: int, record: logging.LogRecord, patience: float) -> bool:
        """Say whether somebody took its line. In pieces so small that each goes as a whole where it goes at all."""
        line = f"{chr(10) if self._torn else ''}{self.format(record)}{self.terminator}".encode()
        for begin in range(0, len(line), select.PIPE_BUF):
            if not _takes(target, patience):
                self._torn = self._torn or begin > 0
                return False
            piece = line[begin : begin + select.PIPE_BUF]
            if not self._written(target, piece):
                self._torn = True  # by this process or, in the same file, by another one
                return False
        self._torn = False
        return True

    def _written(self, target: int, piece: bytes) -> bool:
        """Write a piece; False where all of it does not fit, as on a disk that is full."""
        with suppress(OSError):
            self.flush()  # what a command has printed before comes before
            return os.write(target, piece) == len(piece)
        return False

    def handleError(self, record: logging.LogRecord) -> None:
        """Go on without the line."""


def _takes(target: int, seconds: float) -> bool:
    """Whether something can be written there without a wait, within so many seconds."""
    poll = select.poll()
    poll.register(target, select.POLLOUT)
    return bool(poll.poll(1000 * seconds))


def _lost(lines: int) -> logging.LogRecord:
    words = f"{lines} lines of this log were lost: nobody took them"
    return logging.LogRecord(__name__, logging.WARNING, __file__, 0, words, None, None)
