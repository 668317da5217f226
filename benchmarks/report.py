"""The figures as tables, and what issue 3 says must hold."""

import os
import platform
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import DAYS, FIRST, LATENCY, LISTING, RATE, SECOND, WALK, Figures
from tickets_app.copper.query import MAX_LIMIT

Table = list[list[str]]  # the first row holds the headings
HEADLINE = (10_000, 5)  # tickets and matches that the first line of "Must show" speaks of


@dataclass(frozen=True, slots=True)
class Verdict:
    """One thing that must hold, where it was measured worst, and what was measured."""

    line: str
    where: str
    measured: float
    allowed: float
    complete: bool = True

    @property
    def holds(self) -> bool:
        """Whether it does."""
        return self.complete and self.measured <= self.allowed

    def row(self) -> list[str]:
        """Spell it for a table."""
        words = "pass" if self.holds else "**falls short**" + ("" if self.complete else ": not complete")
        return [self.line, self.where, f"{self.measured:.3f}", f"{self.allowed:.3f}", words]


class Results:
    """All figures of one run, found by what they are of."""

    def __init__(self, figures: Iterable[Figures]) -> None:
        """In the order in which they shall be shown."""
        self.all = list(figures)
        self._by_key = {(one.client, one.tickets, one.matches, one.limited): one for one in self.all}

    def of(self, client: str, like: Figures) -> Figures:
        """The figures of another client in the same place. Raises KeyError where it was not measured."""
        return self._by_key[client, like.tickets, like.matches, like.limited]

    def at(self, client: str, tickets: int, matches: int) -> Figures | None:
        """The figures of a client without a rate limit, if they were measured."""
        return self._by_key.get((client, tickets, matches, False))

    def ours(self, client: str | None = None, *, limited: bool = False) -> list[Figures]:
        """Our own searches."""
        wanted = {client} if client else {FIRST, SECOND}
        return [one for one in self.all if one.client in wanted and one.limited == limited]


# Tables


def table(results: Results, *, limited: bool) -> Table:
    """All searches without the rate limit, or those under it."""
    headings = [
        "tickets",
        "matches",
        "client",
        "time",
        "s",
        "first match",
        "s",
        "requests",
        "number",
        "found",
        "in order",
    ]
    rows = [
        [*_row(one, results.of(WALK, one)), *(_under_the_limit(one) if limited else [])]
        for one in results.all
        if one.limited == limited
    ]
    return [[*headings, *(["429", "time ÷ best"] if limited else [])], *rows]


def _row(one: Figures, walk: Figures) -> list[str]:
    first = (_ratio(one.first, walk.first), f"{one.first:.2f}") if one.first is not None else ("–", "–")
    ended = f" ({one.failure})" if one.failure else ""
    return [
        f"{one.tickets:,}",
        f"{one.matches}",
        one.client,
        _ratio(one.seconds, walk.seconds),
        f"{one.seconds:.2f}",
        *first,
        _ratio(one.requests, walk.requests),
        f"{one.requests:,}",
        f"{one.found} of {one.matches}{ended}",
        "yes" if one.in_order else "**no**",
    ]


def _under_the_limit(one: Figures) -> list[str]:
    ours = one.client in {FIRST, SECOND}
    return [f"{one.throttled}", _ratio(one.seconds, one.best) if ours else "–"]


def _ratio(part: float, whole: float | None) -> str:
    return f"{part / whole:.3f}" if whole else "–"


def markdown(rows: Table) -> str:
    """A table that can also be read in a terminal."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [" | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows]
    lines.insert(1, " | ".join("-" * width for width in widths))
    return "\n".join(f"| {line} |" for line in lines)


# What must hold


def verdicts(results: Results) -> list[Verdict]:
    """Issue 3's "Must show", lines 1 to 4, as far as they were measured."""
    return [*_first_search(results), *_second_search(results), *_growth(results), *_rate_limit(results)]


def verdict_table(found: Sequence[Verdict]) -> Table:
    """The verdicts for people."""
    return [["what", "measured at", "measured", "at most", ""], *(one.row() for one in found)]


def _first_search(results: Results) -> Iterator[Verdict]:
    ours = results.at(FIRST, *HEADLINE)
    if ours is None:
        return
    walk, where, complete = results.of(WALK, ours), _where(ours), ours.complete
    yield Verdict("1. first search: time ÷ sequential walk", where, ours.seconds / walk.seconds, 1 / 6, complete)
    yield Verdict("1. first search: requests ÷ sequential walk", where, ours.requests / walk.requests, 1.15, complete)


def _second_search(results: Results) -> Iterator[Verdict]:
    """At the place of line 1, and where it is worst of all that were measured."""

    def requests(one: Figures) -> float:
        return one.requests / (one.tickets / MAX_LIMIT)

    def seconds(one: Figures) -> float:
        return one.seconds / results.of(LISTING, one).seconds

    searches = results.ours(SECOND)
    headline = [one for one in searches if (one.tickets, one.matches) == HEADLINE]
    for line, measure, allowed in (
        ("2. second search: requests ÷ one per 100 tickets", requests, 1.05),
        ("2. second search: time ÷ listing everything", seconds, 1 / 6),
    ):
        yield from _worst(line, headline, measure, allowed)
        yield from _worst(f"{line}, worst of all", searches, measure, allowed)


def _growth(results: Results) -> Iterator[Verdict]:
    """Ten times the tickets, or for the largest size as many times as it is, in proportion."""
    for client in (FIRST, SECOND):
        for one in results.ours(client):
            smaller = max(
                (r for r in results.ours(client) if _is_smaller(r, one)), key=lambda r: r.tickets, default=None
            )
            if smaller is None:
                continue
            times = one.tickets / smaller.tickets
            where = f"{smaller.tickets:,} → {one.tickets:,} tickets, {one.matches} matches, {client}"
            yield Verdict(
                f"3. growth: requests at {times:g}× the tickets ÷ requests",
                where,
                one.requests / smaller.requests,
                1.1 * times,
                one.complete and smaller.complete,
            )


def _is_smaller(one: Figures, other: Figures) -> bool:
    return one.tickets < other.tickets and one.matches == other.matches


def _rate_limit(results: Results) -> Iterator[Verdict]:
    for one in results.ours(limited=True):
        if one.best:
            yield Verdict(
                f"4. under {RATE} requests a second: time ÷ best",
                _where(one),
                one.seconds / one.best,
                1.3,
                one.complete,
            )


def _worst(
    line: str, searches: list[Figures], measure: Callable[[Figures], float], allowed: float
) -> Iterator[Verdict]:
    if searches:
        worst = max(searches, key=lambda one: (not one.complete, measure(one)))
        yield Verdict(line, _where(worst), measure(worst), allowed, worst.complete)


def _where(one: Figures) -> str:
    return f"{one.tickets:,} tickets, {one.matches} matches, {one.client}"


# The document


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and where a run was."""

    began: datetime
    load_before: float  # processes that wanted to run, mean of a minute: other work disturbs the figures

    @classmethod
    def now(cls) -> "Occasion":
        """A run that begins."""
        return cls(datetime.now(UTC), os.getloadavg()[0])

    def words(self) -> str:
        """Machine, date, and how long it took."""
        minutes = (datetime.now(UTC) - self.began).total_seconds() / 60
        return (
            f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}; {self.began:%d %B %Y, %H:%M} UTC, {minutes:.0f} minutes; "
            f"load {self.load_before:.1f} before and {os.getloadavg()[0]:.1f} after"
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def document(results: Results, occasion: Occasion, command: str) -> str:
    """All of docs/benchmarks.md."""
    return f"""# Benchmarks

Written by `{command}`; do not edit. {occasion.words()}.

Each search runs against the sandbox, in a process of its own, at {LATENCY * 1000:.0f} ms a request, over tickets of {DAYS} days whose references hold a
needle at random places. Figures without a unit are ratios to the sequential walk of the same run with the same number of tickets and
matches; the seconds and numbers beside them are for orientation. Requests are those for tickets as the sandbox counted them.

- **sequential walk**: `tickets_app.copper.walk`, the definition of a right answer, one request after the other.
- **stripe-python**: its `auto_paging_iter`, taught to log in to Copper (`benchmarks/stripe_paging.py`).
- **list and filter**: everything listed without the search, 100 at a time over one connection, and filtered at home.
- **ours, first** and **second**: the pages, `/tickets/?search_query=…&created[gte]=…&limit=100` and each next link; first with nothing known,
  then with another needle of as many matches over the same range. A match is there when the page that shows it is.

## What must hold

{markdown(verdict_table(verdicts(results)))}

## Without a rate limit

{markdown(table(results, limited=False))}

## Under {RATE} requests a second

The three others send one request at a time, which is fewer than ten a second at {LATENCY * 1000:.0f} ms: the limit does not touch them, and their rows are those
from above. "Best" is what the limit allows for as many answered requests: (requests − 429s − a burst of {RATE}) ÷ {RATE}.

{markdown(table(results, limited=True))}
"""
