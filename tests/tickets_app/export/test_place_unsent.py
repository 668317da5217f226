"""A file whose answer is not sent, because what comes after the view fails: nobody takes it, so nothing stays held for it."""

import pytest
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import OperationalError

from audit.models import Event, Kind
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, said
from tickets_app.gateway import shared

pytestmark = pytest.mark.usefixtures("quick")


@pytest.fixture
def no_session_is_kept(monkeypatch):
    """The database went away just before the session was written."""

    def fail(*_: object) -> None:
        raise OperationalError("away")

    with monkeypatch.context() as patched:
        patched.setattr(SessionMiddleware, "process_response", fail)
        yield patched


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_its_place_is_free_and_its_run_ended(client, serve, settings, no_session_is_kept, file_format):
    settings.LONG_ANSWERS = 1
    serve([made(number) for number in range(4000)])
    client.raise_request_exception = False
    response = client.get(f"/tickets/export.{file_format}?export={TOKEN}")
    assert response.status_code == 503
    assert shared.parts().places.take("user-902") is None, "the place is free"
    assert Event.objects.filter(kind=Kind.EXPORTED).count() == 1
    no_session_is_kept.undo()
    assert "being made" not in said(client)


def test_one_that_is_sent_is_whole(client, serve):
    serve([made(1)])
    assert len(body(client.get("/tickets/export.csv")).splitlines()) == 2
