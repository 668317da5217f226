"""The site as a whole, also with a real PostgreSQL where there is one; and a clock for what waits in the worker's loop."""

import pytest

from dashboard import arriving, worker
from tests.audit.conftest import postgres_url  # noqa: F401 - a fixture


class Clock:
    """Stands until a test moves it."""

    now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch) -> Clock:
    """The loop's clock."""
    clock = Clock()
    for module in (arriving, worker):
        monkeypatch.setattr(module, "time", clock)
    return clock
