"""People and their rights by one statement each: what Django's own backend says, and asked for once."""

import pytest
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import Group, Permission, User
from django.db import connection
from django.test.utils import CaptureQueriesContext

from dashboard.identity.backends import Accounts


def right(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def in_a_group(user: User) -> None:
    group = Group.objects.create(name="of two rights")
    group.permissions.set([right("view_session"), right("export_tickets")])
    user.groups.add(group)


def with_a_right_of_their_own(user: User) -> None:
    user.user_permissions.add(right("view_tickets"))


@pytest.mark.parametrize("roles", [[], ["analyst"], ["viewer", "analyst"]])
@pytest.mark.parametrize("given", [[], [in_a_group], [with_a_right_of_their_own, in_a_group]])
@pytest.mark.parametrize("properties", [{}, {"is_active": False}, {"is_superuser": True}])
def test_rights_are_those_that_django_finds(person, roles, given, properties):
    made = person("anna", *roles, **properties)
    for give in given:
        give(made)
    ours, django = (User.objects.get(pk=made.pk) for _ in range(2))
    wanted = ModelBackend().get_all_permissions(django)
    assert Accounts().get_all_permissions(ours) == wanted
    assert bool(wanted) == bool(("is_superuser" in properties or roles or given) and "is_active" not in properties)


def test_they_are_asked_for_once_by_one_statement(person):
    anna = person("anna", "analyst")
    with CaptureQueriesContext(connection) as queries:
        assert Accounts().get_all_permissions(anna) == Accounts().get_all_permissions(anna)
    assert len(queries) == 1


def test_a_right_taken_away_is_gone_with_the_next_page(person):
    anna = person("anna", "analyst")
    assert Accounts().get_user(anna.pk).has_perm("tickets_app.view_tickets")
    anna.groups.clear()
    assert not Accounts().get_user(anna.pk).has_perm("tickets_app.view_tickets")


def test_nobody_is_found_for_an_account_that_is_gone_or_switched_off(person):
    anna = person("anna")
    assert Accounts().get_user(anna.pk) == anna
    User.objects.filter(pk=anna.pk).update(is_active=False)
    assert Accounts().get_user(anna.pk) is None
    assert Accounts().get_user(anna.pk + 1) is None
