"""What a page says of the link that it was opened by: when its sender looked, and what is new since."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import Row, Ticket
from tickets_app.filters import times
from tickets_app.sent_links.what_was_seen import BadWitnessError, Witness, account, mark, mode, opened

CHANGED = (
    "This link was changed on its way, or made by another installation: what its sender saw cannot be told. "
    "Here is what the rest of the address asks for."
)


@dataclass(frozen=True, slots=True)
class Sent:
    """The parameter as it came, and what it says; nothing where it was changed."""

    sealed: str
    witness: Witness | None

    @classmethod
    def read(cls, sealed: str, what: str) -> Self | None:
        """Read the parameter of the address of `what`; None where there is none."""
        if not sealed:
            return None
        try:
            return cls(sealed, opened(sealed, what))
        except BadWitnessError:
            return cls(sealed, None)

    @property
    def elsewhere(self) -> str:
        """Why this is no link to what this dashboard shows now: another mode or account. Empty where it is."""
        seen = self.witness
        if seen is None or (seen.mode, seen.account) == (mode(), account()):
            return ""
        if seen.mode != mode():
            return f"It leads to {seen.mode.upper()} tickets. This dashboard shows {mode().upper()} ones now."
        return "Its sender saw another account of Copper’s, or this one by another key."

    def new(self, rows: Sequence[Row]) -> frozenset[str]:
        """The ids of the tickets that the sender did not see, though the link says that all there were seen."""
        seen = self.witness
        if seen is None:
            return frozenset()
        return frozenset(
            row.id
            for row in rows
            if isinstance(row, Ticket) and mark(row.id) not in seen.marks and _was_looked_at(seen, row)
        )

    def sentence(self, rows: Sequence[Row], now: datetime, *, whole: bool) -> str:
        """When and how many, and how many now; `whole`: whether `rows` are all there are."""
        seen = self.witness
        if seen is None:
            return CHANGED
        first = f"Seen {seen.count if seen.whole else f'the first {seen.count}'} on {self._when(seen, now)}"
        if not (whole and seen.whole):
            return f"{first}. What was not there then is marked “new”."
        new = len(self.new(rows))
        here = {mark(row.id) for row in rows if isinstance(row, Ticket)}
        gone = sum(one not in here for one in seen.marks)
        if not new and not gone:
            return f"{first}; they are the same now."
        found = f"{first}; now {len(rows)}{_marked(new)}"
        return f"{found}. {gone} {'is' if gone == 1 else 'are'} no longer there." if gone else f"{found}."

    def of_ticket(self, text: str | None, now: datetime) -> str:
        """When a ticket was seen, and whether it is as it was; `text`: its JSON, None where what it is now is not known."""
        seen = self.witness
        if seen is None:
            return CHANGED
        first = f"Seen on {self._when(seen, now)}"
        if text is None:
            return f"{first}. Whether it has changed since cannot be told while Copper does not answer."
        return f"{first}; it is the same now." if seen.marks == (mark(text),) else f"{first}. It has changed since."

    def _when(self, seen: Witness, now: datetime) -> str:
        at = f"{seen.at.astimezone(seen.zone):%z}".replace("-", "−")
        short = times.show_short(Moment.of(seen.at), seen.zone, now, marked=False)
        return f"{short} {at[:3]}:{at[3:5]} ({seen.zone.key})"


def _was_looked_at(seen: Witness, ticket: Ticket) -> bool:
    """Whether a ticket that was there then would be among those that were seen."""
    if seen.whole:
        return True
    return bool(seen.down_to and ticket.created and ticket.created.microseconds > seen.down_to.microseconds)


def _marked(new: int) -> str:
    if not new:
        return ""
    return ", the new one is marked" if new == 1 else f", the {new} new ones are marked"
