"""What reached the sandbox: one entry a request."""

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Entry:
    """One request, and what the sandbox did for it."""

    method: str
    raw_path: str  # as it stood in the request line, without the query
    path: str  # decoded
    params: tuple[tuple[str, str], ...]
    account: str | None
    request_id: str | None
    at: float = field(default_factory=time.monotonic)
    status: int | None = None  # None: no answer was given
    rows: int = 0  # rows that the database query returned
    last_row: str | None = None  # the id of the last of them
    in_flight: int = 0  # requests under way, this one included

    @property
    def query(self) -> dict[str, str]:
        """The parameters by name."""
        return dict(self.params)


class Ledger:
    """The entries so far; safe to read while requests come in."""

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._lock = threading.Lock()
        self._in_flight = 0
        self.max_in_flight = 0

    def open(self, entry: Entry) -> None:
        """A request came in."""
        with self._lock:
            self._in_flight += 1
            self.max_in_flight = max(self.max_in_flight, self._in_flight)
            entry.in_flight = self._in_flight
            self._entries.append(entry)

    def close(self) -> None:
        """A request is done."""
        with self._lock:
            self._in_flight -= 1

    @property
    def in_flight(self) -> int:
        """Requests under way."""
        return self._in_flight

    def clear(self) -> None:
        """Forget what came in so far."""
        with self._lock:
            self._entries.clear()
            self.max_in_flight = self._in_flight

    def __len__(self) -> int:
        return len(self._entries)

    def __iter__(self) -> Iterator[Entry]:
        with self._lock:
            return iter(list(self._entries))

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]
