"""The sentences that say how far a list has come. They never say "none" or "all" before the end was reached."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.spelling import may_be_several
from tickets_app.filters import times
from tickets_app.gateway.page_result import Outcome


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a list has come, for eyes and ears.

    `{all}` in `so_far_in_all` stands for the number of rows in the table, `{looked}` for the number of tickets looked at: only
    the browser knows them once pages were appended. `so_far_one` and `so_far_none` are the same for a single row and for
    none. `permille` is how much of a search's time is looked through, where it has two ends.
    """

    so_far: str
    so_far_in_all: str
    so_far_one: str
    so_far_none: str
    advice: str
    next_words: str
    permille: int | None = None


def progress(query: TicketQuery, outcome: Outcome, zone: ZoneInfo, now: datetime) -> Progress:
    """Put the state of a list into words."""
    count = len(outcome.rows)
    end, scope = outcome.rest is None, _scope(query, zone, now)
    reached = outcome.looked_to or _began_at(query)
    looked_to = times.show_short(reached, zone, now) if reached else None
    if end:
        so_far = _at_the_end(query, count, scope)
        in_all, one = f"All {{all}} {_things(query)}{scope}.", f"The only {_things(query, 1)}{scope}."
        none = f"No {_things(query, 1 if query.search_query is not None else 2)}{scope}."
    else:
        looked = looked_words(outcome.looked_at, counted=outcome.counted)
        so_far = _on_the_way(query, outcome, count, looked_to, looked, here=query.continues)
        in_all = _on_the_way(query, outcome, "{all}", looked_to, "{looked}")
        one, none = (_on_the_way(query, outcome, number, looked_to, "{looked}") for number in (1, 0))
    if outcome.failure and not count and not looked_to:
        so_far = ""  # the failure says it all
    permille = None if end or outcome.leg_ends else _permille(query, outcome, now)
    words = _next_words(query, outcome)
    return Progress(so_far, in_all, one, none, _advice(query, now), words, permille)


def looked_words(number: int, *, counted: bool) -> str:
    """Say a number of tickets: `2,400`, or `about 2,400` where it is an estimate."""
    return f"{number:,}" if counted else f"about {round(number, -1) or 1:,}"


def _permille(query: TicketQuery, outcome: Outcome, now: datetime) -> int | None:
    """How much of the time between the two ends of a search is behind."""
    rest = outcome.rest  # also of a search without a start, which says only there how far it looks back
    low = (query.low or (rest.look_back_to if rest else None)) if query.search_query else None
    if low is None or outcome.looked_to is None or query.goes_newer:
        return None
    top = query.high.microseconds if query.high else Moment.of(now).microseconds
    behind = top - outcome.looked_to.microseconds
    return max(0, min(1000, 1000 * behind // max(1, top - low.microseconds)))


def _things(query: TicketQuery, count: int = 2) -> str:
    if query.search_query is not None:
        return "match" if count == 1 else "matches"
    return "ticket" if count == 1 else "tickets"


def _at_the_end(query: TicketQuery, count: int, scope: str) -> str:
    if query.continues:
        older = "newer" if query.goes_newer else "older"
        return f"End of the list: there are no {older} {_things(query)}{scope}."
    if count == 0:
        return f"No {_things(query, 1 if query.search_query is not None else 2)}{scope}."
    return f"{'The only' if count == 1 else f'All {count}'} {_things(query, count)}{scope}."


def _began_at(query: TicketQuery) -> Moment | None:
    """How far the pages before had come, where this one goes on from them."""
    cursor = query.ending_before if query.goes_newer else query.starting_after
    return query.looked_to or (cursor.created if cursor else None)


def _on_the_way(
    query: TicketQuery, outcome: Outcome, count: int | str, looked_to: str | None, looked: str, *, here: bool = False
) -> str:
    """`here`: of this page alone, whatever those before had."""
    direction = "up" if query.goes_newer else "back"
    if query.search_query is None:
        things = ("ticket" if count == 1 else "tickets") + (" on this page" if here else "")
        return f"{count} {things}, {direction} to {looked_to}." if looked_to else f"{count} {things} so far."
    scope = "on this page" if here else "so far"
    found = f"No match {scope}." if count == 0 else f"{count} {'match' if count == 1 else 'matches'} {scope}."
    if looked_to is None:
        return found
    searched = f"{found} Searched {looked} tickets, {direction} to {looked_to}."
    return f"{searched} Older tickets are not searched yet." if outcome.leg_ends else searched


def _scope(query: TicketQuery, zone: ZoneInfo, now: datetime) -> str:
    lower = times.show_short(query.low, zone, now) if query.low else None
    upper = times.show_short(query.high, zone, now) if query.high else None
    if lower and upper:
        return f" from {lower} to {upper}"
    if lower:
        return f" since {lower}"
    if upper:
        return f" up to {upper}" if query.created_lte else f" before {upper}"
    return ""


def _advice(query: TicketQuery, now: datetime) -> str:
    if query.low and query.low.at > now:
        return "That time is still to come: choose an earlier one."
    if query.search_query is not None and may_be_several(query.search_query):
        return (
            "Every ticket there was searched for this as one reference. If it is several, use Look up many: one a line."
        )
    if query.search_query is not None:
        return (
            "Every ticket there was searched, by its reference alone. "
            "Check the reference, choose more days or another location."
        )
    if query.filters():
        return "Remove a filter above, or choose more days."
    return "This account holds no tickets yet. They appear here as soon as one is rung up."


def _next_words(query: TicketQuery, outcome: Outcome) -> str:
    if outcome.failure:
        return "Try again"
    if query.goes_newer:
        return "Show newer"
    if outcome.leg_ends:
        return "Search further back"
    if query.search_query is not None and not outcome.full:
        return "Continue"
    return "Show more"
