"""Who has logged in, what they may do, what people may do where nobody logs in, and how passwords are hashed.

Every page asks who it is for and what that person may do, so it is one statement each: Django puts its own together anew each
time, which takes three times as long as the answer (docs/decisions/0077-rendering.md).
"""

from django.contrib.auth.backends import BaseBackend, ModelBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser, User
from django.db import connection

from dashboard.identity.roles import RIGHTS_WITHOUT_LOGIN
from tickets_app.display.person import read_with
from tickets_app.models import Preference
from tickets_app.statements import found_beside

# With what the person prefers: every page needs both.
_USER = """SELECT auth_user.*, NULL AS beside, tickets_app_preference.*
FROM auth_user LEFT JOIN tickets_app_preference ON tickets_app_preference.user_id = auth_user.id
WHERE auth_user.id = %s
"""
# By the person's groups, and those that were given to the person alone.
_RIGHTS = """SELECT content.app_label, permission.codename
FROM auth_permission permission JOIN django_content_type content ON content.id = permission.content_type_id
WHERE permission.id IN (SELECT permission_id FROM auth_user_user_permissions WHERE user_id = %s)
   OR permission.id IN (
       SELECT of_group.permission_id FROM auth_group_permissions of_group
       JOIN auth_user_groups own ON own.group_id = of_group.group_id WHERE own.user_id = %s
   )
"""


class AsKept:
    """For a backend: the person of a session as the database has them now."""

    def get_user(self, user_id: int) -> User | None:
        """The person of a session; None where the account is gone or switched off."""
        for user, preference in found_beside(User, Preference, _USER, [user_id]):
            read_with(user, preference)
            return user if user.is_active else None
        return None


class Accounts(AsKept, ModelBackend):
    """People with a password here. What anybody may do is decided by this one, whichever backend let them in."""

    def get_all_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: object = None) -> set[str]:
        """All rights; asked for once for each person in hand, as Django does."""
        if obj is not None or not isinstance(user_obj, User) or not user_obj.is_active or user_obj.is_superuser:
            return super().get_all_permissions(user_obj, obj)  # type: ignore[arg-type] # narrower in its stubs than in Django
        kept = vars(user_obj)
        if "_perm_cache" not in kept:  # Django's own name: what forgets it goes on doing so
            with connection.cursor() as cursor:
                cursor.execute(_RIGHTS, [user_obj.pk, user_obj.pk])
                kept["_perm_cache"] = {f"{app}.{name}" for app, name in cursor.fetchall()}
        rights: set[str] = kept["_perm_cache"]
        return rights


class ThisMachine(BaseBackend):
    """In force with LOGIN_REQUIRED=false: whoever sits at this machine may do everything but administer."""

    def get_user_permissions(self, user_obj: AbstractBaseUser | AnonymousUser, obj: object = None) -> set[str]:
        """The rights of everybody."""
        return set(RIGHTS_WITHOUT_LOGIN)


class Argon2(Argon2PasswordHasher):
    """OWASP's first choice of parameters for Argon2id. Django's own take 100 MB for each of the log-ins at one time."""

    time_cost = 2
    memory_cost = 19_456  # KiB
    parallelism = 1
