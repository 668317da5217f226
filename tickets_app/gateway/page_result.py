"""What one page request learned of a list: steps folded into rows that are final, and what is left."""

from dataclasses import dataclass, replace
from datetime import datetime

from tickets_app.copper.errors import CopperError
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Row, Ticket, Unreadable, cursor_at
from tickets_app.copper.walking.walk import Step


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one page request learned. All of it is final; what is not known yet lies in `rest`.

    `rest` goes on exactly behind the rows (after a failure: at the place that failed); None at the end of the list.
    `looked_to` is the time of the last row looked at, `looked_at` how many rows were (`counted`, or an estimate), and
    `leg_ends` is set where a search without a start has come to the end of what it looks at first. `pause` is for how many
    seconds Copper wants not to be asked. `exact` is the ticket whose id was searched for. `as_of` is when Copper gave the
    oldest answer used, and `skew` by how many seconds its clock was ahead of ours. `silent`: Copper failed so, and the
    rows are of `as_of`. `full` says that the page was not cut short by the time: it holds as many rows as fit, though a search
    leaves a step of its walk whole rather than fill up the last few.
    """

    rows: tuple[Row, ...] = ()
    rest: TicketQuery | None = None
    looked_to: Moment | None = None
    looked_at: int = 0
    counted: bool = True
    leg_ends: Moment | None = None
    failure: CopperError | None = None
    pause: float | None = None
    exact: Ticket | None = None
    replaced: bool = False
    full: bool = False
    as_of: datetime | None = None
    skew: float = 0.0
    silent: CopperError | None = None

    @property
    def unreadable(self) -> int:
        """How many rows were no tickets."""
        return sum(isinstance(row, Unreadable) for row in self.rows)


def fold(outcome: Outcome, step: Step, query: TicketQuery) -> Outcome:
    """Add the rows of one more step."""
    rows = step.rows + outcome.rows if query.goes_newer else outcome.rows + step.rows
    return Outcome(
        rows=rows,
        rest=replace(step.rest, limit=query.limit) if step.rest else None,
        looked_to=step.looked_to or outcome.looked_to,
        looked_at=outcome.looked_at + (step.looked_at or 0),
        counted=outcome.counted and step.counted and (step.looked_at is not None or step.failure is not None),
        failure=step.failure,
        replaced=outcome.replaced or step.replaced,
    )


def cut(outcome: Outcome, query: TicketQuery) -> Outcome:
    """Keep `limit` rows in the direction of travel; the rest of the window is looked at again by the next page."""
    travelled = outcome.rows[::-1] if query.goes_newer else outcome.rows
    kept = travelled[: query.limit]
    tickets = tuple(row for row in kept if isinstance(row, Ticket))
    if len(kept) == len(travelled) or not tickets:
        return outcome
    cursor = cursor_at(tickets)
    rows = kept[::-1] if query.goes_newer else kept
    return replace(outcome, rows=rows, rest=query.beyond(cursor), looked_to=cursor.created, failure=None, counted=False)
