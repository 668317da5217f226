"""The pages over the sandbox: what tests/pages gives its tests; and look-ups that wait for nothing."""

import pytest

from tests.pages.conftest import clock, no_answers_kept, pages, serve  # noqa: F401 - fixtures
from tickets_app.gateway import whole_list
from tickets_app.lookup import lookup


@pytest.fixture
def quick(monkeypatch):
    """A failure is tried again at once, and every step is told."""
    monkeypatch.setattr(whole_list, "PAUSES", (0.01,))
    monkeypatch.setattr(lookup, "TELL_EVERY", 0.0)


@pytest.fixture(autouse=True)
def all_the_time_it_needs(monkeypatch):
    """A look-up on a slow machine ends as one on a quick machine does; tests of where its time ends set their own."""
    monkeypatch.setattr(lookup, "BUDGET", 240.0)
