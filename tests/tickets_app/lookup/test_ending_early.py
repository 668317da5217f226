"""A look-up that waits for Copper ends at once when it is cancelled, or when the server is told to stop."""

import threading

import pytest

from tests.long_pauses import pausing_after_a_page
from tests.pages.conftest import made
from tests.processes import PATIENCE
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shutdown
from tickets_app.lookup.lookup import Lookup

HOUR = 3600.0


@pytest.fixture(autouse=True)
def no_stop_is_left(monkeypatch):
    monkeypatch.setattr(shutdown, "_at", None)


def cancel(cancelled: threading.Event) -> None:
    cancelled.set()


def stop(_cancelled: threading.Event) -> None:
    shutdown.begin(0.0)


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("ends", [cancel, stop])
def test_a_pause_of_an_hour_is_not_waited_for(serve, settings, ends, status):
    settings.COPPER_MAX_PAUSE, settings.COPPER_READ_TIMEOUT = HOUR, 60
    pauses = pausing_after_a_page(serve([made(number) for number in range(250)]), status)
    lookup = Lookup(("none",), TicketQuery(created_gte=Moment.parse("2026-11-01T00:00:00Z")))
    cancelled = threading.Event()
    looking = threading.Thread(target=lambda: lookup.look(HOUR, cancelled=cancelled.is_set), daemon=True)
    looking.start()
    assert pauses.wait(PATIENCE)
    ends(cancelled)
    looking.join(PATIENCE)
    assert not looking.is_alive(), "it would be an hour"
    assert not lookup.complete
    assert 0 < lookup.looked_at < 250
