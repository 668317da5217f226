"""The menus above the list as data: times, links to share. Every entry is an address."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Ticket
from tickets_app.filters import days, links, times
from tickets_app.filters.clock import day_at
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome
from tickets_app.ticket_list.sharing import fixed_link


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of a menu; `current` where it leads to what is shown."""

    words: str
    url: str
    current: bool = False


def presets(form: TicketFilterForm, query: TicketQuery) -> list[Entry]:
    """The relative times, and behind yesterday the days before it by name; one press each."""
    anytime = query.first_page().at_any_time()
    unbounded = form.range is None and query.low is None and query.high is None
    urls = links.TimedUrls(anytime, form.own_columns)
    found = [Entry("Any time", form.address(anytime), unbounded)]
    for name, (words, _) in times.RANGES.items():
        found.append(Entry(words, urls.within(name), form.range == name))
        if name == "yesterday":
            found += _days(form, query, urls)
    return found


_NAMED_DAYS = range(2, 7)  # days ago; with today and yesterday a week


def _days(form: TicketFilterForm, query: TicketQuery, urls: links.TimedUrls) -> Iterator[Entry]:
    """Single days: which Friday it was is as true tomorrow, so their addresses are absolute."""
    whose = form.whose.clock
    today = day_at(form.now, *whose)
    chosen = {} if form.range else days.whole_days(query, *whose)
    for day in (today - timedelta(days=ago) for ago in _NAMED_DAYS):
        of_it = {"created_gte": day, "created_lt": day}
        yield Entry(f"{day:%A %-d %b}", urls.between(*times.day_bounds(day, *whose)), chosen == of_it)


@dataclass(frozen=True, slots=True)
class Share:
    """The address of these very tickets, and of what matches whenever it is opened, where that is another."""

    fixed: str
    live: str | None
    live_words: str


def share(form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> Share:
    """Make the links that are sent to others."""
    created = (row.created for row in outcome.rows if isinstance(row, Ticket))
    newest = next((at for at in created if at), None) or Moment.of(form.now)
    rest = outcome.rest
    leg = outcome.leg_ends or query.look_back_to or (rest.look_back_to if rest else None)
    fixed = links.fixed(query, newest, leg)
    live = form.address(query, form.range)
    moves = (not query.continues and query.high is None) or form.range is not None
    words = times.RANGES[form.range][0] if form.range else "the newest tickets"
    link = fixed_link(form, fixed, query, outcome)
    return Share(link, live if moves and live != form.address(fixed) else None, words)
