"""Roles and users in the database: giving roles, and the user who belongs to a subject of the sign-on provider."""

from collections.abc import Iterable

from django.contrib.auth.models import Group, Permission, User
from django.db import transaction
from django.db.models import Q, QuerySet

from dashboard.identity.models import ExternalAccount
from dashboard.identity.roles import ROLES
from tickets_app.rights import ADMINISTER


class RefusedError(Exception):
    """Somebody may not come in. The message is for that person, in plain words."""


def role_group(role: str) -> tuple[Group, bool]:
    """The group of a role, and whether it was made just now. One that exists is left as people have set it up."""
    group, made = Group.objects.get_or_create(name=role)
    if made:
        group.permissions.set(permissions(ROLES[role]))
    return group, made


def permissions(rights: Iterable[str]) -> QuerySet[Permission]:
    """Django's permissions of these rights."""
    wanted = [right.split(".") for right in rights]
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
