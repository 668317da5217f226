"""An answer of Copper's, and its form as text: in the cache, and between processes."""

import json
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer's parsed JSON, when Copper gave it (epoch seconds), and how far Copper's clock was ahead (seconds)."""

    body: object
    at: float
    skew: float = 0.0

    def dump(self) -> str:
        """Give it as text."""
        return json.dumps({"body": self.body, "at": self.at, "skew": self.skew})


def load(text: str) -> Kept | None:
    """Give what was dumped; None for garbage, or another program's value."""
    try:
        return Kept(**json.loads(text))
    except (ValueError, TypeError):
        return None
