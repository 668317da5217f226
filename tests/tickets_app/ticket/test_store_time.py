"""The time of a ticket by its store's clock, and that nobody has said where it is."""

from tests.pages.conftest import made
from tickets_app.models import LocationClock
from tickets_app.stores import clocks


def test_the_time_is_said_by_both_clocks(serve, pages, db):
    serve([made(1)])
    assert "Store’s time zone not set" in pages.open("/tickets/tkt_00001/").text
    LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)
    clocks.forget()
    page = pages.open("/tickets/tkt_00001/")
    assert "Created Fri 20 Nov 2026, 11:59:00 UTC" in page.text
    assert "Store’s time Fri 20 Nov 2026, 03:59:00 PST" in page.text
    assert (
        "Fri 20 Nov 2026, 03:59:00 PST · http://testserver/tickets/tkt_00001/"
        in page.response.content.decode().replace("\\u00b7", "·")
    )
