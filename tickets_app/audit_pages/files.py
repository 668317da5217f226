"""The audit trail as a file: CSV that no spreadsheet takes for formulas, or a line of JSON an event; its end is marked."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from django.db.models import QuerySet

from audit.models import Event
from tickets_app.database import read_within
from tickets_app.display.spreadsheet_text import neutral

PAGE = 1000  # events read at once: no transaction stays open while a slow reader takes them
WAIT = 30.0  # seconds that those may take: a rare kind is looked for in all of the table
NAMES = ("id", "at", "kind", "user_id", "user_name", "address", "request_id", "subject", "facts")


class _Echo:
    """What csv writes to: it gets its line back."""

    def write(self, text: str) -> str:
        return text


def csv_rows(events: Iterable[Event]) -> Iterator[str]:
    """A header, and a line an event."""
    write: Callable[[Iterable[object]], str] = csv.writer(_Echo()).writerow
    yield write(NAMES)
    for event in events:
        values = _values(event)
        values["facts"] = json.dumps(values["facts"], ensure_ascii=False, sort_keys=True)
        yield write([neutral(value) if isinstance(value, str) else value for value in values.values()])


def csv_end(words: str) -> str:
    """The last line."""
    return f"{words}\r\n"


def ndjson_rows(events: Iterable[Event]) -> Iterator[str]:
    """A line an event."""
    for event in events:
        yield json.dumps(_values(event)) + "\n"


def ndjson_end(words: str) -> str:
    """The last line."""
    return json.dumps({"end": words}) + "\n"


# Format: content type, rows, end.
FORMATS = {
    "csv": ("text/csv; charset=utf-8", csv_rows, csv_end),
    "ndjson": ("application/x-ndjson", ndjson_rows, ndjson_end),
}


def lines(events: QuerySet[Event], file_format: str, done: Callable[[int, bool], None]) -> Iterator[str]:
    """The file. Its last line says whether it is complete; `done(rows, complete)` is called at the end in any case."""
    _, rows_of, end_of = FORMATS[file_format]
    counted = _Counted(events)
    complete = False
    try:
        yield from rows_of(counted)
        complete = True
        yield end_of(f"END: complete, {counted.rows} rows")
    except Exception:
        yield end_of(f"INCOMPLETE after {counted.rows} rows")
        raise
    finally:
        done(counted.rows, complete)


class _Counted:
    """The events page by page, newest first, counted."""

    def __init__(self, events: QuerySet[Event]) -> None:
        self._events, self.rows = events, 0

    def __iter__(self) -> Iterator[Event]:
        rest = self._events
        while page := _page(rest):
            for event in page:
                self.rows += 1
                yield event
            rest = self._events.filter(id__lt=page[-1].id)


def _page(events: QuerySet[Event]) -> list[Event]:
    return read_within(WAIT, lambda: list(events[:PAGE]))


def _values(event: Event) -> dict[str, Any]:
    return {name: getattr(event, name) for name in NAMES} | {"at": event.at.isoformat().replace("+00:00", "Z")}
