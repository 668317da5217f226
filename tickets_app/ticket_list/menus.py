"""The menus above the list as data: columns, times, links to share. Every entry is an address."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Row, Ticket
from tickets_app.display import property_paths, values
from tickets_app.filters import days, links, times
from tickets_app.filters.clock import day_at
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome

MOST_OFFERED = 100  # columns in the menu


@dataclass(frozen=True, slots=True)
class Entry:
    """A link of a menu; `current` where it leads to what is shown."""

    words: str
    url: str
    current: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """A column that is shown, and the addresses of the list without it and with it one place earlier or later."""

    name: str
    without: str
    earlier: str | None
    later: str | None


@dataclass(frozen=True, slots=True)
class ColumnMenu:
    """What is shown, in its order, and what else the tickets of this page carry, with how many of them do."""

    chosen: list[Chosen]
    offered: list[tuple[str, str, int]]
    of: int
    default: str | None
    full: bool


def column_menu(form: TicketFilterForm, query: TicketQuery, rows: Iterable[Row]) -> ColumnMenu:
    """Offer every property that these rows carry. An address can name others, too."""
    shown = form.chosen_columns or property_paths.DEFAULT
    tickets = [row for row in rows if isinstance(row, Ticket)]
    seen = _seen(tickets)
    address = links.columns_urls(query.first_page(), form.range)

    def url(chosen: list[property_paths.Path]) -> str:
        return address(tuple(chosen) if tuple(chosen) != property_paths.DEFAULT else ())

    def moved(place: int, by: int) -> str | None:
        if not 0 <= place + by < len(shown):
            return None
        order = list(shown)
        order.insert(place + by, order.pop(place))
        return url(order)

    full = len(shown) >= property_paths.MAX_COLUMNS
    fits = [
        path for path in seen if path not in shown and len(property_paths.dump_path(path)) <= property_paths.MAX_TEXT
    ]
    return ColumnMenu(
        chosen=[
            Chosen(values.heading(path), url([one for one in shown if one != path]), moved(place, -1), moved(place, 1))
            for place, path in enumerate(shown)
        ],
        offered=[]
        if full
        else [(values.heading(path), url([*shown, path]), seen[path]) for path in fits[:MOST_OFFERED]],
        of=len(tickets),
        default=url(list(property_paths.DEFAULT)) if form.chosen_columns else None,
        full=full,
    )


def _seen(tickets: Iterable[Ticket]) -> dict[property_paths.Path, int]:
    """Every property of these tickets, in the order in which they come, and how many tickets have it."""
    seen: dict[property_paths.Path, int] = {}
    for path in (path for ticket in tickets for path in _paths(ticket)):
        seen[path] = seen.get(path, 0) + 1
    return seen


def _paths(ticket: Ticket) -> Iterator[property_paths.Path]:
    for name, value in ticket.properties.items():
        if isinstance(value, dict) and value:
            yield from (path for path, _ in property_paths.flatten({name: value}))
        else:
            yield (name,)


def presets(form: TicketFilterForm, query: TicketQuery) -> list[Entry]:
    """The relative times, and behind yesterday the days before it by name; one press each."""
    anytime = links.without(query, "created_gte", "created_gt", "created_lte", "created_lt")
    unbounded = form.range is None and query.low is None and query.high is None
    found = [Entry("Any time", form.address(anytime), unbounded)]
    for name, (words, _) in times.RANGES.items():
        found.append(Entry(words, form.address(anytime, name), form.range == name))
        if name == "yesterday":
            found += _days(form, query, anytime)
    return found


_NAMED_DAYS = range(2, 7)  # days ago; with today and yesterday a week


def _days(form: TicketFilterForm, query: TicketQuery, anytime: TicketQuery) -> Iterator[Entry]:
    """Single days: which Friday it was is as true tomorrow, so their addresses are absolute."""
    whose = form.whose.clock
    today = day_at(form.now, *whose)
    chosen = {} if form.range else days.whole_days(query, *whose)
    for day in (today - timedelta(days=ago) for ago in _NAMED_DAYS):
        of_it = {"created_gte": day, "created_lt": day}
        yield Entry(f"{day:%A %-d %b}", form.address(days.on_days(anytime, of_it, *whose)), chosen == of_it)


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
    fixed = links.fixed_url(query, newest, leg, form.chosen_columns)
    live = form.address(query, form.range)
    moves = (not query.continues and query.high is None) or form.range is not None
    words = times.RANGES[form.range][0] if form.range else "the newest tickets"
    return Share(fixed, live if moves and live != fixed else None, words)
