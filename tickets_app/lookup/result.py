"""What a look-up found, in words and as a CSV file: nothing is "not found" before all of it was looked through."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from tickets_app.copper import spelling
from tickets_app.copper.moments import Moment
from tickets_app.copper.resources import encodable
from tickets_app.display import values
from tickets_app.display.spreadsheet_text import BOM, neutral
from tickets_app.filters import links, times
from tickets_app.filters.query_string import has_control_characters
from tickets_app.gateway.location_names import Names
from tickets_app.lookup.answers import Answer, Found, differences, nearness
from tickets_app.lookup.comparison import AMOUNT_HEADER, Compared, Comparison
from tickets_app.lookup.lookup import Lookup

HEADER = (
    "input",
    "result",
    "times_found",
    "tickets",
    "created",
    "locations",
    "location_names",
    "remarks",
    "looked_through",
)


class Result(StrEnum):
    """What became of one reference."""

    FOUND = "found"
    SEVERAL = "several"
    MISSING = "missing"  # all was looked through, and it was not there
    OPEN = "open"  # not there so far


@dataclass(frozen=True, slots=True)
class Shown:
    """A ticket that was found."""

    id: str
    url: str
    created: str
    iso: str
    location: str
    remark: str  # what nobody sees of its text, or in what it differs


@dataclass(frozen=True, slots=True)
class Line:
    """One reference, as it was given, and what became of it."""

    number: int
    text: str
    result: Result
    words: str
    tickets: list[Shown]
    more: int  # tickets that were counted and are not named
    more_url: str  # of the list of all of them; empty where no address can ask for it
    nearly: list[Shown]  # where no ticket has it: those that nearly do
    more_nearly: int
    amount: Compared | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """All that the page shows of a look-up. `choices`: a result to show alone, how it is called, how many lines have it."""

    lines: list[Line]
    choices: list[tuple[str, str, int]]
    begun: bool  # whether anything was looked at
    complete: bool
    heading: str
    looked: str
    summary: str
    asks: str
    looked_at: str
    unreadable: int
    notes: tuple[str, ...]
    missing: int  # lines of which nothing was found, whether looking is done or not
    amounts: str = ""  # how many are the same, and so on; empty where none are compared
    sums: tuple[str, ...] = ()
    amount_choices: tuple[tuple[str, str, int], ...] = ()


class Told:
    """A look-up told to a person: times in `zone`, locations by their names."""

    def __init__(self, lookup: Lookup, names: Names, zone: ZoneInfo) -> None:
        self._lookup, self._names, self._zone = lookup, names, zone
        self._comparison = Comparison(lookup, lookup.listed) if lookup.listed else None

    def table(self) -> Table:
        """What the page shows."""
        lookup = self._lookup
        lines = [self._line(number, text) for number, text in enumerate(lookup.texts, 1)]
        counts = Counter(line.result for line in lines)
        return Table(
            lines=lines,
            choices=[(result, words, counts[result]) for result, words in self._results() if counts[result]],
            begun=lookup.looked_to is not None or lookup.looked_at > 0,
            complete=lookup.complete,
            heading=self._heading(counts),
            looked=self._looked(),
            summary=self._summary(counts, nearly=sum(bool(line.nearly) for line in lines)),
            asks=f"{len(lines):,} {'reference' if len(lines) == 1 else 'references'}",
            looked_at=f"{lookup.looked_at:,} {'ticket' if lookup.looked_at == 1 else 'tickets'}",
            unreadable=lookup.unreadable,
            notes=(*lookup.notes, *_several([line.text for line in lines if line.result is Result.MISSING])),
            missing=counts[Result.MISSING] + counts[Result.OPEN],
            amounts=self._comparison.summary if self._comparison else "",
            sums=tuple(self._comparison.said()) if self._comparison else (),
            amount_choices=self._comparison.choices if self._comparison else (),
        )

    def csv(self) -> bytes:
        """The same lines as a file, which says in each of them how far was looked."""
        text = io.StringIO(newline="")
        write = csv.writer(text, quoting=csv.QUOTE_ALL).writerow
        write((*HEADER, *AMOUNT_HEADER) if self._comparison else HEADER)
        through = self._through()
        for number, reference in enumerate(self._lookup.texts, 1):
            line = self._line(number, reference)
            cells = (*self._cells(line), through, *(line.amount.cells if line.amount else ()))
            write([neutral(encodable(cell)) for cell in cells])
        if not self._lookup.complete:
            write([through])
        return (BOM + text.getvalue()).encode()

    def _cells(self, line: Line) -> tuple[str, ...]:
        """A line as `HEADER` names it, less how far was looked."""
        answer = self._lookup.answer(line.text)
        ids = [one.id for one in answer.tickets]
        more = [f"and {line.more} more"] if line.more else []
        places = [one.location for one in answer.tickets]
        return (
            line.text,
            line.words,
            str(answer.count),
            " ".join([*ids, *more]),
            " ".join(one.created for one in answer.tickets),
            " ".join(place or "none" for place in places),
            "; ".join(self._names.of(place) if place else "none" for place in places),
            "; ".join([*(one.remark for one in line.tickets if one.remark), *_nearly(line)]),
        )

    def _results(self) -> Iterator[tuple[Result, str]]:
        yield Result.MISSING, "Not found"
        yield Result.OPEN, "Not searched to the end"
        yield Result.SEVERAL, "Found several times"
        yield Result.FOUND, "Found" if self._lookup.complete else "Found so far"

    def _line(self, number: int, text: str) -> Line:
        answer = self._lookup.answer(text)
        result, words = self._result(answer)
        more = answer.count - len(answer.tickets)
        held = (answer.tickets[0].text if answer.tickets else "") or spelling.seen(text)
        can_be_asked = more and not has_control_characters(held)
        url = links.list_url(replace(self._lookup.asked, search_query=held)) if can_be_asked else ""
        shown = [self._shown(one, "; ".join(differences(text, one))) for one in answer.tickets]
        nearly = [self._shown(one, nearness(text, one)) for one in answer.nearly]
        amount = self._comparison.lines[number - 1] if self._comparison else None
        return Line(number, text, result, words, shown, more, url, nearly, answer.nearly_count - len(nearly), amount)

    def _result(self, answer: Answer) -> tuple[Result, str]:
        so_far = "" if self._lookup.complete else " so far"
        if answer.count > 1:
            return Result.SEVERAL, f"Found {answer.count:,} times{so_far}"
        if answer.count:
            return Result.FOUND, f"Found{so_far}"
        if self._lookup.complete:
            return Result.MISSING, "Not found"
        if self._lookup.looked_to is None:
            return Result.OPEN, "Not searched yet"
        return Result.OPEN, f"Not searched yet (before {self._say(self._lookup.looked_to)})"

    def _shown(self, one: Found, remark: str) -> Shown:
        created = Moment.parse(one.created)
        return Shown(
            id=one.id,
            url=links.ticket_url(one.id),
            created=times.show(created, self._zone) if created else _or_nothing(one.created),
            iso=one.created if created else "",
            location=values.plain(self._names.of(one.location), values.MAX_CELL) if one.location else "",
            remark=remark,
        )

    def _heading(self, counts: Counter[Result]) -> str:
        found = f"{counts[Result.FOUND] + counts[Result.SEVERAL]:,} of {counts.total():,} found"
        if self._lookup.complete:
            return found
        if self._lookup.looked_to is None:
            return "Nothing is searched yet"
        return f"{found} so far, searched back to {self._say(self._lookup.looked_to)}"

    def _looked(self) -> str:
        asked = self._lookup.asked
        where = f" at {self._names.of(asked.location)}" if asked.location else ""
        if asked.low and asked.low.order > self._began.order and not self._lookup.looked_at:
            return f"Asked for: {self._range()}{where}. That time is still to come: choose an earlier one."
        if self._lookup.complete:
            return f"Searched to the end: {self._range()}{where}."
        words = f"Asked for: {self._range()}{where}."
        if self._lookup.looked_to is None:
            return words
        return f"{words} Not searched yet: before {self._say(self._lookup.looked_to)}."

    def _range(self) -> str:
        asked = self._lookup.asked
        low = f"from {self._say(asked.low)}" if asked.low else "from the first ticket on"
        if asked.high is not None:
            return f"{low} to {self._say(asked.high)}"
        if asked.low and asked.low.order > self._began.order:
            return f"{low} on"
        return f"{low} to now, which was {self._say(self._began)}"

    @property
    def _began(self) -> Moment:
        return Moment.of(datetime.fromtimestamp(int(self._lookup.began), UTC))

    def _summary(self, counts: Counter[Result], *, nearly: int) -> str:
        found = [
            f"{counts[Result.FOUND]:,} found once",
            f"{counts[Result.SEVERAL]:,} found several times",
            f"{counts[Result.MISSING]:,} not found"
            if self._lookup.complete
            else f"{counts[Result.OPEN]:,} not searched to the end",
        ]
        return f"{', '.join(found)}{f' ({nearly:,} nearly)' if nearly else ''}."

    def _through(self) -> str:
        """How far was looked, in Copper's own spelling of times."""
        asked = self._lookup.asked
        whole = f"from {asked.low or 'the first ticket'} to {asked.high or self._began}"
        unread = f"; {self._lookup.unreadable} rows of Copper's were no tickets" if self._lookup.unreadable else ""
        if self._lookup.complete:
            return f"{whole}{unread}"
        back = f"searched back to {self._lookup.looked_to} only" if self._lookup.looked_to else "nothing was searched"
        return f"INCOMPLETE: {back}; asked for: {whole}{unread}"

    def _say(self, moment: Moment) -> str:
        return f"{times.show(moment, self._zone)}"


def _several(missing: list[str]) -> Iterator[str]:
    """What is said of lines that were not found and may be more than one reference: looked up as they are, they stay one."""
    if found := [text for text in dict.fromkeys(missing) if spelling.may_be_several(text)]:
        such = f"“{values.cut(found[0], 60)}” was"
        if found[1:]:
            such = f"{len(found):,} lines, the first “{values.cut(found[0], 60)}”, were each"
        yield f"{such} looked up as one reference and not found. Where that is several, give each a line of its own."


def _nearly(line: Line) -> Iterator[str]:
    yield from (f"nearly: {one.remark} {one.id}" for one in line.nearly)
    if line.more_nearly:
        yield f"nearly: and {line.more_nearly} more"


def _or_nothing(text: str) -> str:
    return values.plain(text, values.MAX_DETAIL) if text else ""
