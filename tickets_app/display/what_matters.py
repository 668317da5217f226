"""Which properties of a ticket matter: they stand on top of it, and first in its row."""

from django.conf import settings

from tickets_app.display import property_paths

# Without TICKET_SUMMARY, where a ticket has them. Copper documents no such property: these are what tills usually send.
USUAL = (
    "status",
    "total",
    "amount",
    "currency",
    "tip",
    "payment.method",
    "payment.brand",
    "payment.last4",
    "metadata.table",
    "metadata.server",
    "table",
    "server",
)


def paths() -> tuple[property_paths.Path, ...]:
    """Those that the site names, else the usual ones."""
    return property_paths.of_setting(settings.TICKET_SUMMARY or ",".join(USUAL))


def names() -> tuple[str, ...]:
    """Those of them that are no part of another property."""
    return tuple(path[0] for path in paths() if len(path) == 1)
