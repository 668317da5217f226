"""What a list's filter bar says of the filters in force, in a few words; and the title of its tab."""

from dataclasses import dataclass

from tickets_app.copper.query import FILTERS
from tickets_app.filters.days import EDGES
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.links import BUSINESS_DAY, RANGE
from tickets_app.filters.time_words import ANY, time_words
from tickets_app.filters.unseen import SEARCH, shown

_TIMES = (RANGE, BUSINESS_DAY, *(FILTERS[attribute] for attribute in EDGES))


@dataclass(frozen=True, slots=True)
class Bar:
    """`time`: the list's time; `all`: every filter, for a phone; `title`: what was looked for first, for a tab.

    `filtered`: whether anything narrows the list.
    """

    time: str
    all: str
    title: str
    filtered: bool


def of(form: TicketFilterForm) -> Bar:
    """Say a form that was validated and offered its locations, whether it is right or not."""
    time, place = _time(form), form.place_words
    search = [f"“{shown(form.data[SEARCH])}”"] if form.data[SEARCH] else []
    told = [*search, place, *([time] if time != ANY else [])]
    return Bar(
        time=time,
        all=" · ".join([place or "All locations", time, *search]),
        title=" · ".join(filter(None, told)) or "Tickets",
        filtered=bool(form.errors)
        or bool(form.data["range"])
        or any(form.data[name] for name in (*FILTERS.values(), BUSINESS_DAY)),
    )


def _time(form: TicketFilterForm) -> str:
    if any(name in form.errors for name in _TIMES):
        return "Not clear yet"
    store = form.whose.clock if form.whose.of_store else None
    return time_words(form.bounds, form.range, form.zone, form.now, store)
