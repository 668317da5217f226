"""The row of menus above the list: saved views, times, columns, links to share, the time zone, new tickets."""

from dataclasses import dataclass

from django.http import HttpRequest

from tickets_app.copper.query import TicketQuery
from tickets_app.display import person
from tickets_app.display.zones import zone_mark
from tickets_app.filters import links
from tickets_app.filters.columns_panel import ColumnMenu, Place, panel
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome
from tickets_app.saved_views import store
from tickets_app.ticket_list import arrivals, menus
from tickets_app.ticket_list.arrivals import Poll
from tickets_app.ticket_list.menus import Entry, Share


@dataclass(frozen=True, slots=True)
class Toolbar:
    """What the menus hold. `here` is the address of the list from its top, `query` what a view keeps of it,
    and `origin` what makes an address one for others.
    """

    here: str
    query: str
    views: list[Entry]
    view_name: str
    presets: list[Entry]
    columns: ColumnMenu
    share: Share
    export_url: str
    lookup_url: str
    origin: str
    zone: str
    zone_short: str  # for a button
    site_zone: str
    poll: Poll | None
    watched: bool


def _views(request: HttpRequest, kept: str) -> list[Entry]:
    return [Entry(name, links.view_url(query), query == kept) for name, query in store.menu(person.owner_of(request))]


def _place(form: TicketFilterForm, query: TicketQuery) -> Place:
    return Place(
        links.columns_urls(query.first_page(), form.range),
        "#list",
        form.first_columns,
        "Back to the default columns",
    )


def of_page(request: HttpRequest, form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> Toolbar:
    """Gather the menus of a page. Asks Copper for nothing."""
    here = form.address(query.first_page(), form.range)
    kept = links.list_query(here)
    none: list[Entry] = []
    views = person.while_known(request, lambda: _views(request, kept), none)
    presets = menus.presets(form, query)
    return Toolbar(
        here=here,
        query=kept,
        views=views,
        view_name=next((entry.words for entry in views if entry.current), ""),
        presets=presets,
        columns=panel(_place(form, query), form.own_columns, outcome.rows),
        share=menus.share(form, query, outcome),
        export_url=links.export_url(query, form.range, form.own_columns),
        lookup_url=links.lookup_url(query, form.range),
        origin=request.build_absolute_uri("/").rstrip("/"),
        zone=form.zone_name,
        zone_short=zone_mark(form.now.astimezone(form.zone)),
        site_zone=person.site_zone(),
        poll=arrivals.first_poll(request, form, query, outcome),
        watched=person.watches(request),
    )
