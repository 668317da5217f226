"""Roles and the pages under /admin/ to manage people."""

from importlib import import_module
from io import StringIO

import pytest
from django.apps import apps
from django.contrib.auth.models import Group, User
from django.core.management import call_command
from django.test import Client

from dashboard.identity.accounts import give_roles, permissions
from dashboard.identity.roles import ROLES
from tests.dashboard.identity.conftest import log_in
from tickets_app import rights


def rights_of(role: str) -> set[str]:
    found = Group.objects.get(name=role).permissions.select_related("content_type")
    return {f"{permission.content_type.app_label}.{permission.codename}" for permission in found}


def create_roles() -> str:
    out = StringIO()
    call_command("create_roles", stdout=out)
    return out.getvalue()


def test_one_command_makes_the_roles_and_says_what_they_may(db):
    said = create_roles()
    assert "analyst: made; may see tickets, export tickets" in said
    assert {role: rights_of(role) for role in ROLES} == {role: set(may) for role, may in ROLES.items()}


def test_a_second_time_it_changes_nothing_not_even_what_people_have_changed(db):
    create_roles()
    Group.objects.get(name="viewer").permissions.clear()
    Group.objects.get(name="sharer").permissions.add(*permissions([rights.AUDIT]))
    before = {role: rights_of(role) for role in ROLES}
    assert create_roles().splitlines() == [
        "viewer: exists; changed by hand and left so, may not see tickets, read notes on tickets",
        "analyst: exists",
        "sharer: exists; changed by hand and left so, may also see the audit trail",
        "admin: exists",
    ]
    assert {role: rights_of(role) for role in ROLES} == before
    assert Group.objects.count() == len(ROLES)


def as_an_earlier_version_made_it(monkeypatch, role: str, without: str) -> None:
    """The group of a role, made when one of its rights did not exist yet."""
    with monkeypatch.context() as earlier:
        earlier.setitem(ROLES, role, tuple(right for right in ROLES[role] if right != without))
        create_roles()


def test_a_right_that_is_new_in_this_version_is_given_to_the_groups_of_an_earlier_one_once(db, monkeypatch):
    as_an_earlier_version_made_it(monkeypatch, "admin", rights.AUDIT)
    assert rights.AUDIT not in rights_of("admin")
    assert "admin: exists; new, may now see the audit trail" in create_roles().splitlines()
    assert rights_of("admin") == set(ROLES["admin"])
    assert create_roles().splitlines() == [f"{role}: exists" for role in ROLES]


def test_a_right_that_is_new_does_not_bring_back_what_people_took_away(db, monkeypatch):
    as_an_earlier_version_made_it(monkeypatch, "admin", rights.AUDIT)
    admin = Group.objects.get(name="admin")
    admin.permissions.remove(*permissions([rights.EXPORT]))
    said = "admin: exists; new, may now see the audit trail; changed by hand and left so, may not export tickets"
    assert said in create_roles().splitlines()
    assert rights_of("admin") == {*ROLES["admin"]} - {rights.EXPORT}


def test_a_right_that_people_gave_before_it_was_the_roles_is_not_called_new(db, monkeypatch):
    as_an_earlier_version_made_it(monkeypatch, "analyst", rights.EXPORT)
    Group.objects.get(name="analyst").permissions.add(*permissions([rights.EXPORT]))
    assert "analyst: exists" in create_roles().splitlines()
    Group.objects.get(name="analyst").permissions.remove(*permissions([rights.EXPORT]))
    assert "analyst: exists; changed by hand and left so, may not export tickets" in create_roles().splitlines()


def test_a_right_that_the_database_does_not_know_yet_is_given_as_soon_as_it_does(db):
    known = permissions([rights.AUDIT]).get()
    content_type, name = known.content_type, known.name
    known.delete()
    create_roles()
    permissions([rights.AUDIT]).create(content_type=content_type, codename=rights.AUDIT.split(".")[1], name=name)
    assert "admin: exists; new, may now see the audit trail" in create_roles().splitlines()


def test_no_rights_are_no_permissions(db):
    assert permissions([]).count() == 0


@pytest.mark.parametrize(("has", "gets"), [((), True), ((rights.AUDIT,), False)], ids=["from before", "given already"])
def test_groups_from_before_it_was_noted_what_they_were_given(db, has, gets):
    """The first version gave four rights; that administrators see the audit trail came later, and notes on tickets after that."""
    admin = Group.objects.create(name="admin")
    admin.permissions.set(permissions([rights.VIEW, *has]))
    import_module("dashboard.identity.migrations.0002_given_rights").note(apps, None)
    before = rights_of("admin")
    create_roles()
    later = {rights.READ_NOTES, rights.WRITE_NOTES}
    assert rights_of("admin") - before == later | ({rights.AUDIT} if gets else set())
    assert rights.EXPORT not in rights_of("admin"), "it was taken away"


def test_each_right_is_in_some_role_and_has_words():
    assert {right for may in ROLES.values() for right in may} == set(rights.WORDS)


def test_giving_roles_leaves_other_groups_and_superusers_alone(person):
    user = person("root", "viewer", is_superuser=True, is_staff=True)
    user.groups.add(Group.objects.create(name="of their own"))
    give_roles(user, ["analyst"])
    user.refresh_from_db()
    assert sorted(group.name for group in user.groups.all()) == ["analyst", "of their own"]
    assert user.is_staff


@pytest.fixture
def admin(logged_in) -> Client:
    return logged_in("boss", "admin")


def test_an_administrator_manages_people_and_roles(admin):
    assert admin.get("/admin/").status_code == 200
    create_roles()
    sent = {"username": "carl", "usable_password": "true", "password1": "horse staple 9", "password2": "horse staple 9"}
    assert admin.post("/admin/auth/user/add/", sent).status_code == 302
    carl = User.objects.get(username="carl")
    page = admin.get(f"/admin/auth/user/{carl.pk}/change/").content.decode()
    assert "is_superuser" not in page
    assert "user_permissions" not in page
    viewer = Group.objects.get(name="viewer")
    change = {"username": "carl", "is_active": "on", "groups": [viewer.pk], "is_superuser": "on"}
    assert admin.post(f"/admin/auth/user/{carl.pk}/change/", change).status_code == 302
    carl.refresh_from_db()
    assert [group.name for group in carl.groups.all()] == ["viewer"]
    assert not carl.is_superuser


def test_a_role_is_made_of_this_sites_rights_only(admin):
    create_roles()
    page = admin.get(f"/admin/auth/group/{Group.objects.get(name='viewer').pk}/change/").content.decode()
    assert page.count("<option") == len(rights.WORDS)
    assert "May export tickets" in page


def test_nobody_is_deleted(admin, person):
    carl = person("carl")
    assert admin.post(f"/admin/auth/user/{carl.pk}/delete/", {"post": "yes"}).status_code == 403
    assert User.objects.filter(username="carl").exists()


def test_an_administrator_does_not_rise_above(admin, person):
    root = person("root", is_superuser=True, is_staff=True)
    before = root.password
    sent = {"password1": "horse staple 9", "password2": "horse staple 9", "usable_password": "true"}
    assert admin.post(f"/admin/auth/user/{root.pk}/password/", sent).status_code == 403
    admin.post(f"/admin/auth/user/{root.pk}/change/", {"username": "mine"})
    root.refresh_from_db()
    assert (root.username, root.password) == ("root", before)


@pytest.mark.parametrize(("role", "staff"), [("viewer", True), ("analyst", True), ("admin", False)])
def test_staff_alone_or_the_right_alone_is_not_enough(client, person, role, staff):
    user = person("anna", role)
    User.objects.filter(pk=user.pk).update(is_staff=staff)
    log_in(client)
    assert client.get("/admin/").status_code in {302, 403}
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/auth/user/", follow=True).status_code == 403


def test_its_log_in_is_the_sites_own_which_counts_wrong_passwords(client, person):
    person("boss", "admin")
    for path in ("/admin/", "/admin/login/", "/admin/login/?next=/admin/auth/user/"):
        assert client.get(path)["Location"].startswith("/login/?next=/admin/".replace("/admin/", "%2Fadmin%2F"))
    assert client.post("/admin/login/", {"username": "boss", "password": "x"})["Location"].startswith("/login/")


def test_its_log_out_and_password_page_are_the_sites_own(admin):
    assert admin.get("/admin/password_change/")["Location"] == "/password/"
    response = admin.post("/admin/logout/")
    assert "Clear-Site-Data" in response
    assert admin.get("/admin/").status_code == 302


def test_the_link_to_it_is_shown_to_those_who_may(admin, logged_in, serve):
    serve([])
    assert 'href="/admin/"' in admin.get("/tickets/").content.decode()
    assert 'href="/admin/"' not in logged_in("anna", "analyst").get("/tickets/").content.decode()
