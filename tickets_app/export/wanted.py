"""What the address of an export asks for, or why it cannot be exported."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from tickets_app.copper.query import TicketQuery
from tickets_app.display import person, property_paths
from tickets_app.filters import links
from tickets_app.filters.damaged import mending
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import BadQueryStringError, read_query_string
from tickets_app.notes import store

TOKEN, BOM, NOTES = "export", "bom", "notes"
_YES = {"1", "on", "true"}


class BadAddressError(ValueError):
    """What was asked for cannot be exported. The message is for the person."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What an address asks for."""

    form: TicketFilterForm
    query: TicketQuery
    columns: tuple[property_paths.Path, ...]
    bom: bool
    token: str | None
    notes: bool = False  # on the tickets, as a last column

    @property
    def list_url(self) -> str:
        """The list of these tickets, from its first page on."""
        return links.list_url(self.query.first_page(), self.form.range)


def read(request: HttpRequest) -> Wanted:
    """Read the address. Raises BadAddressError."""
    try:
        parameters = read_query_string(request.META.get("QUERY_STRING", ""))
    except BadQueryStringError as error:
        raise BadAddressError(str(error)) from None
    if again := sorted(parameters.repeated & {BOM, TOKEN, NOTES}):
        raise BadAddressError(f"The address has “{again[0]}” more than once. Keep one.")
    if damaged := mending(parameters, request.path, (BOM, TOKEN, NOTES)):  # the file would hold more than was meant
        names = ", ".join(f"“{name}”" for name in damaged.names)
        raise BadAddressError(f"This link was damaged on the way: {names}. Open the list, and export from there.")
    form = TicketFilterForm(parameters, zone=person.zone_of(request), now=datetime.now(UTC))
    if not form.is_valid():
        raise BadAddressError(
            " ".join(f"{form.fields[name].label}: {errors[0]}" for name, errors in form.errors.items())
        )
    if form.query.goes_newer:
        raise BadAddressError("A file goes from new to old: it cannot begin at ending_before.")
    notes = parameters.values.get(NOTES) in _YES
    if notes and not store.may_read(request):
        raise BadAddressError("Your account reads no notes, or they are turned off here. Leave “notes” out.")
    return Wanted(
        form,
        form.query,
        form.own_columns,
        parameters.values.get(BOM) in _YES,
        parameters.values.get(TOKEN),
        notes,
    )


def refuse(request: HttpRequest, error: BadAddressError) -> HttpResponse:
    """The page that says why."""
    context = {"heading": "This cannot be exported", "advice": str(error)}
    return render(request, "error.html", context, status=400)
