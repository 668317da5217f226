"""Saved views: the filters and columns of a list under a name, a person's own or shared with everyone."""

from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet

from tickets_app.display.person import Owner
from tickets_app.filters.query_string import has_control_characters
from tickets_app.models import SavedView

MOST = 200  # views of one person


class BadNameError(ValueError):
    """A view cannot have this name. The message is for the person."""


class TakenError(BadNameError):
    """The person has a view of this name already."""


def visible(owner: Owner | None) -> QuerySet[SavedView]:
    """The views that a person sees: their own and what others share, by name."""
    mine = Q(**owner.fields) if owner else Q(pk__in=())
    return SavedView.objects.filter(mine | Q(shared=True)).select_related("user")


def menu(owner: Owner | None) -> list[tuple[str, str]]:
    """The same as (name, query). Every list asks: by a statement as it is, and not put together by Django each time."""
    user = owner.user if owner else None
    with connection.cursor() as cursor:
        if user:
            cursor.execute(_OF_USER, [user.pk])
        else:
            cursor.execute(_OF_SESSION, [owner.session_key if owner else None])
        return [(name, query) for name, query in cursor.fetchall()]


_OF_USER = 'SELECT name, "query" FROM tickets_app_savedview WHERE user_id = %s OR shared ORDER BY name, id'
_OF_SESSION = 'SELECT name, "query" FROM tickets_app_savedview WHERE session_id = %s OR shared ORDER BY name, id'


def good_name(text: str) -> str:
    """Give the name without spaces around it. Raises BadNameError."""
    name = text.strip()
    if not name:
        raise BadNameError("Give the view a name, such as “Reno, today”.")
    if has_control_characters(name):
        raise BadNameError("This name holds a control character (such as NUL). Please type it again.")
    if len(name) > SavedView.MAX_NAME:
        raise BadNameError(f"This name is too long: at most {SavedView.MAX_NAME} characters.")
    return name


def save(owner: Owner, name: str, query: str, *, shared: bool, replace: bool = False) -> SavedView:
    """Keep a query under a name. Raises TakenError where there is one, unless it is to be replaced, and BadNameError."""
    name = good_name(name)
    with transaction.atomic():
        own = SavedView.objects.filter(**owner.fields)
        old = own.filter(name=name).first()
        if old and not replace:
            raise TakenError(f"You have a view named “{name}” already. Choose another name, or replace it.")
        if old is None and own.count() >= MOST:
            raise BadNameError(f"You have {MOST} views, which is as many as can be kept. Delete one first.")
        view = old or SavedView(**owner.fields, name=name)
        view.query, view.shared = query, shared
        _write(view)
    return view


def rename(view: SavedView, name: str) -> None:
    """Give a view another name. Raises TakenError and BadNameError."""
    view.name = good_name(name)
    _write(view)


def _write(view: SavedView) -> None:
    try:
        with transaction.atomic():
            view.save()
    except IntegrityError:  # two tabs at the same time
        raise TakenError(f"You have a view named “{view.name}” already. Choose another name.") from None
