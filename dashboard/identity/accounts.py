"""Roles and users in the database: giving roles, and the user who belongs to a subject of the sign-on provider."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q, QuerySet

from dashboard.identity.models import ExternalAccount, GivenRight
from dashboard.identity.roles import ROLES
from tickets_app.rights import ADMINISTER, WORDS


class RefusedError(Exception):
    """Somebody may not come in. The message is for that person, in plain words."""


@dataclass(frozen=True, slots=True)
class Renewal:
    """What became of a role's group. `lacks` and `more` are what people have changed in it: they are left so."""

    made: bool
    new: tuple[str, ...]  # rights that came with this version
    lacks: tuple[str, ...]
    more: tuple[str, ...]


@transaction.atomic
def renew_role(role: str) -> Renewal:
    """Make the group of a role, or give it the rights that it was never given before. Nothing is ever taken away."""
    group, made = role_group(role)
    had, given = set() if made else _rights_of(group), set(group.given_rights.values_list("right", flat=True))
    _give(group, [right for right in ROLES[role] if right not in given])
    has = _rights_of(group)
    return Renewal(
        made=made,
        new=tuple(right for right in ROLES[role] if right in has - had),
        lacks=tuple(right for right in ROLES[role] if right not in has),
        more=tuple(right for right in WORDS if right in has and right not in ROLES[role]),
    )


@transaction.atomic
def role_group(role: str) -> tuple[Group, bool]:
    """The group of a role, and whether it was made just now. One that exists is left as it is."""
    group, made = Group.objects.get_or_create(name=role)
    if made:
        _give(group, ROLES[role])
    return group, made


def _give(group: Group, rights: Iterable[str]) -> None:
    """Give rights, and note that they were given. One that the database does not know yet is not given, so not noted."""
    found = list(permissions(rights).select_related("content_type"))
    group.permissions.add(*found)
    notes = (GivenRight(group=group, right=_spelled(permission)) for permission in found)
    GivenRight.objects.bulk_create(notes, ignore_conflicts=True)


def _rights_of(group: Group) -> set[str]:
    return {_spelled(permission) for permission in group.permissions.select_related("content_type")}


def _spelled(permission: Permission) -> str:
    return f"{permission.content_type.app_label}.{permission.codename}"


def permissions(rights: Iterable[str]) -> QuerySet[Permission]:
    """Django's permissions of these rights."""
    wanted = [right.split(".") for right in rights]
    if not wanted:
        return Permission.objects.none()  # an empty condition would choose all of them
    chosen = Q(*(Q(content_type__app_label=app, codename=name) for app, name in wanted), _connector=Q.OR)
    return Permission.objects.filter(chosen)


@transaction.atomic
def give_roles(user: User, roles: Iterable[str]) -> None:
    """Give exactly these roles; groups that are not roles stay. Administrators become staff, which /admin/ asks for."""
    roles = set(roles)
    others = user.groups.exclude(name__in=ROLES)
    user.groups.set([*others, *(role_group(role)[0] for role in sorted(roles))])
    staff = user.is_superuser or any(ADMINISTER in ROLES[role] for role in roles)
    if user.is_staff != staff:
        user.is_staff = staff
        user.save(update_fields=["is_staff"])


def known(issuer: str, subject: str) -> User | None:
    """The user of this subject, where there is one."""
    return User.objects.filter(external_account__issuer=issuer, external_account__subject=subject).first()


@transaction.atomic
def welcome(issuer: str, subject: str, *, name: str, email: str) -> User:
    """The user of this subject, made where there is none. Raises RefusedError where the user name is somebody else's."""
    user = known(issuer, subject)
    if user is None:
        user = _new(name)
        ExternalAccount.objects.create(user=user, issuer=issuer, subject=subject)
    if user.email != email:
        user.email = email
        user.save(update_fields=["email"])
    return user


def _new(name: str) -> User:
    if User.objects.filter(username=name).exists():
        raise RefusedError(
            f"Somebody else here already has the user name “{name}”. Ask the people who run this dashboard to rename "
            "that account; then log in again."
        )
    user = User(username=name)
    user.set_unusable_password()
    user.save()
    return user
