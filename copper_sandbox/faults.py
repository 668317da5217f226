"""Scripted faults: what goes wrong with which request."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Fault:
    """Something else than the right answer. Only `delay` given: the right answer, later."""

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = None
    content_type: str = "application/json"
    delay: float = 0.0  # seconds before anything is sent
    drop: bool = False  # close the connection without an answer
    cut: bool = False  # close it in the middle of the right answer's body


class Asked(Protocol):
    """What a rule sees of a request."""

    path: str
    params: tuple[tuple[str, str], ...]


Rule = Callable[[Asked], Fault | None]


class Script:
    """Faults for the next requests, one each; then the rules, which apply to every request until they are removed."""

    def __init__(self) -> None:
        self._next: deque[Fault | None] = deque()
        self._rules: list[Rule] = []
        self._lock = Lock()

    def add(self, *steps: Fault | Rule | None) -> None:
        """Queue faults (None: a right answer), and add rules."""
        with self._lock:
            for step in steps:
                if callable(step):
                    self._rules.append(step)
                else:
                    self._next.append(step)

    def clear(self) -> None:
        """Right answers from now on."""
        with self._lock:
            self._next.clear()
            self._rules.clear()

    def fault_for(self, asked: Asked) -> Fault | None:
        """Give the fault for this request, if any."""
        with self._lock:
            if self._next:
                return self._next.popleft()
            rules = list(self._rules)
        return next((fault for rule in rules if (fault := rule(asked))), None)
