"""The pages of saved views, and where the dashboard begins."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from audit import trail
from tickets_app.display import person
from tickets_app.display.came_from import came_from_list
from tickets_app.display.person import Owner
from tickets_app.display.values import heading
from tickets_app.filters import chips, links
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import BadQueryStringError, read_query_string
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import Names
from tickets_app.models import SavedView
from tickets_app.rights import ADMINISTER, SHARE, VIEW, needs, staying
from tickets_app.saved_views import store


@needs(VIEW)
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Where the dashboard begins: at the person's default view, else at all tickets."""
    preference = person.preference_of(request)
    view = person.while_known(request, lambda: preference.default_view, None) if preference else None
    if view and (view.shared or _owns(request, view)):
        return HttpResponseRedirect(links.view_url(view.query))
    return redirect("tickets:list")


@dataclass(frozen=True, slots=True)
class ViewRow:
    """A saved view as its page shows it."""

    view: SavedView
    url: str
    filters: list[str]
    columns: list[str]
    mine: bool
    owner: str
    is_default: bool


@needs(VIEW)
@staying
@require_http_methods(["GET", "HEAD", "POST"])
def saved_views(request: HttpRequest) -> HttpResponse:
    """The saved views; a POST saves one."""
    if request.method != "POST":
        return _page(request)
    typed = {name: request.POST.get(name, "") for name in ("name", "query", "shared")}
    form = _form(request, typed["query"])
    if form is None:
        return _page(request, problem="These filters cannot be saved. Open the list again, and save them from there.")
    if typed["shared"] and not request.user.has_perm(SHARE):
        return _page(request, problem=_MAY_NOT_SHARE, typed=typed, status=403)
    url = form.address(form.query.first_page(), form.range)
    replace = bool(request.POST.get("replace"))
    try:
        view = store.save(
            person.begin(request), typed["name"], links.list_query(url), shared=bool(typed["shared"]), replace=replace
        )
    except store.BadNameError as error:
        return _page(request, problem=str(error), typed=typed, taken=isinstance(error, store.TakenError))
    if view.shared:
        _tell_trail(request, view, "saved")
    messages.info(request, "The view is saved. Its name stands in the menu of views.")
    return HttpResponseRedirect(url)


_MAY_NOT_SHARE = "Your account may not share views with others. Save it as your own, or ask the people who run this."


@needs(VIEW)
@staying
@require_http_methods(["GET", "HEAD", "POST"])
def change_view(request: HttpRequest, pk: int) -> HttpResponse:
    """Rename, share, or delete a view, or make it the one that the dashboard begins with."""
    if request.method != "POST":  # a page of an error on it, opened again
        return redirect("tickets:views")
    view = store.visible(person.owner_of(request)).filter(pk=pk).first()
    if view is None:
        return _page(
            request, problem="This view is no longer there: it was deleted, or is no longer shared.", status=404
        )
    change = request.POST.get("change", "")
    if change in {"default", "no_default"}:
        person.prefer(request, default_view=view if change == "default" else None)
        return redirect("tickets:views")
    return _refused(request, view, change) or _changed(request, view, change)


def _refused(request: HttpRequest, view: SavedView, change: str) -> HttpResponse | None:
    """The page that says why a change is not made; None where it may be."""
    if change not in _CHANGES:
        return _page(request, problem="There is no such change.")
    if not (_owns(request, view) or (change != "rename" and request.user.has_perm(ADMINISTER))):
        return _page(request, problem="This view is somebody else’s: only they can change it.", status=403)
    if change == "share" and not request.user.has_perm(SHARE):
        return _page(request, problem=_MAY_NOT_SHARE, status=403)
    return None


def _changed(request: HttpRequest, view: SavedView, change: str) -> HttpResponse:
    was_shared, name = view.shared, view.name
    try:
        _CHANGES[change](view, request.POST.get("name", ""))
    except store.BadNameError as error:
        return _page(request, problem=str(error))
    if was_shared or view.shared:
        _tell_trail(request, view, _DONE[change], name)
    return redirect("tickets:views")


def _set_shared(view: SavedView, *, shared: bool) -> None:
    view.shared = shared
    view.save(update_fields=["shared", "changed"])


_CHANGES: dict[str, Callable[[SavedView, str], object]] = {
    "rename": store.rename,
    "share": lambda view, _: _set_shared(view, shared=True),
    "unshare": lambda view, _: _set_shared(view, shared=False),
    "delete": lambda view, _: view.delete(),
}
_DONE = {"rename": "renamed", "share": "shared", "unshare": "no longer shared", "delete": "deleted"}


def _tell_trail(request: HttpRequest, view: SavedView, change: str, name: str | None = None) -> None:
    form = _form(request, view.query)
    trail.changed_view(request, name or view.name, change, form.query.filters() if form else ())


def _owns(request: HttpRequest, view: SavedView) -> bool:
    owner = person.owner_of(request)
    return owner is not None and owner.owns(view)


def _form(request: HttpRequest, query: str) -> TicketFilterForm | None:
    """The filters that a query string stands for; None where it makes no sense."""
    try:
        parameters = read_query_string(query.encode().decode("latin-1"))
    except BadQueryStringError:
        return None
    form = TicketFilterForm(parameters, zone=person.zone_of(request), now=datetime.now(UTC))
    return form if form.is_valid() else None


def _page(
    request: HttpRequest,
    *,
    problem: str = "",
    typed: dict[str, str] | None = None,
    taken: bool = False,
    status: int = 400,
) -> HttpResponse:
    owner, preference = person.owner_of(request), person.preference_of(request)
    default = preference.default_view_id if preference else None
    names = gateway.location_names()  # once: while they are loading, each time would wait for them
    rows = [_row(request, view, owner, default, names) for view in store.visible(owner)]
    context = {
        "rows": rows,
        "back": came_from_list(request),
        "problem": problem,
        "typed": typed,
        "taken": taken,
        "may_share": request.user.has_perm(SHARE),
        "may_administer": request.user.has_perm(ADMINISTER),
    }
    return render(request, "tickets/saved_views/saved_views.html", context, status=status if problem else 200)


def _row(request: HttpRequest, view: SavedView, owner: Owner | None, default: int | None, names: Names) -> ViewRow:
    form = _form(request, view.query)
    in_force = chips.chips(form, form.query, names) if form else ()
    mine = owner is not None and owner.owns(view)
    return ViewRow(
        view=view,
        url=links.view_url(view.query),
        filters=list(in_force) if form else ["its filters can no longer be read"],
        columns=[heading(path) for path in form.own_columns] if form else [],
        mine=mine,
        owner="" if mine else (view.user.get_username() if view.user else "another browser"),
        is_default=view.pk == default,
    )
