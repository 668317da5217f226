"""One moment by which everything has to be done, handed down to whatever takes time."""

import time
from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, slots=True)
class Deadline:
    """A point on the monotonic clock; clock changes do not move it.

    `start_by` is an earlier point after which nothing new is begun: what is under way then may still end in time.
    """

    at: float
    start_by: float | None = None

    @classmethod
    def after(cls, seconds: float) -> Self:
        """The deadline so many seconds from now."""
        return cls(time.monotonic() + seconds)

    def remaining(self) -> float:
        """Seconds left, never negative."""
        return max(0.0, self.at - time.monotonic())

    def to_start(self) -> float:
        """Seconds left in which something may be begun, never negative."""
        return self.remaining() if self.start_by is None else max(0.0, min(self.at, self.start_by) - time.monotonic())

    @property
    def passed(self) -> bool:
        """Whether no time is left."""
        return time.monotonic() >= self.at
