"""The figures of a run as tables."""

from collections.abc import Iterable

from benchmarks.measuring import FIRST, SECOND, WALK, Figures

Table = list[list[str]]  # the first row holds the headings


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
