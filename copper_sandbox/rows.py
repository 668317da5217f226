"""One ticket as the database query sees it, and as it is served."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field

Json = dict[str, object]


@dataclass(slots=True)
class Row:
    """One ticket: what the database query needs, and what makes the rest when it is served."""

    key: tuple[int, int]  # (created in nanoseconds, place among equal times): ascending is older to newer
    id: str
    location: str | None
    reference: str | None
    make: Callable[[], Json] = field(repr=False)
    constant: bool = False  # whether `make` gives the same each time: then its JSON is kept once it was served
    _kept: tuple[Callable[[], Json], str] | None = field(default=None, repr=False)

    def json(self) -> str:
        """The ticket as it is served."""
        if not self.constant:
            return json.dumps(self.make())
        if self._kept is None or self._kept[0] is not self.make:
            self._kept = self.make, json.dumps(self.make())
        return self._kept[1]
