"""What issue 3 says must hold, and whether it does."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from benchmarks.measuring import FIRST, LISTING, RATE, SECOND, WALK, Figures
from benchmarks.report import Results, Table
from tickets_app.copper.query import MAX_LIMIT

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
