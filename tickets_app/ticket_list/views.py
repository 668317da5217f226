"""The list, its histogram and its new tickets: what was asked for → Copper → a template."""

from dataclasses import replace
from datetime import UTC, datetime

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from tickets_app.display import person
from tickets_app.display.paths import path_of
from tickets_app.display.request import FORMS, HtmxHttpRequest, goes_on_by_itself, is_fragment, with_retry_after
from tickets_app.filters import bar, columns_panel, links, refused
from tickets_app.filters.damaged import Mending
from tickets_app.filters.damaged import mending as mending_of
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.query_string import Parameters, read_or_say
from tickets_app.filters.zone_change import typed_elsewhere
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.page_result import Outcome
from tickets_app.notes import store as notes
from tickets_app.receipt import words as receipt
from tickets_app.rights import VIEW, needs
from tickets_app.sent_links.elsewhere import elsewhere
from tickets_app.sent_links.sent import Sent
from tickets_app.sent_links.what_was_seen import SEEN
from tickets_app.ticket_list import arrivals, asked, looks, sharing, toolbar, zone_line
from tickets_app.ticket_list import rows as lists
from tickets_app.ticket_list.cells import RowView
from tickets_app.ticket_list.rows import Marks, TicketList
from tickets_app.timeline import page as timeline


@needs(VIEW)
@require_safe
@vary_on_headers(*FORMS)
def ticket_list(request: HtmxHttpRequest) -> HttpResponse:
    """The list, in full or as the rows that htmx appends."""
    form, parameters, problem = _read(request)
    if not problem and (better := _better_said(request, form, parameters)):
        return HttpResponseRedirect(better)
    if problem or not form.is_valid():
        return _refuse(request, form, problem, _mending(parameters))
    query = form.query
    canonical = form.address(query, form.range)
    mending = _mending(parameters)
    if form.has_local_times and not request.htmx and not mending:
        return HttpResponseRedirect(canonical)
    sent = sharing.sent_link(parameters, query)
    if sent and sent.elsewhere:
        return elsewhere(request, sent, canonical)
    if asked.moves(form):
        outcome = asked.moving_list(form)
    else:
        outcome = gateway.list_tickets(query, lively=goes_on_by_itself(request), stale=True)
    query = form.query  # of a while ago, where Copper does not answer
    look = parameters.values.get(looks.LOOK, "")
    looks.record(request, canonical, look, query, outcome)
    tickets = _shown(request, form, outcome, sent, look)
    context: dict[str, object] = {"form": form, "tickets": tickets, "mending": mending}
    context |= _above(request, parameters, form, outcome, tickets)
    if sent:
        context["sent"] = sent.sentence(outcome.rows, form.now, whole=sharing.is_whole(query, outcome))
    refused.mark(form, query, outcome)
    response = render(request, _template(request), context, status=tickets.status)
    if request.htmx.boosted:
        response["HX-Push-Url"] = canonical
    return with_retry_after(response, tickets.failure)


def _better_said(request: HtmxHttpRequest, form: TicketFilterForm, parameters: Parameters) -> str | None:
    """The address in other words: columns that were ticked as one parameter, times that were typed in another zone."""
    columns = columns_panel.ticked(request, form.first_columns)
    if columns is not None:
        return links.with_value(parameters.values, links.COLUMNS, columns)
    return typed_elsewhere(parameters, form.zone, form.now)


def _shown(
    request: HtmxHttpRequest, form: TicketFilterForm, outcome: Outcome, sent: Sent | None, look: str
) -> TicketList:
    """The rows, and the address that goes on: it belongs to this `look`, and knows what the link said."""
    names = gateway.location_names()
    if not is_fragment(request):  # rows that are appended show no filters
        form.offer_locations(names)
    new = sent.new(outcome.rows) if sent else frozenset()
    tickets = lists.build(form, form.query, outcome, names, Marks(new, notes.counts(request, outcome.rows)))
    if not tickets.next_url:
        return tickets
    following = looks.continued(request, tickets.next_url, look)
    return replace(tickets, next_url=sharing.carried(following, sent.sealed if sent and sent.witness else ""))


def _above(
    request: HtmxHttpRequest, parameters: Parameters, form: TicketFilterForm, outcome: Outcome, tickets: TicketList
) -> dict[str, object]:
    """What stands above the table: the menus and the timeline of a page, and of a fragment what it changes of them."""
    above: dict[str, object] = {"hands_on_bars": timeline.STATE in parameters.values}
    query, values = form.query, parameters.values
    whole = not is_fragment(request)
    if (whole or timeline.STATE in values or timeline.SINCE in values) and not tickets.nothing:
        closed = not whole and timeline.CLOSED in values  # a whole page can be opened without asking
        above["timeline"] = timeline.of_page(
            form, query, outcome, values, failure=tickets.failure, next_url=tickets.next_url, closed=closed
        )
    if whole:
        above["bar"] = bar.of(form)
        above["toolbar"] = toolbar.of_page(request, form, query, outcome)
        above["chart_open"] = person.wants_chart(request)
        above["zone_line"] = zone_line.of_page(request, form)
    above["receipt"] = receipt.of_page(form.zone)
    return above


@needs(VIEW)
@require_safe
@vary_on_headers(*FORMS)
def histogram(request: HtmxHttpRequest) -> HttpResponse:
    """The histogram, counted on for as long as a request may take: for htmx, or as a page without JavaScript."""
    form, parameters, problem = _read(request)
    if problem or not form.is_valid():
        return _refuse(request, form, problem)
    template = "tickets/timeline/_histogram.jinja" if is_fragment(request) else "tickets/timeline/histogram.html"
    back = form.address(form.query.first_page())
    return render(request, template, {"bars": timeline.count_on(request, form, parameters.values), "back": back})


@needs(VIEW)
@require_safe
def locations(request: HtmxHttpRequest) -> HttpResponse:
    """The field for the location once the names are there: for a page that came before them."""
    form, _, _ = _read(request)
    form.offer_locations(gateway.location_names(refresh=True, patience=gateway.NAMES_LONGEST))
    return HttpResponse(str(form["location"]))


@needs(VIEW)
@require_safe
def new_tickets(request: HtmxHttpRequest) -> HttpResponse:
    """The rows that arrived since a list was shown: for its page to put on top once somebody wants them there."""
    form, parameters, problem = _read(request)
    if problem or not form.is_valid():
        return HttpResponseBadRequest(problem or "This is no list of tickets.", content_type="text/plain")
    query = form.query
    outcome = gateway.list_tickets(query, lively=True, by_itself=True)
    address = links.arrivals_url(query, form.own_columns)
    looks.record(request, address, parameters.values.get(looks.LOOK, ""), query, outcome)
    marks = Marks(notes=notes.counts(request, outcome.rows))
    tickets = lists.build(form, query, outcome, gateway.location_names(), marks)
    if tickets.failure and not tickets.rows:
        return with_retry_after(HttpResponse(status=tickets.failure.status), tickets.failure)
    context = {
        "form": form,
        "tickets": tickets,
        "poll": arrivals.next_poll(request, form, query, outcome),
        "newest": next((row.iso for row in tickets.rows if isinstance(row, RowView) and row.iso), ""),
    }
    return render(request, "tickets/ticket_list/_arrivals.jinja", context)


def _read(request: HttpRequest) -> tuple[TicketFilterForm, Parameters, str]:
    """The filters of an address, its parameters, and what is wrong with the address itself."""
    parameters, problem = read_or_say(request.META.get("QUERY_STRING", ""))
    return TicketFilterForm(parameters, zone=person.zone_of(request), now=datetime.now(UTC)), parameters, problem


def _template(request: HtmxHttpRequest) -> str:
    """The rows alone for htmx; the page for everyone else, also for a boosted form and a history restore."""
    return "tickets/ticket_list/_ticket_rows.jinja" if is_fragment(request) else "tickets/ticket_list/ticket_list.html"


def _mending(parameters: Parameters) -> Mending | None:
    return mending_of(parameters, path_of("tickets:list"), (looks.LOOK, *timeline.HANDED_ON, SEEN))


def _refuse(
    request: HtmxHttpRequest, form: TicketFilterForm, problem: str = "", mending: Mending | None = None
) -> HttpResponse:
    """Say what is wrong with the address, beside the fields; Copper is not asked."""
    form.offer_locations(gateway.location_names())
    return render(
        request,
        _template(request),
        {"form": form, "bar": bar.of(form), "problem": problem, "mending": mending},
        status=400,
    )
