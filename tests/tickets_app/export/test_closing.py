"""An export that ends before anything was taken of it: its walk is closed, its page and the trail say so."""

import pytest

from audit.models import Event
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, said
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.walking.walk import Step
from tickets_app.export import export as module
from tickets_app.gateway import whole_list

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def walks(monkeypatch):
    """The walks that were begun, and whether each was closed. They are held: nothing closes them by itself."""
    begun, real = [], whole_list.steps

    class Walk:
        def __init__(self, *args, **options):
            self._steps, self.closed = real(*args, **options), False
            begun.append(self)

        def __iter__(self):
            return self

        def __next__(self):
            return next(self._steps)

        def close(self):
            self.closed = True
            self._steps.close()

    monkeypatch.setattr(whole_list, "steps", Walk)
    return begun


@pytest.mark.parametrize("file_format", ["csv", "ndjson"])
def test_a_reader_who_never_took_a_byte_ends_it_too(client, serve, walks, file_format):
    serve([made(number) for number in range(4000)])
    response = client.get(f"/tickets/export.{file_format}?export={TOKEN}")
    assert [walk.closed for walk in walks] == [False]
    response.close()
    assert [walk.closed for walk in walks] == [True]
    assert "The transfer was ended" in said(client)
    assert [event.facts["complete"] for event in Event.objects.filter(kind="exported")] == [False]


def test_a_file_that_was_read_and_closed_is_told_once(client, serve, walks):
    serve([made(1)])
    response = client.get(f"/tickets/export.csv?export={TOKEN}")
    body(response)
    response.close()
    assert [walk.closed for walk in walks] == [True]
    assert [event.facts["complete"] for event in Event.objects.filter(kind="exported")] == [True]


def test_a_walk_that_fails_before_the_first_row_is_closed(monkeypatch):
    closed = []

    def failing(query, **_options):
        try:
            yield Step((), query, failure=CopperError(Kind.SERVER, status=500))
        finally:
            closed.append(True)

    held = []
    monkeypatch.setattr(whole_list, "steps", lambda *args, **options: held.append(failing(*args, **options)) or held[0])
    with pytest.raises(CopperError):
        module.Export(TicketQuery(), "csv")
    assert closed == [True]
