"""Lists that begin so long before now ("the last 7 days"): when Copper last gave each.

They ask for other bounds each second. So what Copper gave a minute ago is found by the moment that it was asked for.
"""

from datetime import datetime

from django.conf import settings

from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shared


def last_given(name: str, query: TicketQuery) -> datetime | None:
    """For which moment Copper last gave the list of this range; None where it is not known, or too long ago."""
    text = shared.parts().shelf.get(_key(name, query)) if _is_kept() else None
    try:
        return datetime.fromisoformat(text) if text else None
    except ValueError:  # of another program
        return None


def given(name: str, query: TicketQuery, now: datetime) -> None:
    """Remember that Copper gave the list as it is at `now`."""
    if _is_kept():
        shared.parts().shelf.put(_key(name, query), now.isoformat(), 60 * settings.STALE_MINUTES)


def _is_kept() -> bool:
    return bool(settings.COPPER_CACHE_SECONDS > 0 and settings.STALE_MINUTES > 0)


def _key(name: str, query: TicketQuery) -> str:
    return shared.key("moving", name, query.location, query.limit)
