"""Whose turn it is: people who look at an empty page come first, and nobody is passed over for ever. No threads, no clock."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum

# So many slots in a row may go to more urgent requests while others wait; the next is theirs. Also in settle.lua.
PASSED_AT_MOST = 4


class Urgency(IntEnum):
    """Who waits for an answer, the most urgent first."""

    FIRST_ROWS = 0  # somebody before a page that is still empty
    GOING_ON = 1  # somebody who sees something already, and waits for more
    LONG = 2  # an export, a look-up, counting: nobody looks at each answer


@dataclass(slots=True, eq=False)
class Waiter:
    """A request that waits for a slot."""

    caller: object
    urgency: Urgency = Urgency.FIRST_ROWS
    admitted: threading.Event = field(default_factory=threading.Event)


def counted(waiting: Sequence[Waiter], most: int) -> tuple[int, ...]:
    """How many wait with each urgency; at most so many in all, the most urgent ones."""
    found, told = Counter(waiter.urgency for waiter in waiting), list[int]()
    for urgency in Urgency:
        told.append(min(found[urgency], most - sum(told)))
    return tuple(told)


class Turns:
    """The order of requests that wait."""

    def __init__(self) -> None:
        self._passed = dict.fromkeys(Urgency, 0)  # slots that went to more urgent ones since each last had one

    def next_of(self, waiting: Sequence[Waiter], held: Counter[object]) -> Waiter:
        """Give the one of `waiting`, longest first, whose turn it is: of the most urgent, whose caller has fewest in `held`."""
        here = sorted({waiter.urgency for waiter in waiting})
        due = [one for one in here if self._passed[one] >= PASSED_AT_MOST]
        urgency = max(due, key=self._passed.__getitem__) if due else here[0]
        for other in Urgency:
            if other == urgency or other not in here:
                self._passed[other] = 0  # who does not wait was not passed
            elif other > urgency:
                self._passed[other] += 1
        return min(
            (waiter for waiter in waiting if waiter.urgency == urgency), key=lambda waiter: held[waiter.caller]
        )  # the first among equals
