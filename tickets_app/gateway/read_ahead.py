"""Who of this process asks for the page after one that is read: only the last who showed a page of that search."""

import threading
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Turn:
    """One page's turn to read ahead: over once another page of the same search is asked for."""

    _turns: "dict[str, Turn]" = field(repr=False)
    _lock: threading.Lock = field(repr=False)
    _search: str

    @property
    def goes_on(self) -> bool:
        """Whether nobody came after this one."""
        return self._turns.get(self._search) is self

    def end(self) -> None:
        """Forget it, if nobody came after."""
        with self._lock:  # whoever comes just now stays
            if self.goes_on:
                del self._turns[self._search]


class ReadAhead:
    """The turns of this process, one for each search."""

    def __init__(self) -> None:
        """Nobody reads ahead."""
        self._turns: dict[str, Turn] = {}
        self._lock = threading.Lock()

    def begin(self, search: str) -> Turn:
        """A page of a search is asked for: whoever read ahead for it before begins nothing more."""
        with self._lock:
            turn = self._turns[search] = Turn(self._turns, self._lock, search)
        return turn
