"""The filters in force in words, one by one: what a file or a saved view holds."""

from collections.abc import Iterator

from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import legible
from tickets_app.filters import times
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.unseen import shown
from tickets_app.gateway.location_names import Names

_BOUND_WORDS = {"created_gte": "From", "created_gt": "After", "created_lte": "Up to", "created_lt": "Before"}


def chips(form: TicketFilterForm, query: TicketQuery, names: Names) -> Iterator[str]:
    """Say each filter in force; times with their zone."""
    if query.location is not None:
        yield f"Location: {legible(names.of(query.location))}"
    if form.range:
        yield times.RANGES[form.range][0]
    for attribute, words in _BOUND_WORDS.items():
        bound = getattr(query, attribute)
        if bound is not None and not form.range:
            yield f"{words} {times.show(bound, form.zone)}"
    if query.search_query is not None:
        yield f"Reference: “{shown(query.search_query)}”"
