"""The row of menus above the list: saved views, times, columns, links to share, the time zone, new tickets."""

from dataclasses import dataclass

from django.http import HttpRequest

from tickets_app import arrivals, links, menus, people, saved
from tickets_app.arrivals import Poll
from tickets_app.copper.query import TicketQuery
from tickets_app.forms import TicketFilterForm
from tickets_app.menus import ColumnMenu, Entry, Share
from tickets_app.outcome import Outcome


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
    preset_name: str
    columns: ColumnMenu
    share: Share
    origin: str
    zone: str
    site_zone: str
    poll: Poll | None
    watched: bool


def of_page(request: HttpRequest, form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> Toolbar:
    """Gather the menus of a page. Asks Copper for nothing."""
    here = form.address(query.first_page(), form.range)
    kept = links.list_query(here)
    views = [
        Entry(view.name, links.view_url(view.query), view.query == kept)
        for view in saved.visible(people.owner_of(request))
    ]
    presets = menus.presets(form, query)
    return Toolbar(
        here=here,
        query=kept,
        views=views,
        view_name=next((entry.words for entry in views if entry.current), ""),
        presets=presets,
        preset_name=next((entry.words for entry in presets if entry.current), ""),
        columns=menus.column_menu(form, query, outcome.rows),
        share=menus.share(form, query, outcome),
        origin=request.build_absolute_uri("/").rstrip("/"),
        zone=form.zone_name,
        site_zone=people.site_zone(),
        poll=arrivals.first_poll(form, query, outcome),
        watched=people.watches(request),
    )
