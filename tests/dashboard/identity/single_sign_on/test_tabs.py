"""Several tabs of one browser that log in by single sign-on, and addresses to come back to that nobody asked for."""

import pytest
from django.db import connection
from django.test import Client

from tests.dashboard.identity.conftest import HERE, log_in
from tests.dashboard.identity.single_sign_on.conftest import come_back, is_in, sign_on
from tests.dashboard.identity.single_sign_on.oidc_provider import PERSON

PAGES = ["/tickets/?limit=5", "/tickets/?limit=7", "", "/password/"]
CALLBACK = "/login/sso/callback/"


@pytest.mark.parametrize("order", [[0, 1, 2, 3], [3, 2, 1, 0], [2, 0, 3, 1]])
def test_each_tab_ends_at_its_own_page(client, remote, order):
    starts = [client.get("/login/sso/", {"next": page})["Location"] for page in PAGES]
    for tab in order:
        back = come_back(client, remote.log_in_there(starts[tab]))
        assert (back.status_code, back["Location"]) == (302, PAGES[tab] or "/")
    assert is_in(client)


def test_a_tab_that_did_not_succeed_offers_its_own_page_again(client, remote):
    first = client.get("/login/sso/", {"next": PAGES[0]})["Location"]
    client.get("/login/sso/", {"next": PAGES[1]})
    remote.script(authorize_error="access_denied")
    response = come_back(client, remote.log_in_there(first))
    assert (response.status_code, response.context["next"]) == (403, PAGES[0])
    remote.script(person=PERSON | {"groups": []})
    response = sign_on(client, remote, PAGES[3])
    assert (response.status_code, response.context["next"]) == (403, PAGES[3])


def test_a_tab_that_comes_back_while_another_came_in_goes_to_its_page(client, remote):
    """The session has another key by then: what is written to the old one is no error, and the new cookie stays."""
    start = client.get("/login/sso/", {"next": PAGES[0]})["Location"]
    back = remote.log_in_there(start)

    def ended_meanwhile(execute, sql, params, many, context):
        if sql.startswith("UPDATE") and "django_session" in sql:
            context["connection"].cursor().execute("DELETE FROM django_session")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(ended_meanwhile):
        response = come_back(client, back)
    assert (response.status_code, response["Location"]) == (302, PAGES[0])
    assert not response.cookies


NOT_ASKED_FOR = [
    "?error=x",
    "?error=x&state=y",
    "?error=",
    "?error=x&code=y&state=z",
    "?code=x&state=y",
    "?code=x",
    "?state=y",
    "",
]


@pytest.mark.parametrize("query", NOT_ASKED_FOR)
def test_a_link_that_nobody_asked_for_logs_nobody_out(client, remote, query):
    sign_on(client, remote)
    session = client.session.session_key
    response = client.get(CALLBACK + query)
    assert (response.status_code, "did not succeed" in response.content.decode()) == (403, True)
    assert is_in(client)
    assert client.session.session_key == session


@pytest.mark.parametrize("query", NOT_ASKED_FOR)
def test_nor_whoever_came_in_by_password(client, remote, person, query):
    person("berta", "viewer")
    log_in(client, "berta")
    assert client.get(CALLBACK + query).status_code == 403
    assert client.get(HERE).status_code == 200


def test_an_error_of_the_provider_stands_in_the_log_and_ends_that_log_in(client, remote, caplog):
    start = client.get("/login/sso/")["Location"]
    remote.script(authorize_error="temporarily_unavailable")
    back = remote.log_in_there(start)
    assert come_back(client, back).status_code == 403
    assert "the error 'temporarily_unavailable'" in caplog.text
    remote.script()
    assert come_back(client, remote.log_in_there(start)).status_code == 403
    assert not is_in(client)


def test_one_tab_that_is_declined_does_not_end_the_log_in_of_another(client, remote):
    first, second = (client.get("/login/sso/", {"next": page})["Location"] for page in PAGES[:2])
    remote.script(authorize_error="access_denied")
    come_back(client, remote.log_in_there(first))
    remote.script()
    assert come_back(client, remote.log_in_there(second))["Location"] == PAGES[1]


def test_each_browser_has_its_own(client, remote):
    start = client.get("/login/sso/", {"next": PAGES[0]})["Location"]
    other = Client()
    assert other.get(f"{CALLBACK}?error=x&state=y").context["next"] == ""
    assert come_back(client, remote.log_in_there(start))["Location"] == PAGES[0]
