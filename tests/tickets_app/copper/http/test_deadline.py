"""A deadline passes, and nothing is begun after the time to start."""

import pytest

from tickets_app.copper.http import deadline
from tickets_app.copper.http.deadline import Deadline


@pytest.fixture
def clock(monkeypatch):
    class Clock:
        now = 100.0

        def monotonic(self) -> float:
            return self.now

    made = Clock()
    monkeypatch.setattr(deadline, "time", made)
    return made


def test_it_has_passed_once_no_time_is_left(clock):
    until = Deadline.after(2.0)
    assert (until.passed, until.remaining(), until.to_start()) == (False, 2.0, 2.0)
    clock.now += 2.0
    assert (until.passed, until.remaining(), until.to_start()) == (True, 0.0, 0.0)
