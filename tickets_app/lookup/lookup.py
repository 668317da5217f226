"""A look-up: one walk over a stretch of time, without a search, that answers for many references; it can be gone on with."""

import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any, Self
from zoneinfo import ZoneInfo

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Row, Ticket
from tickets_app.copper.walking.walk import Step
from tickets_app.display import property_paths
from tickets_app.filters import links
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import read_query_string
from tickets_app.gateway import shared, shutdown, whole_list
from tickets_app.gateway.default_start import days_before
from tickets_app.gateway.receipt import Receipt, collected
from tickets_app.gateway.server_timing import timed
from tickets_app.long_runs.progress import Run, State
from tickets_app.lookup.answers import Answer, Answers

BUDGET = 20.0  # seconds one request may look: below the 45 that htmx waits and the 65 of the proxy (deploy/)
LEAVING = 0.4  # of it, in which nothing further on is begun: what is not final at the end is asked again
PART = 0.6  # of that, in which a part shall be walked: estimates of how many rows it has are off by as much
FIRST_PATIENCE = 1.0  # seconds that the failure of a very first request may come after its deadline
TELL_EVERY = 1.0  # seconds between two words on how far it is


@dataclass(frozen=True, slots=True)
class Listed:
    """The amounts of a list: for each reference its line and its cell. `property`: a path in tickets, as an address has it."""

    amounts: tuple[tuple[int, str], ...]
    property: str
    hundredths: bool = False  # of tickets: 1250 means 12.50


class Lookup:
    """Looks for references; `rest` is what is still to be looked through, None when all of it was."""

    def __init__(
        self, texts: tuple[str, ...], asked: TicketQuery, notes: tuple[str, ...] = (), listed: Listed | None = None
    ) -> None:
        """`asked`: the time and location, with a start; `notes`: what was done to read the references.

        `listed`: the amounts beside the references, and with what of a ticket to compare them.
        """
        self.listed = listed
        self.texts, self.asked, self.notes = texts, asked, notes
        self.rest: TicketQuery | None = asked
        self.began = time.time()
        self.looked_at = self.unreadable = 0
        self.looked_to: Moment | None = None
        self.receipt = Receipt()
        self._answers = Answers(texts, property_paths.parse_path(listed.property) if listed else None)

    def look(
        self,
        seconds: float | None = None,
        tell: Callable[[Run], object] = lambda run: None,
        cancelled: Callable[[], bool] = lambda: False,
        left: Callable[[], bool] = lambda: False,
    ) -> CopperError | None:
        """Go on for about so many seconds (BUDGET); give the failure that ended it, if one did. What was found stays in any case.

        `tell` is told about once a second how far it is, and `cancelled` asked as often whether to stop; `left`, which costs
        nothing, at each step whether nobody waits for it any more.
        """
        if self.rest is None:
            return None
        spell = _Spell(BUDGET if seconds is None else seconds)
        told = time.monotonic()
        with collected(self.receipt):
            steps = whole_list.steps(
                self.rest,
                patience=spell.patience,
                leaving=spell.leaving,
                leave_within=PART * LEAVING * spell.seconds,
                gone=lambda: shutdown.now() or left() or cancelled(),
            )
        for step in timed(steps):
            if step.failure:
                return step.failure
            spell.begun = True
            self._take(step)
            spell.stopped = spell.stopped or left()
            if time.monotonic() - told >= TELL_EVERY:
                told = time.monotonic()
                tell(self.run)
                spell.stopped = spell.stopped or cancelled()
        return None if spell.begun else CopperError(Kind.TIMEOUT, "nothing came in time", attempts=0)

    def _take(self, step: Step) -> None:
        self.rest = step.rest
        self.looked_at += len(step.rows)
        self.looked_to = step.looked_to or self.looked_to
        for row in step.rows:
            self._compare(row)

    def _compare(self, row: Row) -> None:
        if isinstance(row, Ticket):
            self._answers.compare(row)
        else:
            self.unreadable += 1

    def answer(self, text: str) -> Answer:
        """What is known of a reference."""
        return self._answers.of(text)

    @property
    def complete(self) -> bool:
        """Whether all that was asked for was looked through."""
        return self.rest is None

    def look_further_back(self) -> None:
        """Once all was looked through: ask for as many days more as a search without a start looks back."""
        low = self.asked.low
        if self.rest is not None or low is None:
            return
        start = days_before(low)
        older = replace(self.asked, created_gte=start, created_gt=None, created_lte=None, created_lt=low)
        if self.asked.created_gt is not None:  # tickets of that very time were not looked at
            older = replace(older, created_lte=low, created_lt=None)
        self.asked, self.rest = replace(self.asked, created_gte=start, created_gt=None), older
        self.looked_to = low

    @property
    def run(self) -> Run:
        """How far it is, for the page that waits."""
        low, high = self.asked.low, self.asked.high
        return Run(
            state=State.RUNNING,
            file_format="lookup",
            began=self.began,
            at=time.time(),
            rows=self.looked_at,
            looked_to=str(self.looked_to) if self.looked_to else None,
            low=str(low) if low else None,
            high=str(high) if high else None,
        )

    def dump(self) -> dict[str, Any]:
        """All of it as JSON values, for the page to carry."""
        return {
            "texts": self.texts,
            "notes": self.notes,
            "asked": links.export_query(self.asked),
            "rest": links.export_query(self.rest) if self.rest else None,
            "began": self.began,
            "looked_at": self.looked_at,
            "unreadable": self.unreadable,
            "looked_to": str(self.looked_to) if self.looked_to else None,
            "found": self._answers.dump(),
            "receipt": self.receipt.dump(),
            "listed": asdict(self.listed) if self.listed else None,
        }

    @classmethod
    def load(cls, state: Mapping[str, Any]) -> Self:
        """Read what `dump` gave. Raises LookupError, TypeError or ValueError for what another version gave."""
        texts, listed = tuple(state["texts"]), _listed(state.get("listed"))
        if listed and len(listed.amounts) != len(texts):
            raise ValueError("an amount for each reference")
        lookup = cls(texts, _query(state["asked"]), tuple(state["notes"]), listed)
        lookup.rest = None if state["rest"] is None else _query(state["rest"])
        lookup.began, lookup.looked_to = float(state["began"]), Moment.parse(state["looked_to"])
        lookup.looked_at, lookup.unreadable = int(state["looked_at"]), int(state["unreadable"])
        lookup._answers.load(state["found"])
        lookup.receipt = Receipt.load(state.get("receipt", [0]))  # an earlier version kept none
        return lookup


class _Spell:
    """How long one request may look."""

    def __init__(self, seconds: float) -> None:
        self._first, self._until = shared.whole_deadline(), Deadline.after(seconds)
        self.seconds, self._leaving = seconds, Deadline.after(seconds * (1 - LEAVING))
        self.begun = self.stopped = False

    def patience(self) -> float:
        """Seconds for which the next step may be waited for. The first may fail when its time is up: that is waited for."""
        if self.stopped:
            return 0.0
        return self._until.remaining() if self.begun else self._first.remaining() + FIRST_PATIENCE

    def leaving(self) -> bool:
        """Whether nothing further on shall be begun."""
        return self.begun and self._leaving.passed


def _listed(state: Mapping[str, Any] | None) -> Listed | None:
    if state is None:
        return None
    amounts = tuple((int(line), str(text)) for line, text in state["amounts"])
    return Listed(amounts, state["property"], bool(state["hundredths"]))


def _query(query_string: str) -> TicketQuery:
    form = TicketFilterForm(read_query_string(query_string), zone=ZoneInfo("UTC"), now=datetime.now(UTC))
    if not form.is_valid():
        raise ValueError("no query")
    return form.query
