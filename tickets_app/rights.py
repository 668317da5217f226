"""What a person may do here, and which of it each page asks for (docs/decisions/0020). Who has what: dashboard/identity."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
Answer = TypeVar("Answer")

VIEW = "tickets_app.view_tickets"
EXPORT = "tickets_app.export_tickets"
SHARE = "tickets_app.share_views"
ADMINISTER = "tickets_app.administer"
READ_NOTES = "tickets_app.read_notes"
WRITE_NOTES = "tickets_app.write_notes"
AUDIT = "audit.view_event"

# The right, and what it lets a person do: "…may see tickets".
WORDS = {
    VIEW: "see tickets",
    EXPORT: "export tickets",
    SHARE: "share views with others",
    ADMINISTER: "administer this dashboard",
    READ_NOTES: "read notes on tickets",
    WRITE_NOTES: "write notes on tickets",
    AUDIT: "see the audit trail",
}

# For pages that every person who is logged in may open, such as the one to change a password.
LOGIN_ALONE = "login"


def needs(right: str) -> Callable[[Callable[P, Answer]], Callable[P, Answer]]:
    """Decorate a view: only people with this right are let in. A page without this (or `login_not_required`) is closed."""

    def decorate(view: Callable[P, Answer]) -> Callable[P, Answer]:
        # A view of its own: the same one may stand under two addresses that ask for different rights.
        @wraps(view)
        def asking(*args: P.args, **kwargs: P.kwargs) -> Answer:
            return view(*args, **kwargs)

        asking.right_needed = right  # type: ignore[attr-defined] # as Django's own login_not_required does it
        asking.login_required = True  # type: ignore[attr-defined] # also where the view itself says that it is open
        return asking

    return decorate


def staying(view: Callable[P, Answer]) -> Callable[P, Answer]:
    """Decorate a view (below `needs`): who has no session is not led away from its page, where much may have been typed."""
    view.stays = True  # type: ignore[attr-defined] # as above
    return view


def stays(view: object) -> bool:
    """Whether a view says so."""
    return getattr(view, "stays", False)


def right_of(view: object) -> str | None:
    """The right that a view asks for; None where nobody has decided."""
    right: str | None = getattr(view, "right_needed", None)
    return right


def is_open(view: object) -> bool:
    """Whether a view is for everybody, logged in or not (Django's `login_not_required`)."""
    return not getattr(view, "login_required", True)
