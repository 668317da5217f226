"""Whole days among bounds: which bounds are the edges of days in a zone, what they are called, and the same days elsewhere."""

from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.filters.clock import local, spell
from tickets_app.filters.typed_times import Edge, TypedTimeError

# What a day without a time of day stands for in each of Copper's bounds: a day is included, and "after" it is after all of it.
EDGES = {"created_gte": Edge.FIRST, "created_gt": Edge.LAST, "created_lte": Edge.LAST, "created_lt": Edge.NEXT}


def day_of(moment: Moment, edge: Edge, zone: ZoneInfo) -> date | None:
    """The day that a bound stands for in a zone; None where it is a time of day."""
    at = local(moment, zone)
    if at is None:
        return None
    day = at.date() - timedelta(days=1) if edge is Edge.NEXT and at.date() > date.min else at.date()
    return day if _bound(day, edge, zone) == moment.order else None


def _bound(day: date, edge: Edge, zone: ZoneInfo) -> tuple[datetime, int] | None:
    try:
        return _edge(day, edge, zone).order
    except (TypedTimeError, OverflowError):
        return None


def _edge(day: date, edge: Edge, zone: ZoneInfo) -> Moment:
    return spell(edge.of(datetime.combine(day, time()), zone))


def whole_days(query: TicketQuery, zone: ZoneInfo) -> dict[str, date]:
    """The days of a query's bounds by attribute; empty where it has none, or one of them is a time of day in this zone."""
    bounds = {attribute: bound for attribute in EDGES if (bound := getattr(query, attribute)) is not None}
    days = {attribute: day_of(bound, EDGES[attribute], zone) for attribute, bound in bounds.items()}
    known = {attribute: day for attribute, day in days.items() if day is not None}
    return known if len(known) == len(days) else {}


def on_days(query: TicketQuery, days: dict[str, date], zone: ZoneInfo) -> TicketQuery:
    """The query from its top, with these days of a zone as its bounds. Raises OverflowError beyond the calendar's ends."""
    try:
        bounds: dict[str, Any] = {attribute: _edge(day, EDGES[attribute], zone) for attribute, day in days.items()}
    except TypedTimeError as error:
        raise OverflowError(str(error)) from None
    return replace(query.first_page(), **bounds)
