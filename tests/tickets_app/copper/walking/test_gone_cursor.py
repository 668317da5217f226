"""A cursor whose ticket is gone: how Copper says so, and where the walk goes on."""

from tests.tickets_app.copper.walking.model import ModelCopper, ticket
from tests.tickets_app.copper.walking.test_walk import ids
from tickets_app.copper.errors import CopperError, Kind
from tickets_app.copper.query import Cursor, TicketQuery
from tickets_app.copper.resources import Page
from tickets_app.copper.walking.walk import walk


def refusing(copper: ModelCopper, **facts: object):
    """The same Copper, but it refuses a cursor that it does not know in these words."""

    def fetch(query: TicketQuery) -> Page:
        try:
            return copper.fetch(query)
        except CopperError:
            raise CopperError(Kind.REFUSED, **facts) from None

    return fetch


def test_a_400_that_names_no_parameter_means_the_cursor_and_one_that_names_another_does_not():
    tickets = [ticket(number) for number in reversed(range(20))]
    query = TicketQuery(limit=50, starting_after=Cursor("gone", tickets[9].created))
    found = list(walk(query, refusing(ModelCopper(tickets), status=400, param=None)))
    assert ids(found) == [row.id for row in tickets[9:]]
    (refused,) = walk(query, refusing(ModelCopper(tickets), status=400, param="limit"))
    assert refused.failure.param == "limit"


def test_a_place_that_is_found_again_does_not_stand_among_those_before_it():
    tickets = [ticket(number, minute=0) for number in reversed(range(6))]
    at, copper = tickets[0].created, ModelCopper(tickets)
    query = TicketQuery(limit=1, starting_after=Cursor("gone", at, ("gone, too", "t4", "t5")))
    step = next(iter(walk(query, copper.fetch)))
    assert [asked.cursor for asked in copper.asked[1:]] == [
        Cursor("gone, too", at, ("t4", "t5")),
        Cursor("t4", at, ("t5",)),
    ]
    assert step.rest.cursor == Cursor("t3", at, ("t4", "t5"))
