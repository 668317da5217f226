"""How wide the chosen columns are: as wide as what they hold, up to a bound, so that one long value never widens the others.

A list is laid out row by row, and a style of its own is not allowed to it (docs/decisions/0057, the content policy): the
table carries a class per column (`c3-16`: the third is 16 characters wide), and the stylesheet says what each means.
"""

from collections.abc import Iterable
from itertools import zip_longest

from tickets_app.copper.resources import Unreadable
from tickets_app.ticket_list.cells import OPEN, RowView

STEPS = (6, 9, 12, 16, 20, 26, 32, 40)  # characters; static/copper_tickets/ticket_list/widths.css has a rule for each
_SPACE = 3  # characters: what lies between two columns
_TWICE, _NEW, _NOTES = 6, 5, 4  # characters: the words behind the link of a row, in their smaller letters
_USUAL = 0.9  # the share of the rows that is to be read whole; few that are longer do not widen a column


def classes(names: list[str], rows: Iterable[object]) -> str:
    """Give the classes of a table with these columns; none where the built-in ones stand."""
    views = list(rows)
    marks = max(map(_marks, views), default=0)
    wanted = (
        _step([len(text) for _, text in column], len(name), marks if column and column[0][0] == OPEN else 0)
        for name, column in zip_longest(names, _columns(views), fillvalue=())
    )
    return " ".join(f"c{place}-{width}" for place, width in enumerate(wanted, start=1))


def heads(names: list[str], rows: Iterable[object]) -> list[tuple[str, str]]:
    """Give each column's name, and its class: OPEN where it leads to the ticket, "number" where it holds nothing else."""
    kinds = [{kind for kind, text in column if text or kind == OPEN} for column in _columns(rows)]
    alike = [{frozenset({OPEN}): OPEN, frozenset({"number"}): "number"}.get(frozenset(kind), "") for kind in kinds]
    return list(zip_longest(names, alike, fillvalue=""))


def _columns(rows: Iterable[object]) -> list[tuple[tuple[str, str], ...]]:
    """The kinds and texts of each column; none where there are no rows."""
    lines = [
        [(kind, text) for kind, _, text in getattr(row, "cells", ())] for row in rows if not isinstance(row, Unreadable)
    ]
    return list(zip(*lines, strict=True))


def _marks(row: object) -> int:
    """How many characters the words behind a row's link take (cells.py); one row that has them is enough to make room."""
    if isinstance(row, RowView):
        return _TWICE * row.marks.twice + _NEW * row.marks.new + _NOTES * bool(row.marks.notes)
    return 0


def _step(lengths: list[int], head: int, marks: int) -> int:
    usual = sorted(lengths)[round(_USUAL * (len(lengths) - 1))] if lengths else 0
    wanted = max(usual + marks, min(head, STEPS[3])) + _SPACE
    return next((step for step in STEPS if step >= wanted), STEPS[-1])
