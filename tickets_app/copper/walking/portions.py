"""Stretches of time with so many rows, and portions of a time that one request each is expected to cover."""

from collections.abc import Iterator
from dataclasses import dataclass

from tickets_app.copper.query import MAX_LIMIT

GROUP = 10  # rows counted together: fine enough to fill a request to nine tenths behind any edge
ROOM = 80  # rows that a request may be expected to find where a part of them is only estimated


@dataclass(frozen=True, slots=True)
class Stretch:
    """From `start` (included) to `end` (not included), in microseconds since 1970, lie `count` rows.

    `below` is the time of the next older row, where it is known: nothing lies between it and `start`. Where the rows were
    not listed but searched, their number is not `sure`.
    """

    start: int
    end: int
    count: int
    below: int | None = None
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Portion:
    """A part of the time that one request is expected to cover, or one that nothing is known of (`counted` is false)."""

    low: int
    high: int
    rows: float | None  # expected; None where not even a guess is possible
    counted: bool


class Portions:
    """Gathers stretches, newest first, into portions of at most one request's rows."""

    def __init__(self, high: int) -> None:
        """Begin at `high`."""
        self.portions: list[Portion] = []
        self.at = self._high = high
        self._rows, self._counted = 0.0, True

    def add(self, start: int, count: int) -> None:
        """So many rows were counted from `start` to here."""
        most = MAX_LIMIT if self._counted else ROOM
        if self._rows and self._rows + count > most:
            self.close()
        self._rows += count
        self.at = start

    def gap(self, start: int, rows: float | None) -> None:
        """Nothing is known from `start` to here; a little of that can be looked at along with its neighbours."""
        if rows is not None and self._rows + rows <= ROOM:
            self._counted = False
            self._rows += rows
            self.at = start
            return
        self.close()
        self.portions.append(Portion(start, self.at, rows, counted=False))
        self.at = self._high = start

    def close(self) -> None:
        """End the portion here."""
        if self.at < self._high:
            self.portions.append(Portion(self.at, self._high, self._rows, counted=self._counted))
        self._high, self._rows, self._counted = self.at, 0.0, True


def grouped(times: list[int], end: int, *, low: int | None, more: bool) -> Iterator[Stretch]:
    """Group times, newest first, at places where one is older than the one before.

    Where the list goes on, the last rows of one time may not be all of them: they are left out.
    """
    whole, below = (times[: times.index(times[-1])], times[-1]) if more and times else (times, None)
    rows = 0
    for at, older in zip(whole, [*whole[1:], below], strict=False):
        rows += 1
        if older == at:
            continue
        if rows >= GROUP or older == below:
            yield Stretch(at, end, rows, older)
            rows, end = 0, at
    if not more and low is not None and low < end:
        yield Stretch(low, end, rows)
