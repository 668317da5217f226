"""Roles and users in the database: giving roles, and the user who belongs to a name or to a subject elsewhere."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.contrib.auth.models import Group, Permission, User
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import Q, QuerySet

from dashboard.identity import names
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


def keep_to(user: User, roles: frozenset[str]) -> None:
    """Give exactly these roles to somebody who has others. For each request: where nothing changed, nothing is written."""
    if roles != set(user.groups.filter(name__in=ROLES).values_list("name", flat=True)):
        give_roles(user, roles)


def named(name: str) -> User:
    """The user of that name, however it is spelled; made where there is none. Raises RefusedError."""
    return _found(name) or _made(name)


def known(issuer: str, subject: str) -> User | None:
    """The user of this subject, where there is one."""
    return User.objects.filter(external_account__issuer=issuer, external_account__subject=subject).first()


@transaction.atomic
def welcome(issuer: str, subject: str, *, name: str, email: str) -> User:
    """The user of this subject, made where there is none. Raises RefusedError where the user name is somebody else's."""
    user = known(issuer, subject) or _joined(issuer, subject, name)
    _refuse_who_is_switched_off(_alike(user.username))
    if user.email != email:
        user.email = email
        user.save(update_fields=["email"])
    return user


def _joined(issuer: str, subject: str, name: str) -> User:
    _one_after_the_other()
    if user := known(issuer, subject):  # by another tab, just now
        return user
    if _alike(name):
        raise RefusedError(
            f"Somebody else here already has the user name “{name}”. Ask the people who run this dashboard to rename "
            "that account; then log in again."
        )
    user = _new(name)
    ExternalAccount.objects.create(user=user, issuer=issuer, subject=subject)
    return user


@transaction.atomic
def _made(name: str) -> User:
    _one_after_the_other()
    return _found(name) or _new(name)


def _found(name: str) -> User | None:
    users = _alike(name)
    _refuse_who_is_switched_off(users)
    exactly = [user for user in users if user.username == name]
    if len(users) > 1 and not exactly:
        listed = ", ".join(f"“{user.username}”" for user in users)
        raise RefusedError(f"“{name}” may be any of the accounts {listed}.")
    return next(iter(exactly or users), None)


def _refuse_who_is_switched_off(users: Iterable[User]) -> None:
    """One is enough: an account that only another spelling made opens no way around."""
    if any(not user.is_active for user in users):
        raise RefusedError("Your account here is switched off. Ask the people who run this dashboard.")


def _alike(name: str) -> list[User]:
    """All users of that name. Databases fold letters each in its own way, and SQLite only a to z: so it is done here."""
    wanted = names.alike(name)
    everybody = User.objects.values_list("pk", "username").iterator()
    return list(User.objects.filter(pk__in=[pk for pk, username in everybody if names.alike(username) == wanted]))


def _one_after_the_other() -> None:
    """Until the end of the transaction nobody else makes a user: two spellings at one moment would be two accounts."""
    list(ContentType.objects.select_for_update(no_key=True).filter(app_label="auth", model="user"))


def _new(name: str) -> User:
    user = User(username=name)
    user.set_unusable_password()
    user.save()
    return user
