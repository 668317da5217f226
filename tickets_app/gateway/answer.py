"""An answer of Copper's, and its form as text: in the cache, and between processes."""

import json
from dataclasses import dataclass, field

from tickets_app.copper import numbers
from tickets_app.copper.errors import CopperError


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's parsed JSON, when Copper gave it (epoch seconds), and how far Copper's clock was ahead (seconds)."""

    body: object
    at: float
    skew: float = 0.0
    instead_of: CopperError | None = field(default=None, repr=False, compare=False)  # why nothing newer could be had
    text: str = field(default="", repr=False, compare=False)  # the JSON itself; empty: as `body` says it

    def dump(self) -> str:
        """Give it as text: a line of our own, then Copper's JSON as it came, so that no digit of it is lost."""
        head = json.dumps({"at": self.at, "skew": self.skew})
        return f"{head}\n{self.text or json.dumps(self.body)}"


def load(text: str) -> Kept | None:
    """Give what was dumped; None for garbage, or another program's value."""
    head, line, body = text.partition("\n")
    try:
        return Kept(numbers.loads(body), **json.loads(head), text=body) if line else None
    except (ValueError, TypeError, RecursionError):
        return None
