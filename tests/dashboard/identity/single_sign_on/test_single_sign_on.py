"""Single sign-on against an OpenID Connect provider in a process of its own, honest and lying."""

import time
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.auth.models import User
from django.test import Client
from mozilla_django_oidc.utils import generate_code_challenge

from dashboard.identity import provider as discovery
from tests.dashboard.identity.conftest import log_in
from tests.dashboard.identity.single_sign_on.conftest import Remote, come_back, is_in, sign_on
from tests.dashboard.identity.single_sign_on.oidc_provider import CLIENT


def test_a_person_with_a_mapped_group_comes_in_and_back_to_the_page(client, remote):
    response = sign_on(client, remote, "/tickets/?limit=5&search_query=a b")
    assert (response.status_code, response["Location"]) == (302, "/tickets/?limit=5&search_query=a%20b")
    user = User.objects.get()
    assert (user.username, user.email, user.is_staff) == ("anna", "anna@example.com", False)
    assert [group.name for group in user.groups.all()] == ["viewer"]
    assert not user.has_usable_password()
    assert is_in(client)


def test_the_log_in_page_offers_it_only_where_it_is_set_up(client, remote, settings):
    page = client.get("/login/?next=/tickets/%3Flimit%3D5").content.decode()
    assert 'href="/login/sso/?next=%2Ftickets%2F%3Flimit%3D5"' in page
    settings.OIDC_ISSUER = ""
    assert "/login/sso/" not in client.get("/login/").content.decode()
    assert client.get("/login/sso/")["Location"] == "/login/"


def test_it_asks_with_state_nonce_and_a_pkce_challenge_and_nobody_else_can_know_them(client, remote):
    asked = [parse_qs(urlsplit(client.get("/login/sso/")["Location"]).query) for _ in range(2)]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[0][name][0]) >= 32
        assert asked[0][name] != asked[1][name]
    assert asked[0]["code_challenge_method"] == ["S256"]
    assert asked[0]["scope"] == ["openid email profile"]
    assert "client_secret" not in asked[0]


def test_the_challenge_is_that_of_the_standard():
    """RFC 7636, appendix B."""
    verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # pragma: allowlist secret - the standard's example
    challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"  # pragma: allowlist secret - the standard's example
    assert generate_code_challenge(verifier, "S256") == challenge


@pytest.mark.parametrize("evil", ["//evil.example", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site_afterwards(client, remote, evil):
    assert sign_on(client, remote, evil)["Location"] == "/"


LIES: dict[str, dict[str, object]] = {
    "signed with another key": {"signature": "foreign"},
    "not signed": {"signature": "none"},
    "signed with the shared secret": {"signature": "shared secret"},
    "signed with the shared secret, by keys that name no algorithm": {"signature": "shared secret", "keys": "bare"},
    "signed with a secret that is published": {"signature": "published secret", "keys": "a secret"},
    "not signed, by keys that name no algorithm": {"signature": "none", "keys": "bare"},
    "signature cut off": {"signature": "cut"},
    "a key that is not published": {"kid": "2"},
    "for another client": {"claims": {"aud": "another-client"}},
    "for another client too": {"claims": {"aud": [CLIENT[0], "another-client"], "azp": "another-client"}},
    "for nobody": {"claims": {"aud": None}},
    "by another issuer": {"claims": {"iss": "https://evil.example"}},
    "by nobody": {"claims": {"iss": None}},
    "expired": {"claims": {"exp": int(time.time()) - 3600, "iat": int(time.time()) - 7200}},
    "without an end": {"claims": {"exp": None}},
    "issued in the future": {"claims": {"iat": int(time.time()) + 86_400}},
    "with another nonce": {"claims": {"nonce": "of another log-in"}},
    "without a nonce": {"claims": {"nonce": None}},
    "about nobody": {"claims": {"sub": None}},
    "details of another person": {"userinfo": {"sub": "0001", "groups": ["leads"]}},
    "details that are a list": {"userinfo_answer": []},
    "an error of ours": {"token_answer": [401, {"error": "invalid_client"}]},
    "no JSON": {"token_answer": [200, "<html>"]},
    "no token": {"token_answer": [200, {}]},
    "a token that is none": {"token_answer": [200, {"id_token": "x.y.z", "access_token": "x"}]},
    "a list": {"token_answer": [200, []]},
    "the person declined": {"authorize_error": "access_denied"},
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES)
def test_what_is_not_proven_is_refused_in_plain_words(client, remote, lie, caplog):
    remote.script(**lie)
    response = sign_on(client, remote)
    assert response.status_code == 403
    page = response.content.decode()
    assert "Single sign-on did not succeed. Try again" in page
    assert "Traceback" not in page
    assert CLIENT[1] not in page + caplog.text
    assert not is_in(client)
    assert User.objects.count() == 0


def test_the_clocks_may_differ_a_little(client, remote):
    now = int(time.time())
    remote.script(claims={"iat": now + 20, "exp": now - 20})
    assert sign_on(client, remote).status_code == 302


def stolen(remote: Remote, victim: Client, **lies: object) -> str:
    """An attacker's code, put into the address that the victim's browser comes back to."""
    theirs = urlsplit(Client().get("/login/sso/")["Location"])
    asked = parse_qs(urlsplit(victim.get("/login/sso/")["Location"]).query)
    # The token would even carry the victim's nonce: only the verifier can tell.
    remote.script(claims={"nonce": asked["nonce"][0]}, **lies)
    code = parse_qs(urlsplit(remote.log_in_there(theirs.geturl())).query)["code"][0]
    return f"/login/sso/callback/?code={code}&state={asked['state'][0]}"


def test_a_code_of_another_browser_is_refused_by_pkce(client, remote):
    assert client.get(stolen(remote, client)).status_code == 403
    assert remote.refused() == ["code_verifier"]
    assert not is_in(client)


def test_and_it_is_pkce_that_refuses_it(client, remote):
    assert client.get(stolen(remote, client, ignores_pkce=True)).status_code == 302


def test_a_state_of_another_browser_is_refused_and_the_provider_is_not_asked(client, remote):
    back = remote.log_in_there(Client().get("/login/sso/")["Location"])
    client.get("/login/sso/")
    assert come_back(client, back).status_code == 403
    assert come_back(Client(), back).status_code == 403
    assert remote.refused() == []
    assert not is_in(client)


def test_an_address_to_come_back_to_works_once(client, remote):
    start = client.get("/login/sso/")
    back = remote.log_in_there(start["Location"])
    assert come_back(client, back).status_code == 302
    client.post("/logout/")
    assert come_back(client, back).status_code == 403
    assert not is_in(client)


def test_a_code_in_the_address_of_the_password_form_is_not_looked_at(client, remote):
    response = client.post("/login/?code=x&state=y", {"username": "anna", "password": "wrong"})
    assert b"Wrong user name or password" in response.content
    assert remote.refused() == []


def test_the_session_key_changes_on_the_way_in(client, remote):
    start = client.get("/login/sso/")
    before = client.session.session_key
    come_back(client, remote.log_in_there(start["Location"]))
    assert client.session.session_key != before


def test_failures_of_single_sign_on_do_not_lock_out_those_who_share_the_address(client, remote, person):
    remote.script(signature="foreign")
    for _ in range(12):
        assert sign_on(client, remote).status_code == 403
    remote.script()
    assert sign_on(client, remote).status_code == 302
    person("berta", "viewer")
    assert log_in(Client(), "berta").status_code == 302


def test_a_provider_that_is_away_is_said_so_and_passwords_still_work(client, remote, settings, person):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"  # nobody listens there
    response = client.get("/login/sso/")
    assert response.status_code == 503
    assert "cannot be reached at this moment" in response.content.decode()
    person("berta", "viewer")
    assert log_in(client, "berta").status_code == 302


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_provider_that_cannot_answer_now_refuses_nobody(client, remote, status, caplog):
    remote.script(token_answer=[status, {"error": "server_error"}])
    response = sign_on(client, remote)
    assert response.status_code == 503
    assert "cannot be reached at this moment" in response.content.decode()
    assert f"{remote.url}/token answered with {status}" in caplog.text


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ("/", "OIDC_ISSUER is {0}/, but the provider there calls itself '{0}'"),
        ("/authorize", "{0}/authorize/.well-known/openid-configuration describes nothing (status 404)"),
    ],
)
def test_the_log_says_what_is_wrong_with_the_address_of_the_provider(client, remote, settings, wrong, told, caplog):
    settings.OIDC_ISSUER = remote.url + wrong
    assert client.get("/login/sso/").status_code == 503
    assert told.format(remote.url) in caplog.text


@pytest.mark.parametrize(
    "said",
    [
        {"issuer": "https://evil.example"},
        {"token_endpoint": "http://evil.example/token"},
        {"jwks_uri": None},
        {"authorization_endpoint": "javascript:alert(1)"},
    ],
)
def test_a_description_that_does_not_fit_is_not_used(client, remote, said):
    remote.script(discovery=said)
    assert client.get("/login/sso/").status_code == 503


def test_a_description_from_another_address_is_not_used(client, remote):
    remote.script(discovery_is_at="/elsewhere")
    assert client.get("/login/sso/").status_code == 503


def test_a_provider_without_more_to_tell_is_enough(client, remote):
    remote.script(discovery={"userinfo_endpoint": None}, claims={"groups": "ops", "preferred_username": "carl"})
    assert sign_on(client, remote).status_code == 302
    assert User.objects.get().username == "carl"


def test_the_provider_is_not_asked_before_somebody_presses_the_button(client, remote, settings):
    settings.OIDC_ISSUER = "http://127.0.0.1:9"
    asked: list[str] = []
    original: Callable[[str], object] = discovery._ask
    discovery._ask = lambda issuer: asked.append(issuer) or original(issuer)
    try:
        client.get("/login/")
        client.get("/tickets/")
        assert asked == []
        client.get("/login/sso/")
        assert asked == ["http://127.0.0.1:9"]
    finally:
        discovery._ask = original
