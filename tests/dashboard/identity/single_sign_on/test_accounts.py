"""Whom single sign-on lets in, and as whom: a person is a subject, roles follow the groups, and no account is taken over."""

import pytest
from axes.models import AccessAttempt
from django.contrib.auth.models import User
from django.test import Client

from audit.models import Event, Kind
from dashboard.identity import accounts
from dashboard.identity.accounts import RefusedError, welcome
from dashboard.identity.oidc import groups_in, name_in
from dashboard.identity.roles import read_groups, roles_of
from tests.dashboard.identity.single_sign_on.conftest import is_in, sign_on
from tests.dashboard.identity.single_sign_on.oidc_provider import PERSON


def test_who_is_in_no_mapped_group_is_refused_in_plain_words(client, remote):
    remote.script(person=PERSON | {"groups": ["lunch"]})
    response = sign_on(client, remote)
    assert response.status_code == 403
    assert "none of your groups opens this dashboard" in response.content.decode()
    assert not is_in(client)
    assert User.objects.count() == 0


def test_roles_follow_the_groups_at_each_log_in(client, remote):
    sign_on(client, remote)
    for groups, roles, staff in [(["leads", "ops"], ["admin", "viewer"], True), (["leads"], ["admin"], True)]:
        remote.script(person=PERSON | {"groups": groups})
        sign_on(Client(), remote)
        user = User.objects.get()
        assert sorted(group.name for group in user.groups.all()) == roles
        assert user.is_staff == staff
    remote.script(person=PERSON | {"groups": []})
    assert sign_on(Client(), remote).status_code == 403
    user = User.objects.get()
    assert (user.groups.count(), user.is_staff) == (0, False)
    assert client.get("/tickets/?limit=0").status_code == 403, "the session that is still open lost the right too"


def test_a_person_is_known_by_the_subject_not_by_name_or_address(client, remote):
    sign_on(client, remote)
    remote.script(person=PERSON | {"preferred_username": "anna.b", "email": "anna.b@example.com"})
    sign_on(Client(), remote)
    user = User.objects.get()
    assert (user.username, user.email) == ("anna", "anna.b@example.com")


@pytest.mark.parametrize("theirs", [{"username": "anna"}, {"username": "boss", "email": "anna@example.com"}])
def test_nobody_takes_over_an_account_by_its_name_or_address(client, remote, person, theirs):
    local = person(theirs["username"], "admin", email=theirs.get("email", ""))
    response = sign_on(client, remote)
    if local.username == "anna":
        assert response.status_code == 403
        assert "already has the user name “anna”" in response.content.decode()
    assert client.session.get("_auth_user_id") != str(local.pk)


def test_another_subject_with_the_same_name_does_not_become_the_first(client, remote):
    sign_on(client, remote)
    remote.script(person=PERSON | {"sub": "0018"})
    assert sign_on(Client(), remote).status_code == 403
    assert User.objects.count() == 1


@pytest.mark.parametrize("name", ["anna", "Anna", "ANNA", "ａｎｎａ", " Anna "])
@pytest.mark.parametrize("active", [True, False])
def test_a_name_is_somebody_elses_whatever_the_spelling(client, remote, person, name, active):
    person("anna", "admin", is_active=active)
    remote.script(person=PERSON | {"preferred_username": name})
    response = sign_on(client, remote)
    assert response.status_code == 403
    assert "already has the user name" in response.content.decode()
    assert User.objects.count() == 1


def test_a_second_account_that_another_spelling_made_before_is_no_way_around(client, remote, person):
    remote.script(person=PERSON | {"preferred_username": "Anna"})
    sign_on(client, remote)
    person("anna", is_active=False)
    response = sign_on(Client(), remote)
    assert response.status_code == 403
    assert "switched off" in response.content.decode()


def test_of_two_first_visits_at_the_same_moment_the_later_finds_the_account_of_the_other(remote, monkeypatch):
    def meanwhile() -> None:
        monkeypatch.undo()
        welcome("https://idp.example", "0017", name="anna", email="")

    monkeypatch.setattr(accounts, "_one_after_the_other", meanwhile)
    assert welcome("https://idp.example", "0017", name="anna", email="a@b").username == "anna"
    assert User.objects.count() == 1


def test_an_account_that_is_switched_off_stays_out(client, remote):
    sign_on(client, remote)
    User.objects.update(is_active=False)
    response = sign_on(Client(), remote)
    assert response.status_code == 403
    assert "switched off" in response.content.decode()


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ({"groups": ["lunch"]}, "anna"),
        ({"groups": None, "hasgroups": True}, "anna"),
        ({"preferred_username": "BOSS"}, "BOSS"),
        ({"preferred_username": "off"}, "off"),
        ({"preferred_username": "\u200b", "email": None, "sub": "\u200b"}, "\u200b"),
    ],
)
def test_who_is_refused_stands_in_the_trail_by_name_and_counts_as_no_guess(client, remote, person, said, name):
    person("boss")
    person("off", is_active=False)
    remote.script(person=PERSON | said)
    assert sign_on(client, remote).status_code == 403
    [event] = Event.objects.all()
    assert (event.kind, event.user_id, event.user_name) == (Kind.LOGIN_FAILED, None, name)
    assert not AccessAttempt.objects.exists()


def test_who_came_in_did_not_fail_to(client, remote):
    sign_on(client, remote)
    assert [event.kind for event in Event.objects.all()] == [Kind.LOGGED_IN]


@pytest.mark.parametrize(
    ("claims", "path", "groups"),
    [
        ({"groups": ["a", 1, None, "b"]}, "groups", ["a", "b"]),
        ({"groups": "a"}, "groups", ["a"]),
        ({"realm_access": {"roles": ["a"]}}, "realm_access.roles", ["a"]),
        ({"https://x.example/groups": ["a"]}, "https://x.example/groups", ["a"]),
        ({"groups": {"a": 1}}, "groups", []),
        ({}, "groups", []),
        ({"realm_access": "a"}, "realm_access.roles", []),
    ],
)
def test_groups_are_read_from_the_claim(claims, path, groups):
    assert groups_in(claims, path) == groups


def test_the_name_is_the_first_that_is_there():
    assert name_in({"preferred_username": " ", "email": "a@b", "sub": "1"}) == "a@b"
    assert name_in({"preferred_username": 7, "sub": "1" * 200}) == "1" * 150
    assert name_in({"preferred_username": "an\u202ena", "email": "a\nb", "sub": "1"}) == "1"
    assert name_in({"preferred_username": "an\u034fna", "email": "ＡＮＮＡ", "sub": "1"}) == "ANNA"
    assert name_in({"preferred_username": "Zoe\u0308"}) == "Zo\u00eb"
    with pytest.raises(RefusedError, match="name"):
        name_in({"sub": "\x00"})


def test_groups_and_roles_are_read_from_the_setting():
    mapping = read_groups("ops=viewer, cn=leads=admin,ops=sharer,")
    assert roles_of(["ops", "cn=leads"], mapping) == {"viewer", "sharer", "admin"}
    assert roles_of(["OPS", ""], mapping) == frozenset()
    for wrong in ("ops", "ops=boss", "=viewer", "ops:viewer"):
        with pytest.raises(ValueError, match="not a group"):
            read_groups(wrong)
