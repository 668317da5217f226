"""Where a search or a look-up begins that was given no start: SEARCH_DEFAULT_DAYS back, in whole seconds."""

from dataclasses import replace
from datetime import UTC, datetime

from django.conf import settings

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery

DAY = 86_400_000_000  # microseconds


def whole_seconds(microseconds: int) -> Moment:
    """The time, cut to whole seconds; none before 1970."""
    return Moment.of_microseconds(max(0, microseconds // 1_000_000 * 1_000_000))


def with_a_start(query: TicketQuery, now: datetime) -> TicketQuery:
    """The query; where it has no start, from SEARCH_DEFAULT_DAYS before its end on: nothing is walked without an end."""
    if query.low is not None:
        return query
    return replace(query, created_gte=days_before(query.high or Moment.of(now.astimezone(UTC))))


def days_before(moment: Moment) -> Moment:
    """The time that lies as far back as a search without a start looks, in whole seconds."""
    return whole_seconds(moment.microseconds - settings.SEARCH_DEFAULT_DAYS * DAY)
