"""The filters in force as chips: what each says, and the address of the list without it."""

from collections.abc import Iterator
from dataclasses import dataclass

from tickets_app.copper import spelling
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import legible
from tickets_app.filters import links, times
from tickets_app.filters.days import whole_days
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.location_names import Names


@dataclass(frozen=True, slots=True)
class Chip:
    """A filter in force, and the address of the list without it."""

    text: str
    remove: str


def chips(form: TicketFilterForm, query: TicketQuery, names: Names) -> Iterator[Chip]:
    """The filters in force, each with the address of the list without it."""
    zone, live = form.zone, form.range
    if query.location is not None:
        yield Chip(f"Location: {legible(names.of(query.location))}", _less(form, query, live, "location"))
    if live:
        bare = links.without(query, "created_gte", "created_lt")
        yield Chip(times.RANGES[live][0], form.address(bare))
    days = {} if live else whole_days(query, zone)
    for attribute, words in _BOUND_WORDS.items():
        bound = getattr(query, attribute)
        if attribute in days:
            shown = f"{_DAY_WORDS.get(attribute, words)} {times.show_day(days[attribute], zone)}"
            yield Chip(shown, _less(form, query, None, attribute))
        elif bound is not None and not live:
            yield Chip(f"{words} {times.show(bound, zone)}", _less(form, query, None, attribute))
    if query.search_query is not None:
        text = query.search_query
        shown = legible(text) if spelling.seen(text) == text else spelling.marked(text)
        yield Chip(f"Reference: “{shown}”", _less(form, query, live, "search_query"))


_BOUND_WORDS = {"created_gte": "From", "created_gt": "After", "created_lte": "Up to", "created_lt": "Before"}
_DAY_WORDS = {"created_lte": "To", "created_lt": "To"}  # the day itself is included


def _less(form: TicketFilterForm, query: TicketQuery, live: str | None, attribute: str) -> str:
    return form.address(links.without(query, attribute), live)
