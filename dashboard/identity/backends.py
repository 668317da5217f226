"""What people may do where nobody logs in, and how passwords are hashed."""

from django.contrib.auth.backends import BaseBackend
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser

from dashboard.identity.roles import RIGHTS_WITHOUT_LOGIN


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
