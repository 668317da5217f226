"""An export: everything that matches as a file that is complete, or says in its last line that it is not and breaks off."""

import hashlib
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path as FilePath

from tickets_app.copper.errors import CopperError
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Row, Ticket
from tickets_app.copper.walking.walk import Step
from tickets_app.display.property_paths import Path
from tickets_app.display.values import MAX_DETAIL, plain
from tickets_app.export import room
from tickets_app.export.writers import Lines, Notes, Workbook
from tickets_app.filters import links
from tickets_app.gateway import shutdown, whole_list
from tickets_app.gateway.server_timing import timed
from tickets_app.long_runs.progress import Run, State

TELL_EVERY = 1.0  # seconds between two words on how far it is
TOO_SLOW = "It was read too slowly while others waited. Go on from there over a better line."

FAILED = "The server failed for a reason of its own, which its log says. No file was made."

Words = Callable[[CopperError], str]


class BrokenOffError(Exception):
    """The file is not complete: the server closes the connection without an end, so that the transfer counts as failed."""

    is_meant = True  # for the server's log (dashboard/operations/server_log.py): no defect, and the trail says why


class EndedError(Exception):
    """It ended before anything came: nobody waits for it any more. The message is for a person."""


class Export:
    """One export under way, and what became of it. Whoever takes its rows sees each batch when it is final."""

    def __init__(
        self,
        query: TicketQuery,
        file_format: str,
        *,
        columns: tuple[Path, ...] = (),
        notes: Notes | None = None,
        words: Words = str,
        tell: Callable[[Run], object] = lambda run: None,
        cancelled: Callable[[], bool] = lambda: False,
        left: Callable[[], bool] = lambda: False,
        takes: Callable[[int, Callable[[], bool]], bool] = lambda sent, ended: True,
    ) -> None:
        """Wait for the first rows. Raises CopperError where not even those could be had. No `columns`: all properties.

        `words` puts a failure into words for a person; `tell` is told about once a second how far it is, and at the end.
        `cancelled` and `left` say that nobody waits for it any more; Raises EndedError where they do so before the first rows.
        `takes` waits until the reader can take more (Reader.takes), and says whether they can.
        """
        self._columns, self._notes = columns, notes
        self._query, self._format, self._words, self._tell = query, file_format, words, tell
        self._cancelled, self._left, self._takes = cancelled, left, takes
        self._began, self._told = time.time(), time.monotonic()
        self.rows = self._unreadable = self._size = 0
        self.state, self._failure = State.RUNNING, None  # type: State, str | None
        self._newest: str | None = None
        self._oldest: str | None = None
        self._looked_to: str | None = None
        self._rest: TicketQuery | None = query
        self._sha256: str | None = None
        self._why_ended: tuple[State, str] | None = None
        self._walk = whole_list.steps(query, gone=self._nobody_waits)
        self._steps = timed(self._walk)
        first = next(self._steps, None)
        if first is None:
            state, why = self._why_ended or self._stopped_by_server
            self._end(state, why)
            raise EndedError(why)
        if first.failure:
            self._walk.close()
            self._end(State.INCOMPLETE, words(first.failure))
            raise first.failure
        self._first = first
        self._report()

    def batches(self, room: int | None = None) -> Iterator[tuple[Row, ...]]:
        """The rows in order; afterwards `state` is no longer RUNNING unless all are there. `room`: rows a file can hold."""
        for step in chain([self._first], self._steps):
            if end := self._end_before(step, room):
                return self._stop(*end)
            self._count(step)
            if step.rows:
                yield step.rows
            if end := self._end_after():
                return self._stop(*end)
        if self._rest is not None:  # it ended while nothing came
            self._stop(*(self._why_ended or self._stopped_by_server))
        return None

    def _end_before(self, step: Step, room: int | None) -> tuple[State, str] | None:
        """Why the file ends without this step's rows, if it does."""
        if room is not None and self.rows + len(step.rows) > room:
            return State.INCOMPLETE, f"An Excel sheet holds no more than {room:,} tickets."
        if step.failure:
            return self._stopped_by_server if shutdown.begun() else (State.INCOMPLETE, self._words(step.failure))
        if not self._takes(self._size, self._nobody_waits):
            return self._why_ended or (State.INCOMPLETE, TOO_SLOW)
        return None

    def _end_after(self) -> tuple[State, str] | None:
        """Why nothing more is looked for, if so. Says how far it is when that is due."""
        if shutdown.now():
            return self._stopped_by_server
        if time.monotonic() - self._told >= TELL_EVERY:
            self._report()
            if self._nobody_waits():
                return self._why_ended
        return None

    _stopped_by_server = (State.LEFT, "The server was stopped or renewed meanwhile. Go on from there.")

    def _nobody_waits(self) -> bool:
        """Whether this ends, and why; asked while nothing comes, too."""
        if shutdown.now():
            self._why_ended = self._stopped_by_server
        elif self._cancelled():
            self._why_ended = State.CANCELLED, "It was cancelled."
        elif self._left():
            self._why_ended = State.LEFT, "The browser left."
        return self._why_ended is not None

    def _count(self, step: Step) -> None:
        self._rest = step.rest
        self.rows += len(step.rows)
        tickets = [row for row in step.rows if isinstance(row, Ticket)]
        self._unreadable += len(step.rows) - len(tickets)
        if times := [created for one in tickets if (created := one.properties.get("created"))]:
            self._newest = self._newest or plain(times[0], MAX_DETAIL)
            self._oldest = plain(times[-1], MAX_DETAIL)
        if step.looked_to:
            self._looked_to = str(step.looked_to)

    def _stop(self, state: State, words: str) -> None:
        self.state, self._failure = state, words

    def stream(self, lines: Lines) -> Generator[bytes, None, None]:
        """The file. Raises BrokenOffError after its last line where it is not complete."""
        digest = hashlib.sha256()

        def sent(part: bytes) -> bytes:
            digest.update(part)
            self._size += len(part)
            return part

        try:
            batches = self.batches()
            first = next(batches, ())
            yield sent(lines.begin(first) + lines.rows(first))
            for batch in batches:
                yield sent(lines.rows(batch))
            if self.state is not State.RUNNING:
                yield lines.incomplete(self.rows)
                raise BrokenOffError(f"after {self.rows} rows")
            self._sha256 = digest.hexdigest()
            self._end(State.COMPLETE)
        finally:
            self.close()

    def workbook(self, path: FilePath) -> bool:
        """Write an Excel file, and say whether there is one to be sent. Afterwards `state` says what became of it.

        Only where Excel holds no more is there a file that is not complete, and its last row says so.
        """
        try:
            room.check(path.parent)
            with closing(Workbook(path, self._columns, notes=self._notes)) as book:
                self._fill(book, path.parent)
        except Exception as error:
            if not room.is_lack_of_it(error):
                raise
            self._stop(State.INCOMPLETE, room.WORDS)
            return False
        full = self.state is State.INCOMPLETE and self.rows > Workbook.room - 100
        return full or self.state is State.RUNNING

    def _fill(self, book: Workbook, folder: FilePath) -> None:
        batches = self.batches(Workbook.room)
        first = next(batches, ())
        book.begin(first)
        for batch in chain([first], batches):
            book.rows(batch)
            room.check(folder)
        if self.state is State.INCOMPLETE:
            book.incomplete(self.rows)

    def broke_off(self) -> None:
        """A file on the disk that was done could not be sent whole."""
        self._end(State.INCOMPLETE, TOO_SLOW)

    def finish(self, path: FilePath | None = None) -> None:
        """A file on the disk is done."""
        if path:
            self._size = path.stat().st_size
            with path.open("rb") as file:
                self._sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        if self.state is State.RUNNING:
            self.state = State.COMPLETE
        self.close()

    def failed(self) -> None:
        """A file on the disk could not be made, by a mistake of ours: there is nothing to go on from."""
        self._rest = self._query
        self._stop(State.INCOMPLETE, FAILED)
        self.close()

    def close(self) -> None:
        """Nothing more is asked of Copper; say what became of it."""
        self._walk.close()
        if self.state is State.RUNNING:
            self._stop(State.LEFT, "The browser or the server ended the transfer.")
        self._end(self.state, self._failure)

    def _end(self, state: State, words: str | None = None) -> None:
        self.state, self._failure = state, words
        self._report()

    def _report(self) -> None:
        self._told = time.monotonic()
        self._tell(self.run)

    @property
    def complete(self) -> bool:
        """Whether every ticket that matches is in the file."""
        return self.state is State.COMPLETE

    @property
    def failure(self) -> str | None:
        """What happened, in words, where it is not complete."""
        return self._failure

    @property
    def run(self) -> Run:
        """How far it is."""
        low, high = self._query.low, self._query.high
        ended_early = self.state not in {State.RUNNING, State.COMPLETE}
        rest = links.export_query(self._rest, columns=self._columns) if ended_early and self._rest else None
        rest = f"{rest}&notes=1" if rest and self._notes else rest
        return Run(
            state=self.state,
            file_format=self._format,
            began=self._began,
            at=time.time(),
            rows=self.rows,
            unreadable=self._unreadable,
            looked_to=self._looked_to,
            low=str(low) if low else None,
            high=str(high) if high else None,
            newest=self._newest,
            oldest=self._oldest,
            sha256=self._sha256,
            size=self._size,
            failure=self._failure,
            rest=rest,
        )
