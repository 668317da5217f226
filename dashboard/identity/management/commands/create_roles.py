"""`manage.py create_roles`: make the groups viewer, analyst, sharer and admin, and give them rights that are new.

To be run after each `migrate`; what people have changed in a group stays, and is said (docs/decisions/0025-roles.md).
"""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.management.base import BaseCommand

from dashboard.identity.accounts import Renewal, renew_role
from dashboard.identity.roles import ROLES
from tickets_app.rights import WORDS


class Command(BaseCommand):
    """Bring the groups of the roles up to date."""

    help = "Makes the groups viewer, analyst, sharer and admin; gives those that exist the rights that are new."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Say of each role what became of it."""
        for role in ROLES:
            self.stdout.write(f"{role}: {'; '.join(_told(renew_role(role)))}")


def _told(renewal: Renewal) -> Iterator[str]:
    yield "made" if renewal.made else "exists"
    if renewal.new:
        yield f"{'may' if renewal.made else 'new, may now'} {_words(renewal.new)}"
    if renewal.lacks:
        yield f"changed by hand and left so, may not {_words(renewal.lacks)}"
    if renewal.more:
        yield f"changed by hand and left so, may also {_words(renewal.more)}"


def _words(rights: Iterable[str]) -> str:
    return ", ".join(WORDS[right] for right in rights)
