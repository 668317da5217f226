"""What the list page shows, put together from the filters and the outcome: rows, and how the list goes on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import ceil
from types import MappingProxyType
from typing import NamedTuple
from zoneinfo import ZoneInfo

from markupsafe import Markup

from tickets_app.copper.errors import Kind
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import Row, Ticket, Unreadable
from tickets_app.display import property_paths, values, what_matters
from tickets_app.display.failures import Failure, describe, silence
from tickets_app.display.zones import clock
from tickets_app.filters import links, times
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.location_names import Names
from tickets_app.gateway.page_result import Outcome
from tickets_app.ticket_list import cells, twice, widths
from tickets_app.ticket_list.cells import UNMARKED, RowMarks, RowView
from tickets_app.ticket_list.progress import Progress, progress

MAX_SKEW = 60  # seconds between Copper's clock and ours before it is said (RELIABILITY.md, row 36)


class Marks(NamedTuple):
    """What rows are marked with, by the ids of their tickets: new since a link was sent, and how many notes they have."""

    new: frozenset[str] = frozenset()
    notes: Mapping[str, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class TicketList:
    """Everything that the page and its fragment show of one outcome."""

    rows: list[RowView | Unreadable]
    next_url: str | None
    newer: bool  # the list goes on above its rows instead of below
    from_top: bool  # whether the first row is the first of all
    nothing: bool  # the list is at its end and there was nothing in it
    goes_on: str | None  # what asks for more besides a press: an htmx trigger
    running: bool  # whether that is a search which goes on without being scrolled to
    progress: Progress
    looked_at: int
    counted: bool
    exact: RowView | None  # the ticket whose id was searched for
    exact_created: str  # when that one was rung up, in full
    pause: int | None  # seconds until Copper may be asked again
    failure: Failure | None
    silence: str  # what stands above rows that Copper gave a while ago
    as_of: str | None
    skew_minutes: int
    replaced: bool
    heads: list[tuple[str, str]]  # where columns were chosen: the name and the class of each
    widths: str  # the classes that say how wide those are
    hint: str  # what would make this search quicker

    @property
    def within(self) -> int:
        """Seconds between two tickets that may be one charged twice; 0: none are marked."""
        return twice.within()

    @property
    def status(self) -> int:
        """Of the answer: a failure's own, where there is nothing else to show."""
        return self.failure.status if self.failure and not self.rows else 200

    @property
    def twice_mark(self) -> Markup:
        """What marks them, for the page to put beside those of two answers."""
        return Markup(cells.twice_mark(""))  # noqa: S704 - without an address it is a text of ours  # nosec B704

    def rows_as_html(self, chosen: Sequence[property_paths.Path], columns: int) -> Markup:
        """The rows as they stand in the table. `chosen`: what somebody chose to see; `columns`: how many there are in all."""
        return cells.rows(self.rows, chosen=bool(chosen), columns=columns, stale=bool(self.silence))


def build(
    form: TicketFilterForm, query: TicketQuery, outcome: Outcome, names: Names, marks: Marks | None = None
) -> TicketList:
    """Put an outcome into the words and links of the page."""
    zone, rest = form.zone, outcome.rest
    year = form.now.astimezone(zone).year
    alone = _Rows(names, zone, year)
    exact = alone.of(outcome.exact) if outcome.exact else None
    rows = [row for row in outcome.rows if exact is None or row != outcome.exact]
    made = _Rows(names, zone, year, form.chosen_columns, twice.pairs(outcome.rows), marks)
    views = [made.of(row) for row in rows]
    return TicketList(
        rows=views,
        next_url=form.address(_retry(rest, outcome)) if rest else None,
        newer=query.goes_newer,
        from_top=not query.continues,
        nothing=not outcome.rows and rest is None and not query.continues and exact is None,
        goes_on=_goes_on(query, outcome),
        running=_is_running(query, outcome),
        progress=progress(query, outcome, zone, form.now),
        looked_at=outcome.looked_at,
        counted=outcome.counted,
        exact=exact if isinstance(exact, RowView) else None,
        exact_created=alone.created(outcome.exact) if outcome.exact else "",
        pause=ceil(outcome.pause) if outcome.pause else None,
        failure=describe(outcome.failure, zone) if outcome.failure else None,
        silence=silence(outcome.silent, outcome.as_of, zone) if outcome.silent and outcome.as_of else "",
        as_of=clock(outcome.as_of, zone) if outcome.as_of else None,
        skew_minutes=round(outcome.skew / 60) if abs(outcome.skew) > MAX_SKEW else 0,
        replaced=outcome.replaced,
        heads=widths.heads(made.heads, views) if made.heads else [],
        widths=widths.classes(made.heads, views) if made.heads else "",
        hint=_hint(query) if rest else "",
    )


def _hint(query: TicketQuery) -> str:
    """The vendor's advice on `search_query` (COPPER_API.md, "Tickets"), where it was not followed yet."""
    wanting = [
        words for words, given in (("a location", query.location), ("a time", query.low or query.high)) if not given
    ]
    return f"Faster with {' and '.join(wanting)}." if query.search_query is not None and wanting else ""


def _is_running(query: TicketQuery, outcome: Outcome) -> bool:
    """Whether a search only stopped to show how far it has come."""
    stopped = outcome.failure or outcome.leg_ends or outcome.rest is None or query.goes_newer
    return query.search_query is not None and not (stopped or outcome.full)


def _goes_on(query: TicketQuery, outcome: Outcome) -> str | None:
    """A list asks for more when its end is scrolled to; a search at once, until it has found a page of matches."""
    if _is_running(query, outcome):
        return f"load delay:{max(50, round(1000 * (outcome.pause or 0)))}ms"
    if outcome.failure or outcome.leg_ends or query.goes_newer or not outcome.rows:
        return None
    return "intersect once"


def _retry(rest: TicketQuery, outcome: Outcome) -> TicketQuery:
    """What the next link asks for. After a list ran backwards, without the time that tells so: a press goes on anyway."""
    if outcome.failure is None or outcome.failure.kind is not Kind.STUCK or rest.starting_after is None:
        return rest
    return replace(rest, starting_after=replace(rest.starting_after, created=None))


_TICKET = "Ticket"  # how a column is headed that only leads there


class _Rows:
    """Makes rows of tickets. What is the same for all of them is worked out once: addresses, headings, names."""

    def __init__(
        self,
        names: Names,
        zone: ZoneInfo,
        year: int,
        chosen: tuple[property_paths.Path, ...] = (),
        pairs: twice.Pairs | None = None,
        marks: Marks | None = None,
    ) -> None:
        self._times, self._names = times.RowTimes(zone, year), names
        self._marks = _by_id(pairs or twice.Pairs(), marks or Marks())
        self._columns = [(path, values.heading(path)) for path in chosen]
        # A column of its own leads to the ticket where no column chosen does.
        self._alone = bool(chosen) and property_paths.REFERENCE not in chosen
        self.heads = [*([_TICKET] if self._alone else []), *(name for _, name in self._columns)]
        self._shapes = values.Shapes(what_matters.names())
        self._places: dict[str, str] = {}  # by what the tickets name: there are few
        self._url = links.ticket_urls()

    def of(self, row: Row) -> RowView | Unreadable:
        """The row of a ticket, or what could not be read."""
        if isinstance(row, Unreadable):
            return row
        id_, properties, created = row.id, row.properties, row.created
        view = RowView(
            id=id_,
            url=self._url(id_),
            reference=_or_nothing(properties.get("reference")),
            location=self._location(row),
            iso=created.text if created else "",
            marks=self._marks.get(id_, UNMARKED),
        )
        if self._columns:
            view.cells = self._cells(row, view)
        else:
            view.moment = self._times.parts(created) if created else ("", _or_nothing(properties.get("created")), "")
            view.shape = shape = self._shapes.of(properties)
            view.told = shape.texts(properties)
        return view

    def created(self, ticket: Ticket) -> str:
        """When it was rung up, in full."""
        return self._times.whole(ticket.created) if ticket.created else _or_nothing(ticket.properties.get("created"))

    def _cells(self, ticket: Ticket, view: RowView) -> list[tuple[str, str, str]]:
        """Those of the chosen columns. The one that leads to the ticket is among them, or before them."""
        known = {
            ("created",): self.created(ticket),
            ("location",): view.location,
            property_paths.REFERENCE: view.reference,
        }
        found = values.cells(ticket.properties, self._columns, known)
        if self._alone:
            return [(cells.OPEN, _TICKET, view.reference or view.id), *found]
        return [
            (cells.OPEN, name, known[path]) if path == property_paths.REFERENCE else cell
            for cell, (path, name) in zip(found, self._columns, strict=True)
        ]

    def _location(self, ticket: Ticket) -> str:
        """The name of a ticket's location, or what stands there instead."""
        given = ticket.properties.get("location")
        if not isinstance(given, str):
            return _or_nothing(given)
        if given not in self._places:
            id_ = ticket.location
            self._places[given] = values.plain(self._names.of(id_) if id_ else given, values.MAX_CELL)
        return self._places[given]


def _by_id(pairs: twice.Pairs, marks: Marks) -> dict[str, RowMarks]:
    """What rows are marked with, of those that are."""
    return {
        id_: RowMarks(id_ in pairs.ids, id_ in marks.new, marks.notes.get(id_, 0), pairs.seams.get(id_, ""))
        for id_ in {*pairs.ids, *pairs.seams, *marks.new, *marks.notes}
    }


def _or_nothing(value: object) -> str:
    return "" if value is None else values.plain(value, values.MAX_CELL)
