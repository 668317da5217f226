"""Logging in with a password, logging out, changing the password."""

import re

import pytest
from django.conf import settings
from django.contrib.auth.hashers import check_password, identify_hasher, make_password
from django.contrib.auth.models import User
from django.test import Client

from dashboard.identity.backends import Argon2
from tests.dashboard.identity.conftest import PASSWORD, log_in, start_settings

WRONG = "Wrong user name or password."
HERE = "/password/changed/"  # a page that everybody who is logged in may open, and that asks nobody


def is_in(client: Client) -> bool:
    return client.get(HERE).status_code == 200


@pytest.mark.parametrize(
    "next_",
    [
        *(
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "https:evil.example",
            "https:/evil.example",
        ),
        *(
            "http://evil.example",
            "https://evil.example/tickets/",
            "\t//evil.example",
            "/\t/evil.example",
            "\n//evil.example",
        ),
        *("javascript:alert(1)", "data:text/html,x", "//testserver@evil.example", "http://testserver@evil.example/"),
        *(
            "http://testserver.evil.example/",
            "http://testserver//evil.example",
            "http://testserver/\\evil.example",
            "ftp://testserver/",
        ),
        *(
            "evil.example",
            "@evil.example",
            " ",
            "http://[",
            "/\x00//evil.example\r\nX: y",
            "%2f%2fevil.example",
            "?next=//evil",
            "x" * 5000,
        ),
    ],
)
def test_next_never_leads_to_another_site(client, person, next_):
    person("anna", "viewer")
    shown = client.get("/login/", {"next": next_})
    assert "evil" not in shown.content.decode() or shown.context["next"].startswith("/")
    where = log_in(client, next=next_)["Location"]
    assert where == "/" or re.fullmatch(r"/[^/\\].*", where), where
    assert "evil.example" not in where or where.startswith("/%00")


@pytest.mark.parametrize(
    ("next_", "where"),
    [
        (
            "/tickets/?limit=5&created%5Bgte%5D=2026-11-20T09:00:00-05:00",
            "/tickets/?limit=5&created%5Bgte%5D=2026-11-20T09:00:00-05:00",
        ),
        ("http://testserver/tickets/?limit=5", "/tickets/?limit=5"),
        ("/tickets/#rows", "/tickets/"),
        ("", "/"),
    ],
)
def test_next_leads_to_our_own_pages(client, person, next_, where):
    person("anna", "viewer")
    assert log_in(client, next=next_)["Location"] == where


def test_who_is_in_already_is_not_asked_again(logged_in):
    client = logged_in("anna", "viewer")
    assert client.get("/login/?next=/tickets/%3Flimit%3D5")["Location"] == "/tickets/?limit=5"
    assert client.get("/login/?next=/login/")["Location"] == "/"


def test_a_wrong_password_an_unknown_name_and_a_closed_account_read_the_same(client, person):
    person("anna", "viewer")
    person("berta", "viewer", is_active=False)
    seen = set()
    for name, password in [("anna", "wrong"), ("nobody", PASSWORD), ("berta", PASSWORD)]:
        page = log_in(client, name, password).content.decode()
        assert WRONG in page
        seen.add(re.sub(r'value="[^"]*"', "", page))
    assert len(seen) == 1


def test_and_cost_the_same_number_of_hashes(client, person, monkeypatch):
    for name in ("anna", "berta"):
        person(name, "viewer", is_active=name == "anna")
    no_password = person("carl", "viewer")
    no_password.set_unusable_password()
    no_password.save()
    hashed: list[str] = []
    encode, verify = Argon2.encode, Argon2.verify
    monkeypatch.setattr(Argon2, "encode", lambda self, *given: hashed.append("") or encode(self, *given))
    monkeypatch.setattr(Argon2, "verify", lambda self, *given: hashed.append("") or verify(self, *given))
    for name in ("anna", "nobody", "berta", "carl"):
        hashed.clear()
        log_in(client, name, "wrong")
        assert len(hashed) == 1, name


@pytest.mark.parametrize("name", ["a" * 151, "a" * 1_000_000, "anna\x00", "", "\N{GRINNING FACE}"])
def test_a_name_that_nobody_can_have_is_answered_as_any_wrong_one(client, db, name):
    response = log_in(client, name, "wrong")
    assert response.status_code == 200
    assert WRONG in response.content.decode()


def test_a_password_of_any_length_is_answered_and_a_huge_one_is_not_hashed(client, person, monkeypatch):
    person("anna", "viewer")
    monkeypatch.setattr(Argon2, "verify", lambda *_: pytest.fail("hashed"))
    assert WRONG in log_in(client, "anna", "x" * 1001).content.decode()


def test_the_session_key_changes_at_log_in_and_dies_at_log_out(client, person):
    person("anna", "viewer")
    client.get("/login/")
    session = client.session
    session["planted"] = True
    session.save()
    planted = session.session_key
    client.cookies[settings.SESSION_COOKIE_NAME] = planted
    log_in(client)
    inside = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert inside != planted
    old = Client()
    old.cookies[settings.SESSION_COOKIE_NAME] = planted
    assert not is_in(old)
    assert is_in(client)
    response = client.post("/logout/")
    assert response["Clear-Site-Data"] == '"cache", "storage"'
    assert response["Location"] == "/login/"
    stolen = Client()
    stolen.cookies[settings.SESSION_COOKIE_NAME] = inside
    assert not is_in(stolen)


def test_log_out_needs_a_post(logged_in):
    client = logged_in("anna")
    assert client.get("/logout/").status_code == 405
    assert is_in(client)


@pytest.mark.parametrize("path", ["/login/", "/logout/", "/password/"])
@pytest.mark.parametrize("headers", [{}, {"Origin": "https://evil.example"}, {"Referer": "https://evil.example/"}])
def test_forms_from_elsewhere_are_refused_in_plain_words(person, path, headers):
    person("anna", "viewer")
    client = Client(enforce_csrf_checks=True)
    if path != "/login/":
        client.force_login(User.objects.get(), backend="dashboard.identity.backends.Accounts")
    sent = {"username": "anna", "password": PASSWORD}
    response = client.post(path, sent, headers=headers)
    assert response.status_code == 403
    assert "This page expired" in response.content.decode()
    assert is_in(client) == (path != "/login/")


def test_changing_the_password_ends_every_other_session_and_the_old_key(logged_in):
    client = logged_in("anna", "viewer")
    elsewhere, stolen = Client(), Client()
    log_in(elsewhere)
    stolen.cookies[settings.SESSION_COOKIE_NAME] = client.cookies[settings.SESSION_COOKIE_NAME].value
    new = "another horse staple"
    sent = {"old_password": PASSWORD, "new_password1": new, "new_password2": new}
    assert client.post("/password/", sent)["Location"] == HERE
    assert is_in(client)
    assert not is_in(elsewhere)
    assert not is_in(stolen)
    assert log_in(Client(), password=new).status_code == 302


def test_what_is_wrong_with_a_new_password_is_said_beside_its_field(logged_in):
    client = logged_in("anna", "viewer")
    sent = {"old_password": PASSWORD, "new_password1": "anna", "new_password2": "anna"}
    page = client.post("/password/", sent).content.decode()
    assert "too similar to the username" in page
    assert "too short" in page
    assert PASSWORD not in page


def test_who_guesses_at_an_open_screen_is_logged_out(logged_in):
    client = logged_in("anna", "viewer")
    sent = {"old_password": "wrong", "new_password1": "another horse", "new_password2": "another horse"}
    answers = [client.post("/password/", sent).status_code for _ in range(5)]
    assert answers == [200, 200, 200, 200, 302]
    assert not is_in(client)
    assert check_password(PASSWORD, User.objects.get().password)


def test_who_comes_in_by_single_sign_on_has_no_password_to_change(client, person):
    user = person("anna", "viewer")
    user.set_unusable_password()
    user.save()
    client.force_login(user, backend="dashboard.identity.backends.Accounts")
    response = client.get("/password/")
    assert response.status_code == 403
    assert "Your password is kept elsewhere" in response.content.decode()


def test_passwords_are_kept_with_argon2_and_old_ones_made_new_at_log_in(at_full_strength, client, person):
    user = person("anna", "viewer")
    assert identify_hasher(user.password).algorithm == "argon2"
    assert "m=19456,t=2,p=1" in user.password
    user.password = make_password(PASSWORD, hasher="pbkdf2_sha256")
    user.save()
    assert log_in(client).status_code == 302
    user.refresh_from_db()
    assert user.password.startswith("argon2")
    assert "m=19456,t=2,p=1" in user.password


def test_the_session_cookie_is_for_https_and_no_script(client, person, settings):
    person("anna", "viewer")
    settings.SESSION_COOKIE_SECURE = start_settings(LOGIN_REQUIRED="true").SESSION_COOKIE_SECURE
    cookie = log_in(client).cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax")
    assert cookie["max-age"] == 12 * 3600
