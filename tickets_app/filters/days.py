"""Whole days among bounds: which bounds are the edges of days in a zone, what they are called, and the same days elsewhere."""

from dataclasses import replace
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.filters.clock import local, spell
from tickets_app.filters.typed_times import Edge, TypedTimeError

# What a day without a time of day stands for in each of Copper's bounds: a day is included, and "after" it is after all of it.
EDGES = {"created_gte": Edge.FIRST, "created_gt": Edge.LAST, "created_lte": Edge.LAST, "created_lt": Edge.NEXT}


def day_of(moment: Moment, edge: Edge, zone: ZoneInfo, hour: int = 0) -> date | None:
    """The day that a bound stands for in a zone where days turn over at `hour`; None where it is a time of day."""
    at = local(moment, zone)
    if at is None:
        return None
    # A day that turns over late ends on the next one's date, and where clocks skip that hour it begins there, too.
    dates = (at.date().toordinal() - back for back in _BACK[edge])
    days = (date.fromordinal(number) for number in dates if number > 0)
    return next((day for day in days if _bound(day, edge, zone, hour) == moment.order), None)


_BACK = {Edge.FIRST: (0, 1), Edge.LAST: (0, 1), Edge.NEXT: (1, 2)}


def _bound(day: date, edge: Edge, zone: ZoneInfo, hour: int) -> tuple[datetime, int] | None:
    try:
        return _edge(day, edge, zone, hour).order
    except (TypedTimeError, OverflowError):
        return None


def _edge(day: date, edge: Edge, zone: ZoneInfo, hour: int) -> Moment:
    return spell(edge.of(datetime.combine(day, time()), zone, hour))


def whole_days(query: TicketQuery, zone: ZoneInfo, hour: int = 0) -> dict[str, date]:
    """The days of a query's bounds by attribute; empty where it has none, or one of them is a time of day in this zone.

    `hour`: when days turn over there.
    """
    bounds = {attribute: bound for attribute in EDGES if (bound := getattr(query, attribute)) is not None}
    days = {attribute: day_of(bound, EDGES[attribute], zone, hour) for attribute, bound in bounds.items()}
    known = {attribute: day for attribute, day in days.items() if day is not None}
    return known if len(known) == len(days) else {}


def on_days(query: TicketQuery, days: dict[str, date], zone: ZoneInfo, hour: int = 0) -> TicketQuery:
    """The query from its top, with these days of a zone as its bounds. Raises OverflowError beyond the calendar's ends."""
    try:
        bounds: dict[str, Any] = {
            attribute: _edge(day, EDGES[attribute], zone, hour) for attribute, day in days.items()
        }
    except TypedTimeError as error:
        raise OverflowError(str(error)) from None
    return replace(query.first_page(), **bounds)
