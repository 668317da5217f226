"""Lists that begin so long before now ("the last 7 days"): since when Copper last gave each.

They ask for another start each second. So what Copper gave a minute ago is found by the start that it had then.
"""

from django.conf import settings

from tickets_app.copper.moments import Moment
from tickets_app.copper.query import TicketQuery
from tickets_app.gateway import shared


def last_start(name: str, query: TicketQuery) -> Moment | None:
    """Since when the list of this range was that Copper gave last; None where it is not known, or nothing is kept.

    In the words of whoever asked: Copper's answers are kept by those, and each zone spells a time in its own.
    """
    text = shared.parts().shelf.get(_key(name, query)) if _is_kept() else None
    return Moment.parse(text) if text else None


def given(name: str, query: TicketQuery) -> None:
    """Remember that Copper gave the list since the start of this query."""
    if _is_kept():
        shared.parts().shelf.put(_key(name, query), str(query.created_gte), 60 * settings.STALE_MINUTES)


def _is_kept() -> bool:
    return bool(settings.COPPER_CACHE_SECONDS > 0 and settings.STALE_MINUTES > 0)


def _key(name: str, query: TicketQuery) -> str:
    return shared.key("moving since", name, query.location, query.limit)
