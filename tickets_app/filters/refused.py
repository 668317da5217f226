"""What Copper refused of an address, said beside the field it stands in (RELIABILITY.md, row 7)."""

from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.query import TicketQuery
from tickets_app.copper.resources import legible
from tickets_app.display.values import cut
from tickets_app.filters.form import TicketFilterForm
from tickets_app.gateway.page_result import Outcome

LONGEST = 60  # characters of an id in a sentence


def mark(form: TicketFilterForm, query: TicketQuery, outcome: Outcome) -> None:
    """Say it in a form that was read and asked for. What Copper does not name, and what a range stands for, stays unmarked."""
    error = outcome.failure
    if error is None or outcome.rows:
        return
    name = error.param or _place(query, error)
    if name not in form.fields or not form.data[name]:
        return
    words = "Copper does not know this." if error.kind is Kind.NOT_FOUND else "Copper does not take this."
    if query.cursor and name == _PLACES[query.goes_newer]:
        shown = cut(legible(query.cursor.id), LONGEST)
        words = (
            f"This address goes on from the ticket “{shown}”, which Copper does not know (any more). "
            "Press Show for the newest tickets."
        )
    # Not by `add_error`, which forgets what was read: links of the page are made of it.
    form.errors[name] = form.error_class([words], renderer=form.renderer)


_PLACES = ("starting_after", "ending_before")


def _place(query: TicketQuery, error: CopperError) -> str | None:
    """The cursor, where Copper refuses one that it does not know without naming it."""
    unknown = error.kind is Kind.NOT_FOUND or (error.kind is Kind.REFUSED and error.status == 400)
    return _PLACES[query.goes_newer] if query.cursor and unknown else None
