"""The page that offers the files of an export, and the columns to choose from."""

from functools import partial

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from tickets_app.display import property_paths
from tickets_app.display.came_from import list_before
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment
from tickets_app.export.wanted import BadAddressError, Wanted, read, refuse
from tickets_app.filters import chips, columns_panel, links
from tickets_app.filters.columns_panel import ColumnMenu
from tickets_app.filters.links import COLUMNS, hidden_pairs
from tickets_app.filters.query_string import read_or_say
from tickets_app.gateway import tickets as gateway
from tickets_app.long_runs.progress import begin
from tickets_app.notes import store as notes
from tickets_app.rights import EXPORT, needs


@needs(EXPORT)
@require_safe
@vary_on_headers(*FORMS)
def export_page(request: HtmxHttpRequest) -> HttpResponse:
    """The page that offers the files."""
    parameters, problem = read_or_say(request.META.get("QUERY_STRING", ""))
    if not problem and (ticked := columns_panel.ticked(request, ())) is not None:
        return HttpResponseRedirect(links.with_value(parameters.values, COLUMNS, ticked, "tickets:export"))
    try:
        wanted = read(request)
    except BadAddressError as error:
        if is_fragment(request):
            return HttpResponse(
                status=400, headers={"HX-Reswap": "none"}
            )  # a name is typed half: what stands there stays
        return refuse(request, error)
    panel, names, token = _panel(wanted), gateway.location_names(), begin(request)
    context = {
        "chips": list(chips.chips(wanted.form, wanted.query, names)),
        "hidden": hidden_pairs(links.export_query(wanted.query, wanted.form.range)),
        "list_url": list_before(request, wanted.list_url),
        "typed": property_paths.dump(wanted.columns),
        "columns": panel,
        "may_read_notes": notes.may_read(request),
        "notes": wanted.notes,
        "token": token,
        "goes_on": wanted.query.continues,
        "run_url": reverse("tickets:export_run", args=[token]),
    }
    response = render(request, "tickets/export/export.html", context)
    if request.htmx.boosted:
        response["HX-Push-Url"] = _address(wanted, wanted.columns)
    return response


def _panel(wanted: Wanted) -> ColumnMenu:
    """The columns to choose from: those of the newest tickets there, whatever is searched for, as a list has them."""
    seen = gateway.list_tickets(wanted.query.resolved().first_page().without_search(), stale=True)
    place = columns_panel.Place(partial(_address, wanted), "#export-columns", (), "Back to all columns")
    return columns_panel.panel(place, wanted.columns, seen.rows)


def _address(wanted: Wanted, columns: tuple[property_paths.Path, ...]) -> str:
    return links.export_page_url(wanted.query, wanted.form.range, columns)
