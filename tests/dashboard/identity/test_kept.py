"""What was pasted outlives its session: it is kept in the page, says what to do, and is looked up after a new log-in."""

import re
from datetime import datetime, timedelta
from html import unescape

import pytest
import time_machine
from django.test import Client

from tests.dashboard.identity.conftest import log_in
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import DAY, PAGE, lines, state, text_of
from tickets_app.gateway import whole_list

THEN = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
PASTED = [f"R-{number}" for number in range(300)]
FIELDS = {"references": "\r\n".join(PASTED), "location": 'loc_"a', "token": "a-token-of-its-own-01", **DAY}
HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(whole_list, "PAUSES", (0.01,))


@pytest.fixture
def strict(person) -> Client:
    """A browser with a person in it that minds tokens, as they all do."""
    person("anna", "analyst")
    client = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    enter(client)
    return client


def enter(client: Client) -> None:
    assert log_in(client, csrfmiddlewaretoken=token(client.get("/login/"))).status_code == 302


def token(response) -> str:
    return re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', response.content.decode())[1]


def kept(response) -> dict[str, str]:
    """The form of the page that keeps what was sent, as a browser would send it."""
    html = response.content.decode()
    form = re.search(r'id="kept".*?<form method="post" action="/tickets/lookup/".*?</form>', html, re.DOTALL)[0]
    return {
        unescape(name): unescape(value)
        for name, value in re.findall(r'<input type="hidden" name="(.*?)" value="(.*?)">', form, re.DOTALL)
    }


def log_out_elsewhere(client: Client) -> None:
    """The session is gone, and the browser does not know."""
    client.session.flush()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_was_pasted_is_kept_when_the_session_has_ended_and_is_looked_up_after_log_in(serve, strict, headers):
    serve([made(number) for number in range(300)])
    old = token(strict.get(PAGE))
    log_out_elsewhere(strict)
    response = strict.post(PAGE, FIELDS | {"csrfmiddlewaretoken": old}, headers=headers)
    assert response.status_code == 401
    assert response.get("HX-Redirect") is None, "the page stays"
    assert "You are no longer logged in" in text_of(response)
    assert 'href="/login/?next=/tickets/lookup/" target="_blank"' in response.content.decode()
    fields = kept(response)
    assert {name: value for name, value in fields.items() if name in FIELDS} == FIELDS
    enter(strict)
    again = strict.post(PAGE, fields)  # the token is of before the log-in
    assert again.status_code == 403
    fields = kept(again)
    assert {name: value for name, value in fields.items() if name in FIELDS} == FIELDS
    found = strict.post(PAGE, fields | {"location": ""}, follow=True)
    assert [line[:2] for line in lines(found)] == [(text, "found") for text in PASTED]


def test_a_session_that_ends_by_its_age_is_no_other_case(serve, strict):
    serve([made(1)])
    old = token(strict.get(PAGE))
    with time_machine.travel(datetime.now().astimezone() + timedelta(hours=13), tick=False):
        response = strict.post(PAGE, FIELDS | {"csrfmiddlewaretoken": old})
    assert response.status_code == 401
    assert kept(response)["references"] == FIELDS["references"]


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_log_in_in_another_tab_costs_one_press(serve, strict, headers):
    serve([made(number) for number in range(300)])
    old = token(strict.get(PAGE))
    log_out_elsewhere(strict)
    enter(strict)
    response = strict.post(PAGE, FIELDS | {"csrfmiddlewaretoken": old, "location": ""}, headers=headers)
    assert response.status_code == 403
    assert "What you sent is kept: send it again." in text_of(response)
    found = strict.post(PAGE, kept(response), follow=True)
    assert [line[1] for line in lines(found)] == ["found"] * 300


def test_a_result_is_kept_as_well(serve, strict):
    serve([made(1)])
    page = strict.get(PAGE)
    found = strict.post(PAGE, {"references": "R-1", **DAY, "csrfmiddlewaretoken": token(page)})
    asked = {"state": state(found), "do": "download", "csrfmiddlewaretoken": token(found)}
    log_out_elsewhere(strict)
    response = strict.post(PAGE, asked)
    assert response.status_code == 401
    enter(strict)
    file = strict.post(PAGE, kept(strict.post(PAGE, kept(response))))
    assert file["Content-Type"] == "text/csv; charset=utf-8"


def test_where_nothing_was_sent_the_log_in_page_is_next(strict):
    old = token(strict.get(PAGE))
    log_out_elsewhere(strict)
    assert strict.get(PAGE)["Location"] == "/login/?next=%2Ftickets%2Flookup%2F"
    assert strict.post(PAGE, {"csrfmiddlewaretoken": old})["Location"].startswith("/login/")


def test_where_people_log_in_there_is_no_way_that_leads_to_a_log_in(strict):
    response = strict.post(PAGE, FIELDS | {"csrfmiddlewaretoken": "a" * 64})
    assert response.status_code == 403
    assert "To the list of tickets" not in text_of(response)


@pytest.mark.parametrize("origin", ["https://evil.example", "null", None])
def test_what_another_site_sends_is_not_kept(strict, origin):
    """Nor what does not say where it comes from: all browsers do."""
    if origin is None:
        del strict.defaults["HTTP_ORIGIN"]
    else:
        strict.defaults["HTTP_ORIGIN"] = origin
    response = strict.post(PAGE, FIELDS)
    assert response.status_code == 403
    assert "R-299" not in response.content.decode()


def test_a_file_is_to_be_chosen_again(strict):
    from django.core.files.uploadedfile import SimpleUploadedFile

    old = token(strict.get(PAGE))
    log_out_elsewhere(strict)
    file = SimpleUploadedFile("a.csv", b"R-1")
    response = strict.post(PAGE, {"references": "", "file": file, "csrfmiddlewaretoken": old})
    assert "A browser keeps no files: go back and choose yours again." in text_of(response)


@pytest.mark.parametrize(
    ("path", "login"), [(PAGE, False), ("/preferences/", False), ("/login/", True)], ids=["kept", "not kept", "log-in"]
)
def test_a_browser_that_keeps_no_cookies_is_told_so_where_each_form_would_be_refused_for_good(
    settings, db, path, login
):
    settings.LOGIN_REQUIRED = login
    browser = Client(enforce_csrf_checks=True, headers={"Origin": "http://testserver"})
    refused = browser.post(path, FIELDS | {"csrfmiddlewaretoken": "a" * 64})
    assert refused.status_code == 403
    assert "If it says so each time, this browser keeps no cookies: allow them for this site." in text_of(refused)
