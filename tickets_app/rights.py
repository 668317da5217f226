"""What a person may do here, and which of it each page asks for (docs/decisions/0020). Who has what: dashboard/identity."""

from collections.abc import Callable
from typing import TypeVar

View = TypeVar("View", bound=Callable[..., object])

VIEW = "tickets_app.view_tickets"
EXPORT = "tickets_app.export_tickets"
SHARE = "tickets_app.share_views"
ADMINISTER = "tickets_app.administer"

# The right, and what it lets a person do: "…may see tickets".
WORDS = {
    VIEW: "see tickets",
    EXPORT: "export tickets",
    SHARE: "share views with others",
    ADMINISTER: "administer this dashboard",
}

# For pages that every person who is logged in may open, such as the one to change a password.
LOGIN_ALONE = "login"


def needs(right: str) -> Callable[[View], View]:
    """Decorate a view: only people with this right are let in. A page without this (or `login_not_required`) is closed."""

    def decorate(view: View) -> View:
        view.right_needed = right  # type: ignore[attr-defined] # as Django's own login_not_required does it
        return view

    return decorate


def right_of(view: object) -> str | None:
    """The right that a view asks for; None where nobody has decided."""
    right: str | None = getattr(view, "right_needed", None)
    return right


def is_open(view: object) -> bool:
    """Whether a view is for everybody, logged in or not (Django's `login_not_required`)."""
    return not getattr(view, "login_required", True)
