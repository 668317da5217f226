"""The only builder of our URLs: the list with other filters, the next page, a ticket."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from django.urls import get_script_prefix, reverse

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import DEFAULT_LIMIT, FILTERS, Cursor, TicketQuery
from tickets_app.display import property_paths
from tickets_app.display.paths import path_of

RANGE = "range"
BUSINESS_DAY = "business_day"  # only asked for: an address of ours says its bounds
COLUMNS = "columns"
CURSOR_CREATED = "cursor_created"
CURSOR_PREVIOUS = "cursor_previous"
LOOKED_TO = "looked_to"
LOOK_BACK_TO = "look_back_to"
SO_FAR = "so_far"  # of the chart's address: it is drawn, and nothing more is counted


def list_url(query: TicketQuery, range_name: str | None = None, columns: tuple[property_paths.Path, ...] = ()) -> str:
    """The address of a list. With a range it is a live one: the range stands in it, not the bounds it means now.

    Without `columns` the default ones are shown.
    """
    return address(path_of("tickets:list"), list_params(query, range_name, columns))


class TimedUrls:
    """The addresses of one list at one time after the other: only what differs is spelled for each."""

    def __init__(self, query: TicketQuery, columns: tuple[property_paths.Path, ...] = ()) -> None:
        """`query`: with the bounds that hold where none is given."""
        parts = {pair[0]: _spelled([pair]) for pair in list_params(query, columns=columns)}
        self._own_low = _taken(parts, "created[gte]", "created[gt]")
        self._own_high = _taken(parts, "created[lte]", "created[lt]")
        self._path, self._before = path_of("tickets:list"), _taken(parts, *FILTERS.values())
        self._after = list(parts.values())

    def between(self, low: Moment | None, high: Moment | None) -> str:
        """From one time to another; None: the list's own bound."""
        start = [f"created%5Bgte%5D={_quoted(low.text)}"] if low else self._own_low
        end = [f"created%5Blt%5D={_quoted(high.text)}"] if high else self._own_high
        return self._of([*start, *end])

    def within(self, range_name: str) -> str:
        """In a relative range, instead of any bounds."""
        return self._of([f"{RANGE}={range_name}"])

    def _of(self, time: list[str]) -> str:
        return f"{self._path}?{'&'.join([*self._before, *time, *self._after])}"


def _taken(parts: dict[str, str], *names: str) -> list[str]:
    return [parts.pop(name) for name in names if name in parts]


def columns_urls(query: TicketQuery, range_name: str | None = None) -> Callable[[tuple[property_paths.Path, ...]], str]:
    """What gives the address of a list with one choice of columns after the other."""
    alone = list_url(query, range_name)
    start = f"{alone}{'&' if '?' in alone else '?'}"
    return lambda columns: f"{start}{_spelled([(COLUMNS, property_paths.dump(columns))])}" if columns else alone


def histogram_url(query: TicketQuery, state: str, columns: tuple[property_paths.Path, ...] = ()) -> str:
    """The address that counts a list's tickets, going on from a state."""
    return address(path_of("tickets:histogram"), [*list_params(query, columns=columns), ("histogram", state)])


def chart_url(query: TicketQuery, columns: tuple[property_paths.Path, ...] = ()) -> str:
    """The address that draws a list's chart as far as it was counted; the state is added by who asks."""
    return address(path_of("tickets:histogram"), [*list_params(query, columns=columns), (SO_FAR, "yes")])


def list_params(
    query: TicketQuery, range_name: str | None = None, columns: tuple[property_paths.Path, ...] = ()
) -> list[tuple[str, str]]:
    """The parameters of that address."""
    if range_name:
        query = query.at_any_time()
    params = [*query.filters(), *([(RANGE, range_name)] if range_name else [])]
    if query.limit != DEFAULT_LIMIT:
        params.append(("limit", str(query.limit)))
    if query.starting_after:
        params += _cursor("starting_after", query.starting_after)
    if query.ending_before:
        params += _cursor("ending_before", query.ending_before)
    places = ((LOOKED_TO, query.looked_to), (LOOK_BACK_TO, query.look_back_to))
    params += [(name, str(moment.plain)) for name, moment in places if moment is not None]
    return [*params, (COLUMNS, property_paths.dump(columns))] if columns else params


def fixed(query: TicketQuery, newest: Moment, look_back_to: Moment | None) -> TicketQuery:
    """What shows these tickets whenever it is asked: from the top, without what arrives after `newest`.

    A search without a start (`look_back_to`: how far it looks) looks as far back as it did here.
    """
    if query.continues:
        return query
    if query.high is None:
        query = replace(query, created_lte=newest)
    if query.search_query is not None and query.low is None:
        query = replace(query, look_back_to=look_back_to)
    return query


def arrivals_url(query: TicketQuery, columns: tuple[property_paths.Path, ...] = ()) -> str:
    """The address that asks for what has arrived since the query's `ending_before`, or its lower bound."""
    return address(path_of("tickets:arrivals"), list_params(query, columns=columns))


def list_query(url: str) -> str:
    """The query string of an address of the list: what a saved view keeps of it."""
    return urlsplit(url).query


def view_url(query: str) -> str:
    """The address of a saved view."""
    return f"{path_of('tickets:list')}?{query}" if query else path_of("tickets:list")


def export_query(
    query: TicketQuery, range_name: str | None = None, columns: tuple[property_paths.Path, ...] = ()
) -> str:
    """The query string of an export of all that matches, or of what is left of one: in Copper's own bounds alone."""
    query = query.resolved()
    if range_name:
        query = query.at_any_time()
    params = [*query.filters(), *([(RANGE, range_name)] if range_name else [])]
    if query.starting_after:
        params += _cursor("starting_after", query.starting_after)
    if columns:
        params.append((COLUMNS, property_paths.dump(columns)))
    return urlencode(params, safe=":", quote_via=quote)


def export_url(query: TicketQuery, range_name: str | None = None, columns: tuple[property_paths.Path, ...] = ()) -> str:
    """The address of the page that exports what a list shows, from its top."""
    return export_page_url(query.first_page(), range_name, columns)


def export_page_url(
    query: TicketQuery, range_name: str | None = None, columns: tuple[property_paths.Path, ...] = ()
) -> str:
    """The address of the page that exports these, from the place where they begin."""
    params = export_query(query, range_name, columns)
    return f"{path_of('tickets:export')}?{params}" if params else path_of("tickets:export")


def lookup_url(query: TicketQuery, range_name: str | None = None) -> str:
    """The address of the page that looks up many references, where a list looks."""
    params = export_query(query.first_page().without_search(), range_name)
    return f"{path_of('tickets:lookup')}?{params}" if params else path_of("tickets:lookup")


def ticket_urls() -> Callable[[str], str]:
    """What gives the address of one ticket after the other: the pattern of them all is looked up once."""
    before, after = _around_id(get_script_prefix())

    def url(ticket_id: str) -> str:
        plain = ticket_id.isascii() and ticket_id.isidentifier()  # as all that were seen: nothing to quote
        return f"{before}{ticket_id if plain else quote(ticket_id, safe=_SAFE)}{after}"

    return url


@lru_cache(16)
def _around_id(_prefix: str) -> tuple[str, str]:
    """What stands before and behind a ticket's id, below the folder that the site is served under."""
    before, _, after = reverse("tickets:ticket", args=[_ANY]).partition(_ANY)
    return before, after


_ANY = "tkt_any"
_SAFE = "!$&'()*+,;=/~:@"  # in a path, as Django's `reverse` has it


def ticket_url(ticket_id: str) -> str:
    """The address of one ticket."""
    return ticket_urls()(ticket_id)


def location_url(location_id: str) -> str:
    """The address of the list of one location's tickets."""
    return list_url(TicketQuery(location=location_id))


def with_value(values: Mapping[str, str], name: str, value: str, page: str = "tickets:list") -> str:
    """The address of the list with the parameters as they were typed, one of them replaced or left out; cursors fall away.

    `page`: another one that takes them. An export goes on from its cursor, which is kept.
    """
    cursor = ["starting_after", CURSOR_CREATED, CURSOR_PREVIOUS] if page != "tickets:list" else []
    names = [*FILTERS.values(), RANGE, BUSINESS_DAY, "limit", *cursor, COLUMNS]
    params = [(key, values[key]) for key in names if values.get(key) and key != name]
    return address(path_of(page), [*params, (name, value)] if value else params)


def _cursor(name: str, cursor: Cursor) -> list[tuple[str, str]]:
    """The cursor, and what finds its place again when its ticket is deleted one day."""
    params = [(name, cursor.id)]
    if cursor.created:
        params.append((CURSOR_CREATED, str(cursor.created.plain)))
    if cursor.previous and not any(" " in id_ for id_ in cursor.previous):
        params.append((CURSOR_PREVIOUS, " ".join(cursor.previous)))
    return params


def address(path: str, params: list[tuple[str, str]]) -> str:
    """A path with these parameters."""
    return f"{path}?{_spelled(params)}" if params else path


def _spelled(params: list[tuple[str, str]]) -> str:
    """Parameters as a query string."""
    return urlencode(params, safe=_READABLE, quote_via=quote)


# ":" and "," are safe in a query and keep it readable; brackets are escaped, since chat programs end a link at them.
_READABLE = ":,"


@lru_cache(1024)  # the edges of bars: the same in each answer of a list
def _quoted(time: str) -> str:
    return quote(time, safe=_READABLE)


def hidden_pairs(query: str) -> list[tuple[str, str]]:
    """A query string as the hidden fields of a form."""
    return parse_qsl(query, keep_blank_values=True)
