"""What a page carries over of a form: all that was typed, no passwords, no token, and nothing that another site sent."""

import pytest
from django.db import OperationalError
from django.test import Client

from dashboard.sent import sent
from tests.dashboard.identity.test_kept import FIELDS, kept
from tests.pages.conftest import made, no_answers_kept, serve  # noqa: F401 - fixtures
from tests.tickets_app.lookup.reading import PAGE, lines, text_of
from tickets_app.lookup import views

HERE = {"Origin": "http://testserver"}
TYPED = {
    "references": "R-1\r\nR-2",
    "location": 'loc_"a<b>',
    "csrfmiddlewaretoken": "t" * 64,
    "password": "analytical engine",
    "old_password": "analytical engine",
    "new_password1": "difference engine",
    "new_password2": "difference engine",
}


def test_all_that_was_typed_but_passwords_and_the_token(rf):
    request = rf.post("/", TYPED | {"more": ["1", "2"]})
    request.csrf_processing_done = True
    assert sent(request) == [
        ("references", "R-1\r\nR-2"),
        ("location", 'loc_"a<b>'),
        ("more", "1"),
        ("more", "2"),
    ]


def test_nothing_of_a_form_of_which_nobody_knows_whether_it_is_ours_and_it_is_not_even_read(rf):
    request = rf.post("/", TYPED)
    assert sent(request) is None
    assert not hasattr(request, "_post")


@pytest.fixture
def browser(settings) -> Client:
    """One that minds tokens, as they all do."""
    settings.LOGIN_REQUIRED = False
    return Client(enforce_csrf_checks=True, raise_request_exception=False)


def fail(*_: object, **__: object) -> None:
    raise OperationalError


@pytest.mark.parametrize("origin", ["http://testserver", "https://evil.example", "null"])
def test_without_the_database_another_sites_form_is_not_carried_into_a_page_of_ours(browser, monkeypatch, origin):
    """Its refusal needs the database as well; then the page that says that it is away must not offer to send it."""
    token = browser.get("/tickets/lookup/").cookies["csrftoken"].value
    monkeypatch.setattr("dashboard.errors.render", fail)  # what the page of a refusal asks
    monkeypatch.setattr(views, "_look", fail)  # what the look-up asks
    typed = TYPED | {"csrfmiddlewaretoken": token}
    response = browser.post("/tickets/lookup/", typed, headers={"Origin": origin})
    page = response.content.decode()
    assert response.status_code == 503
    ours = origin == "http://testserver"
    assert ('name="references" value="R-1\r\nR-2"' in page) is ours
    assert ("Send it again" in page) is ours
    assert "analytical" not in page
    assert "Try again" in page


def test_where_nobody_logs_in_a_form_that_is_too_old_is_kept_as_well_and_there_is_a_way_on(serve, browser):  # noqa: F811 - the fixture
    serve([made(number) for number in range(300)])
    response = browser.post(PAGE, FIELDS | {"csrfmiddlewaretoken": "a" * 64}, headers=HERE)
    assert response.status_code == 403
    assert "This page was open for too long" in text_of(response)
    assert "log" not in text_of(response).split("This page was")[1]
    link = '<a class="btn btn-outline-secondary" href="/tickets/">To the list of tickets</a>'
    assert link in response.content.decode()
    found = browser.post(PAGE, kept(response) | {"location": ""}, headers=HERE)
    assert [line[1] for line in lines(found)] == ["found"] * 300
