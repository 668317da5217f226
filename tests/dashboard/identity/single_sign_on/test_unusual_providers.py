"""Providers that are right in another way: keys without numbers, people with very many groups; and a .netrc beside them."""

from base64 import urlsafe_b64encode
from pathlib import Path

import jwt
import pytest
from django.contrib.auth.models import User
from django.test import Client

from dashboard.identity import signing_keys
from tests.dashboard.identity.single_sign_on.conftest import is_in, sign_on
from tests.dashboard.identity.single_sign_on.oidc_provider import PERSON

KEYS = [
    "without numbers",
    "several without numbers",
    "several, one without a number",
    "several with numbers",
    "bare",
]


@pytest.mark.parametrize("kid", ["1", None])
@pytest.mark.parametrize("keys", KEYS)
def test_keys_and_tokens_need_no_number(client, remote, keys, kid):
    remote.script(keys=keys, kid=kid)
    assert sign_on(client, remote).status_code == 302
    assert is_in(client)


@pytest.mark.parametrize("algorithm", ["RS512", "PS256"])
def test_a_key_that_names_no_algorithm_is_good_for_all_of_its_kind(client, remote, algorithm):
    remote.script(keys="without numbers", algorithm=algorithm)
    assert sign_on(client, remote).status_code == 302


NOT_PROVEN: dict[str, dict[str, object]] = {
    "no key of theirs": {"keys": "foreign, without a number"},
    "no key of theirs, and no number": {"keys": "foreign, without a number", "kid": None},
    "another number, though there is but one key": {"keys": "bare", "kid": "2"},
    "signed with another key": {"keys": "without numbers", "signature": "foreign"},
    "signed with another key, without a number": {"keys": "several with numbers", "kid": "1", "signature": "foreign"},
    "not signed": {"keys": "without numbers", "signature": "none"},
    "signed with the shared secret": {"keys": "without numbers", "signature": "shared secret"},
    "for another client": {"keys": "several without numbers", "claims": {"aud": "another-client"}},
    "an algorithm the key is not for": {"algorithm": "RS512"},
    "no keys": {"keys": {"keys": []}},
    "no list of keys": {"keys": {"keys": {"1": {}}}},
    "nothing": {"keys": {}},
    "a number that is none": {"keys": {"keys": [{"kid": 1, "kty": "RSA", "n": 7, "e": []}]}},
}


@pytest.mark.parametrize("lie", NOT_PROVEN.values(), ids=NOT_PROVEN)
def test_what_is_not_proven_is_refused_all_the_same(client, remote, lie):
    remote.script(**lie)
    response = sign_on(client, remote)
    assert (response.status_code, "did not succeed" in response.content.decode()) == (403, True)
    assert not is_in(client)
    assert User.objects.count() == 0


@pytest.mark.parametrize("key_set", [None, [], "keys", 7, {"keys": "keys"}, {"keys": [[]]}])
def test_a_key_set_that_is_none_at_all_has_no_key(key_set):
    token = urlsafe_b64encode(b'{"alg": "RS256"}').decode().rstrip("=") + ".e30.AA"
    with pytest.raises(jwt.InvalidSignatureError):
        signing_keys.verified(token, key_set)


@pytest.fixture
def netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "netrc"
    file.write_text("machine 127.0.0.1 login somebody password else\ndefault login any password other\n")
    file.chmod(0o600)
    monkeypatch.setenv("NETRC", str(file))


@pytest.mark.usefixtures("netrc")
@pytest.mark.parametrize("lies", [{}, {"userinfo_is_at": "/userinfo/"}], ids=["straight", "after a redirect"])
def test_a_netrc_says_nothing_to_the_provider(client, remote, lies):
    remote.script(**lies)
    assert sign_on(client, remote).status_code == 302
    assert remote.refused() == []
    assert is_in(client)


@pytest.mark.usefixtures("netrc")
def test_a_redirect_to_another_host_does_not_get_the_token(client, remote):
    remote.script(userinfo_is_at=remote.url.replace("127.0.0.1", "localhost") + "/userinfo/")
    assert sign_on(client, remote).status_code == 403
    assert not is_in(client)


TOO_MANY: dict[str, dict[str, object]] = {
    "distributed claims": {
        "_claim_names": {"groups": "src1"},
        "_claim_sources": {"src1": {"endpoint": "https://graph.example/users/17/getMemberObjects"}},
    },
    "hasgroups": {"hasgroups": True},
    "hasgroups as text": {"hasgroups": "true"},
    "a link": {"groups:src1": "https://graph.example/users/17/getMemberObjects"},
    "a list that is cut off": {"groups": ["lunch"], "hasgroups": True},
}


@pytest.mark.parametrize("claims", TOO_MANY.values(), ids=TOO_MANY)
@pytest.mark.parametrize("by", ["claims", "userinfo"])
def test_who_is_in_too_many_groups_is_told_so_and_the_log_says_what_to_do(client, remote, claims, by, caplog):
    remote.script(person={name: PERSON[name] for name in PERSON if name != "groups"}, **{by: claims})
    response = sign_on(client, remote)
    page = response.content.decode()
    assert (response.status_code, "you are in so many groups" in page) == (403, True)
    assert "none of your groups" not in page
    assert "names no groups of the subject 0017, since there are too many" in caplog.text
    assert not is_in(client)


def test_whose_groups_cannot_be_seen_keeps_the_roles_of_before_but_does_not_come_in(client, remote):
    sign_on(client, remote)
    remote.script(person=PERSON | {"groups": []}, claims={"hasgroups": True})
    assert sign_on(Client(), remote).status_code == 403
    assert [group.name for group in User.objects.get().groups.all()] == ["viewer"]


def test_groups_that_are_named_count_whatever_is_left_out(client, remote):
    remote.script(claims=TOO_MANY["distributed claims"])
    assert sign_on(client, remote).status_code == 302


@pytest.mark.parametrize(
    ("path", "claims"),
    [
        ("groups", {"_claim_names": {"photo": "src1"}, "hasgroups": False}),
        ("groups", {"_claim_names": "groups"}),
        ("roles", {"_claim_names": {"groups": "src1"}, "hasgroups": True}),
    ],
)
def test_what_is_left_out_and_is_no_group_makes_no_difference(client, remote, settings, path, claims, caplog):
    settings.OIDC_GROUPS_CLAIM = path
    remote.script(person=PERSON | {"groups": []}, claims=claims)
    assert "none of your groups" in sign_on(client, remote).content.decode()
    assert "Single sign-on refused a person: You are known, but none of your groups" in caplog.text


def test_groups_inside_another_claim_may_be_left_out_too(client, remote, settings):
    settings.OIDC_GROUPS_CLAIM = "realm_access.roles"
    remote.script(claims={"_claim_names": {"realm_access": "src1"}})
    assert "you are in so many groups" in sign_on(client, remote).content.decode()
