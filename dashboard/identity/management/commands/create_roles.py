"""`manage.py create_roles`: make the groups viewer, analyst, sharer and admin. Groups that exist are left as they are."""

from typing import Any

from django.core.management.base import BaseCommand

from dashboard.identity.accounts import role_group
from dashboard.identity.roles import ROLES
from tickets_app.rights import WORDS


class Command(BaseCommand):
    """Make the groups of the roles."""

    help = "Makes the groups viewer, analyst, sharer and admin with their rights; leaves those that exist."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say of each role whether it was made."""
        for role, rights in ROLES.items():
            _, made = role_group(role)
            may = f"may {', '.join(WORDS[right] for right in rights)}"
            self.stdout.write(f"{role}: {'made; ' + may if made else 'exists'}")
