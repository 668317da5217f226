"""What the page says while the database is away: what still works, and what is asked for by htmx."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError, connection
from django.test import Client

from audit import recording
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import text_of

HTMX = {"HX-Request": "true"}
WHERE_PEOPLE_LOG_IN = "It keeps who may see what, so no page can be shown. Copper itself is not affected."
WHERE_NOBODY_DOES = "Saved views and preferences need it; lists and tickets do not."
UNRECORDED = "Who looks at tickets is recorded, and the records take nothing now."


@contextmanager
def away(*why: str):
    def refuse(*_: object) -> None:
        raise OperationalError(*why)

    with connection.execute_wrapper(refuse):
        yield


@pytest.fixture
def ada(db, settings) -> Client:
    """Somebody who may do everything, where people log in."""
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = True
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("ada"), backend="dashboard.identity.backends.Accounts")
    return client


def test_where_people_log_in_no_page_comes_and_copper_goes_on(ada):
    with away():
        response = ada.get("/views/")
    said = text_of(response)
    assert response.status_code == 503
    assert f"The dashboard’s own database does not answer {WHERE_PEOPLE_LOG_IN} Try again in a moment;" in said
    assert WHERE_NOBODY_DOES not in said


def test_where_nobody_logs_in_lists_and_tickets_go_on(client, db, settings):
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = False
    client.raise_request_exception = False
    with away():
        response = client.get("/views/")
    said = text_of(response)
    assert response.status_code == 503
    assert f"The dashboard’s own database does not answer {WHERE_NOBODY_DOES} Try again in a moment;" in said
    assert WHERE_PEOPLE_LOG_IN not in said


def test_one_that_lacks_a_table_is_not_ready_and_the_log_says_what_to_run(ada, caplog):
    with away("no such table: django_session"):
        response = ada.get("/views/")
    assert response.status_code == 503
    assert "The dashboard’s own database is not ready It is being brought up to date or restored" in text_of(response)
    assert "run `manage.py migrate`" in caplog.text


def test_where_the_trail_takes_nothing_the_database_is_not_blamed(serve, ada, monkeypatch):
    serve([made(1)])
    monkeypatch.setattr(recording, "_added", lambda *_, **__: False)
    response = ada.get("/tickets/tkt_00001/")
    said = text_of(response)
    assert response.status_code == 503
    assert f"This cannot be recorded just now {UNRECORDED} Try again in a moment;" in said
    assert "does not answer" not in said


def part_of(response) -> str:
    """A whole page, of which htmx takes the part that stands above what is on the screen (static/copper_tickets/failures.js)."""
    assert response.status_code == 503
    assert int(response["Retry-After"]) > 0
    html = response.content.decode()
    assert html.lstrip().lower().startswith("<!doctype html>")
    assert html.count('<div class="alert alert-warning failure" id="failure" role="alert">') == 1
    assert "Quote this number" in html
    return html


@pytest.mark.parametrize("headers", [{}, HTMX, HTMX | {"HX-Boosted": "true"}])
def test_it_can_be_tried_again(ada, headers):
    with away():
        html = part_of(ada.get("/tickets/?range=30d", headers=headers))
    assert '<a class="btn btn-primary" href="/tickets/?range=30d" data-again>Try again</a>' in html
    assert WHERE_PEOPLE_LOG_IN in html


def test_what_was_typed_stands_in_the_part_too(ada):
    with away():
        html = part_of(ada.post("/tickets/lookup/", {"references": "R-1\nR-2"}, headers=HTMX))
    assert '<form method="post" action="/tickets/lookup/">' in html
    assert 'name="references" value="R-1\nR-2"' in html
    assert "Send it again" in html
