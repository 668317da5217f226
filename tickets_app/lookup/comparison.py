"""The amounts of a list beside those of the tickets that were found: same, differs, or why they are not compared."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tickets_app.lookup import amounts
from tickets_app.lookup.amounts import Amount, NoAmountError
from tickets_app.lookup.answers import Answer, Found
from tickets_app.lookup.lookup import Listed, Lookup


class Outcome(StrEnum):
    """What became of an amount."""

    SAME = "same"
    DIFFERS = "differs"
    UNCOMPARED = "uncompared"
    NO_TICKET = "no_ticket"  # not found, or not yet


AMOUNT_HEADER = ("amount_in_list", "amount_in_copper", "amount_difference", "amount_result")
_CHOICES = (
    (Outcome.DIFFERS, "Amount differs"),
    (Outcome.UNCOMPARED, "Amount not compared"),
    (Outcome.SAME, "Same amount"),
)


@dataclass(frozen=True, slots=True)
class Compared:
    """One line's amount: as it is in the list, what tickets have, Copper's less the list's, and that in words."""

    outcome: Outcome
    given: str
    copper: str
    difference: str
    words: str

    @property
    def cells(self) -> tuple[str, str, str, str]:
        """As AMOUNT_HEADER names them."""
        return self.given, self.copper, self.difference, self.words


@dataclass(frozen=True, slots=True)
class _Pair:
    listed: Amount
    copper: Decimal


class Comparison:
    """Of all lines. What was found so far is compared; a second ticket with a reference may still come."""

    def __init__(self, lookup: Lookup, listed: Listed) -> None:
        self._lookup, self._listed = lookup, listed
        self._read, note = amounts.read_column(text for _, text in listed.amounts)
        self._first: dict[str, int] = {}  # the place of the first line that has this ticket
        self._times: Counter[str] = Counter()
        self._amounts = 0  # tickets that have something at the property
        for place, text in enumerate(lookup.texts):
            for one in lookup.answer(text).tickets:
                self._first.setdefault(one.id, place)
                self._times[one.id] += 1
                self._amounts += one.amount != ""
        self._pairs: list[_Pair] = []
        self.lines = [self._compared(place) for place in range(len(lookup.texts))]
        self.counts = Counter(line.outcome for line in self.lines)
        self.notes = (note,) if note else ()

    def _compared(self, place: int) -> Compared:
        given = self._listed.amounts[place][1]
        answer = self._lookup.answer(self._lookup.texts[place])
        if not answer.count:
            return Compared(Outcome.NO_TICKET, given, "", "", "")
        copper = "; ".join(self._sent(one) for one in answer.tickets)
        try:
            pair = self._pair(place, answer)
        except NoAmountError as error:
            line = f"line {self._listed.amounts[place][0]:,}: "
            return Compared(Outcome.UNCOMPARED, given, copper, "", f"Not compared, {line}{error}")
        self._pairs.append(pair)
        difference = amounts.less(pair.copper, pair.listed.value)
        if not difference:
            return Compared(Outcome.SAME, given, copper, "0", "Same")
        return Compared(Outcome.DIFFERS, given, copper, amounts.say(difference), f"Differs: {_more(difference)}")

    def _pair(self, place: int, answer: Answer) -> _Pair:
        """The two amounts of a line. Raises NoAmountError. No ticket counts for two lines, no line for two tickets."""
        if answer.count > 1:
            raise NoAmountError(f"{answer.count:,} tickets have this reference{self._together(answer)}")
        (ticket,) = answer.tickets
        if self._times[ticket.id] > 1:
            raise NoAmountError(
                f"{self._times[ticket.id]:,} lines have this ticket, the first is line {self._line_of(ticket)}"
            )
        listed = self._read[place]
        if isinstance(listed, NoAmountError):
            raise listed
        return _Pair(listed, self._value(ticket))

    def _line_of(self, ticket: Found) -> str:
        return f"{self._listed.amounts[self._first[ticket.id]][0]:,}"

    def _together(self, answer: Answer) -> str:
        try:
            if answer.count == len(answer.tickets):
                return f", together {amounts.say(amounts.total(map(self._value, answer.tickets)))}"
        except NoAmountError:
            pass
        return ""

    def _value(self, ticket: Found) -> Decimal:
        return amounts.read_sent(ticket.amount, hundredths=self._listed.hundredths)

    def _sent(self, ticket: Found) -> str:
        try:
            return amounts.say(self._value(ticket))
        except NoAmountError:
            return ticket.amount or "none"

    @property
    def summary(self) -> str:
        """How many lines came to what."""
        missing = self.counts[Outcome.NO_TICKET]
        return (
            f"Amounts: {self.counts[Outcome.SAME]:,} the same, {self.counts[Outcome.DIFFERS]:,} "
            f"{'differs' if self.counts[Outcome.DIFFERS] == 1 else 'differ'}, "
            f"{self.counts[Outcome.UNCOMPARED]:,} not compared, {missing:,} "
            f"{'not found' if self._lookup.complete else 'not searched to the end'}."
        )

    @property
    def choices(self) -> tuple[tuple[str, str, int], ...]:
        """An outcome to show alone, how it is called, how many lines have it."""
        return tuple((outcome, words, self.counts[outcome]) for outcome, words in _CHOICES if self.counts[outcome])

    def said(self) -> Iterator[str]:
        """With what was compared, and the sums of that."""
        unit = ", in hundredths" if self._listed.hundredths else ""
        so_far = "" if self._lookup.complete else " so far"
        yield f"Compared with the property “{self._listed.property}” of tickets{unit}. Currencies are not compared."
        yield from self._sums(so_far)
        yield from self.notes

    def _sums(self, so_far: str) -> Iterator[str]:
        if self._times and not self._amounts:
            yield (
                f"No ticket that was found{so_far} has an amount there: open one to see its properties, and correct the name "
                "under “Compare amounts”."
            )
        if not self._pairs:
            yield f"No amount was compared{so_far}, so there is no sum."
            return
        currencies = sorted({pair.listed.currency for pair in self._pairs if pair.listed.currency})
        if len(currencies) > 1:
            yield f"No sums: the list has amounts in several currencies ({', '.join(currencies[:5])})."
            return
        listed = amounts.total(pair.listed.value for pair in self._pairs)
        copper = amounts.total(pair.copper for pair in self._pairs)
        lines = "1 line was" if len(self._pairs) == 1 else f"{len(self._pairs):,} lines were"
        difference = amounts.less(copper, listed)
        more = f" ({_more(difference)})" if difference else ""
        rest = "What was not compared or not found" if self._lookup.complete else "Every other line"
        yield (
            f"{lines} compared{so_far}. The sum of just these: {amounts.say(listed)} in the list, {amounts.say(copper)} in "
            f"Copper{more}. {rest} is in neither."
        )


def _more(difference: Decimal) -> str:
    return f"Copper has {amounts.say(difference.copy_abs())} {'more' if difference > 0 else 'less'}"
