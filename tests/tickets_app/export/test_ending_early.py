"""What waits for Copper ends at once when nobody waits for it any more: cancelled, the reader gone, the server stopped."""

import threading
import time

import pytest
from django.core.cache import cache

from tests.long_pauses import pausing_after_a_page
from tests.pages.conftest import made
from tests.processes import PATIENCE, wait_until
from tests.tickets_app.export.reading import TOKEN, broken, said
from tickets_app.copper.errors import CopperError
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shutdown, whole_list
from tickets_app.long_runs.reader import Reader


@pytest.fixture(autouse=True)
def no_stop_is_left(monkeypatch):
    monkeypatch.setattr(shutdown, "_at", None)
    yield
    cache.clear()


@pytest.fixture(params=[503, 429])
def pausing(request, serve, settings):
    """Copper gives a page of a hundred, then says 503, or 429, and wants an hour."""
    settings.COPPER_MAX_PAUSE, settings.COPPER_READ_TIMEOUT = 3600, 60
    return pausing_after_a_page(serve([made(number) for number in range(250)]), request.param)


def cancel(client) -> None:
    client.post(f"/tickets/export/{TOKEN}/cancel/")


def leave(_client) -> None:
    gone.set()


def stop(_client) -> None:
    shutdown.begin(0.0)


gone = threading.Event()


@pytest.mark.parametrize(("ends", "words"), [(cancel, "cancelled"), (leave, "browser"), (stop, "stopped or renewed")])
def test_a_pause_of_an_hour_is_not_waited_for(client, pausing, monkeypatch, ends, words):
    gone.clear()
    monkeypatch.setattr(Reader, "left", property(lambda _reader: gone.is_set()))
    response = client.get(f"/tickets/export.ndjson?export={TOKEN}")
    parts: list[bytes] = []
    reading = threading.Thread(target=lambda: parts.append(broken(response)))
    reading.start()
    assert pausing.wait(PATIENCE)
    began = time.monotonic()
    ends(client)
    reading.join(PATIENCE)
    assert not reading.is_alive()
    assert time.monotonic() - began < 30  # it would be an hour
    assert b"incomplete" in parts[0].splitlines()[-1]
    assert words in said(client)


def test_whoever_only_waits_for_the_next_try_gives_it_up_when_the_server_is_told_to_stop(client, pausing):
    """Though it has time left: what is being sent may still end in it."""
    response = client.get(f"/tickets/export.ndjson?export={TOKEN}")
    reading = threading.Thread(target=lambda: broken(response))
    reading.start()
    assert pausing.wait(PATIENCE)
    shutdown.begin(3600.0)
    reading.join(PATIENCE)
    assert not reading.is_alive()
    assert "stopped or renewed" in said(client)


@pytest.mark.parametrize("pausing", [503], indirect=True)
def test_once_the_first_rows_came_a_failure_is_outlasted_though_they_were_not_given_yet(pausing, monkeypatch):
    asker, waited = whole_list._Asker(), []
    monkeypatch.setattr(asker, "_waited", waited.append)
    query = TicketQuery()
    page = asker.fetch(query, first=True, survey=False)
    with pytest.raises(CopperError):
        asker.fetch(query.beyond(page.edge()), first=True, survey=False)
    assert waited == [3600.0]


def test_before_the_first_rows_it_ends_with_a_page(client, serve, monkeypatch):
    sandbox, asked, goes_on = serve([made(1)]), threading.Event(), threading.Event()

    def script(_asked):
        asked.set()
        goes_on.wait(PATIENCE)

    sandbox.script(script)
    monkeypatch.setattr(Reader, "left", property(lambda _reader: asked.is_set()))
    try:
        response = client.get(f"/tickets/export.csv?export={TOKEN}")
    finally:
        goes_on.set()
    assert response.status_code == 503
    assert "No file was made" in response.content.decode()


def test_a_walk_that_is_closed_waits_no_longer_for_its_next_try(serve, pausing):
    steps = whole_list.steps(TicketQuery())
    next(steps)
    assert pausing.wait(PATIENCE)
    steps.close()
    wait_until(lambda: "copper-lane" not in {one.name for one in threading.enumerate()}, "its lanes end")
