"""What searches learned of how many tickets lie where, for the searches after them: in this process, and for the others."""

import threading
from collections import OrderedDict
from dataclasses import dataclass, field

from tickets_app.copper.walking.census import Census
from tickets_app.gateway.cache import Shelf

KEPT = 86_400.0  # seconds; the past hardly changes, and what did costs a request (see census.py)
MOST_LISTS = 64  # lists (a location's, or all) that this process remembers


@dataclass(slots=True)
class _Entry:
    census: Census = field(default_factory=Census)
    text: str | None = None  # as it was last read or written


class Counts:
    """A census for each list. Those of one process share it while they search; others see it when a search is done."""

    def __init__(self, shelf: Shelf) -> None:
        """`shelf`: where other processes find it."""
        self._shelf, self._lock = shelf, threading.Lock()
        self._entries: OrderedDict[str, _Entry] = OrderedDict()

    def of(self, key: str) -> Census:
        """Give the census of a list, with what other processes learned since."""
        entry = self._entry(key)
        text = self._shelf.get(key)
        if text is not None and text != entry.text:
            entry.text = text
            entry.census.merge(Census.load(text))
        return entry.census

    def keep(self, key: str) -> None:
        """Let others know what is known now."""
        entry = self._entry(key)
        text = entry.census.dump()
        if text != entry.text:
            entry.text = text
            self._shelf.put(key, text, KEPT)

    def _entry(self, key: str) -> _Entry:
        with self._lock:
            entry = self._entries.setdefault(key, _Entry())
            self._entries.move_to_end(key)
            while len(self._entries) > MOST_LISTS:
                self._entries.popitem(last=False)
            return entry
