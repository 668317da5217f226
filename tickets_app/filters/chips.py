"""The filters in force in words, one by one: what a file or a saved view holds."""

from collections.abc import Iterator

from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import legible
from tickets_app.filters import times
from tickets_app.filters.days import whole_days
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.unseen import shown
from tickets_app.gateway.location_names import Names

_BOUND_WORDS = {"created_gte": "From", "created_gt": "After", "created_lte": "Up to", "created_lt": "Before"}
_DAY_WORDS = {"created_lte": "To", "created_lt": "To"}  # the day itself is included


def chips(form: TicketFilterForm, query: TicketQuery, names: Names) -> Iterator[str]:
    """Say each filter in force; times with their zone."""
    if query.location is not None:
        named = query.location in names.by_id
        yield f"Location: {legible(names.of(query.location)) if named else shown(query.location)}"
    if form.range:
        yield times.RANGES[form.range][0]
    days = {} if form.range else whole_days(query, *form.whose.clock)
    for attribute, words in _BOUND_WORDS.items():
        bound = getattr(query, attribute)
        if attribute in days:
            yield f"{_DAY_WORDS.get(attribute, words)} {times.show_day(days[attribute], *form.whose.clock)}"
        elif bound is not None and not form.range:
            yield f"{words} {times.show(bound, form.zone)}"
    if query.search_query is not None:
        yield f"Reference: “{shown(query.search_query)}”"
