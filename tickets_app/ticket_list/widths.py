"""How wide the chosen columns are: as wide as what they hold, up to a bound, so that one long value never widens the others.

A list is laid out row by row, and a style of its own is not allowed to it (docs/decisions/0057, the content policy): the
table carries a class per column (`c3-16`: the third is 16 characters wide), and the stylesheet says what each means.
"""

from collections.abc import Iterable, Iterator
from itertools import zip_longest

from tickets_app.copper.resources import Unreadable
from tickets_app.ticket_list.cells import NO_REFERENCE

STEPS = (6, 9, 12, 16, 20, 26, 32, 40)  # characters; static/copper_tickets/ticket_list/widths.css has a rule for each
TICKET = "Ticket"  # how a column is headed that only leads there
_SPACE = 3  # characters: what lies between two columns
_USUAL = 0.9  # the share of the rows that is to be read whole; few that are longer do not widen a column


def classes(names: list[str], rows: Iterable[object], leading: int | None = None) -> str:
    """Give the classes of a table. `leading`: the chosen column that leads to the ticket; None: one before all of them does."""
    columns = list(_columns(rows, leading))
    heads = names if leading is not None else [TICKET, *names]
    wanted = (
        _step([len(text) for text in texts or ()], len(head))
        for head, texts in zip_longest(heads, columns[: len(heads)])
    )
    return " ".join(f"c{place}-{width}" for place, width in enumerate(wanted, start=1))


def heads(names: list[str], rows: Iterable[object], leading: int | None) -> list[tuple[str, str]]:
    """Give each column's name, and its class: "open" where it leads to the ticket, "number" where it holds nothing else."""
    kinds: list[set[str]] = [set() for _ in names]
    for row in rows:
        for place, (kind, _, text) in enumerate(getattr(row, "cells", ())):
            if text:
                kinds[place].add(kind)
    found = [(name, "number" if kind == {"number"} else "") for name, kind in zip(names, kinds, strict=True)]
    if leading is None:
        return [(TICKET, "open"), *found]
    found[leading] = (names[leading], "open")
    return found


def _columns(rows: Iterable[object], leading: int | None) -> Iterator[tuple[str, ...]]:
    lines = []
    for row in rows:
        if not isinstance(row, Unreadable):
            leads = getattr(row, "reference", "") or (getattr(row, "id", "") if leading is None else NO_REFERENCE)
            texts = [text for _, _, text in getattr(row, "cells", ())]
            texts[leading or 0 : 0 if leading is None else leading + 1] = [leads]
            lines.append(tuple(texts))
    return zip(*lines, strict=True)


def _step(lengths: list[int], head: int) -> int:
    usual = sorted(lengths)[round(_USUAL * (len(lengths) - 1))] if lengths else 0
    wanted = max(usual, min(head, STEPS[3])) + _SPACE
    return next((step for step in STEPS if step >= wanted), STEPS[-1])
