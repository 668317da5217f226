"""A form that was drawn before another zone was chosen in another tab: its times are meant as they were read there."""

import re

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, text_of

pytestmark = pytest.mark.usefixtures("quick", "clock")


@pytest.fixture
def drawn(client, serve) -> str:
    """A ticket at 11:59 UTC, the form of a page, and Los Angeles chosen since; gives the zone that the form says."""
    serve([made(1)])
    form = client.get(PAGE).content.decode()
    client.post("/preferences/", {"zone": "America/Los_Angeles"})
    return re.search(r'name="typed_in" value="(.*?)"', form)[1]


def fields(response) -> dict[str, str]:
    found = re.findall(r'name="created\[(\w+)\]" value="([^"]*)"', response.content.decode())
    return {name: value for name, value in found if value}


def test_times_of_day_are_the_same_moments(client, drawn):
    bounds = {"created[gte]": "20 Nov 2026 11:00", "created[lt]": "20 Nov 2026 12:00"}
    response = client.post(PAGE, {"references": "R-1", "typed_in": drawn, **bounds})
    assert "1 of 1 found" in text_of(response)
    assert fields(response) == {"gte": "2026-11-20 03:00", "lt": "2026-11-20 04:00"}
    assert 'name="typed_in" value="America/Los_Angeles"' in response.content.decode()
    assert "0 of 1 found" in text_of(client.post(PAGE, {"references": "R-1", **bounds}))


def test_days_are_the_same_days_of_the_calendar(client, drawn):
    response = client.post(
        PAGE, {"references": "R-1", "typed_in": drawn, "created[gte]": "20 Nov 2026", "created[lt]": "20 Nov 2026"}
    )
    assert fields(response) == {"gte": "2026-11-20", "lt": "2026-11-20"}
    assert "from Fri 20 Nov 2026, 00:00:00 PST to Sat 21 Nov 2026, 00:00:00 PST" in text_of(response)


@pytest.mark.parametrize("zone", ["", "America/Los_Angeles", "Nowhere/At_All", "../etc"])
def test_no_other_zone_is_that_of_the_page(client, drawn, zone):
    response = client.post(PAGE, {"references": "R-1", "typed_in": zone, "created[gte]": "20 Nov 2026 03:30"})
    assert "1 of 1 found" in text_of(response)
    assert fields(response) == {"gte": "2026-11-20 03:30"}


@pytest.mark.parametrize(
    ("bounds", "shown"),
    [
        (("20 Nov 2026 11:00", "soon"), {"gte": "2026-11-20 03:00", "lt": "soon"}),
        (("soon", "20 Nov 2026 11:00"), {"gte": "soon", "lt": "2026-11-20 03:00"}),
        (("20 Nov 2026", "soon"), {"gte": "2026-11-20", "lt": "soon"}),
        (("20 Nov 2026 11:00", "20 Nov 2026 10:00"), {"gte": "2026-11-20 03:00", "lt": "2026-11-20 02:00"}),
    ],
    ids=["to", "from", "a day", "backward"],
)
def test_where_one_time_is_wrong_the_other_is_meant_as_it_was_read_all_the_same(client, drawn, bounds, shown):
    """It is not sent again as it was typed: the form is drawn in the new zone by then."""
    sent = dict(zip(("created[gte]", "created[lt]"), bounds, strict=True))
    response = client.post(PAGE, {"references": "R-1", "typed_in": drawn, **sent})
    assert (response.status_code, fields(response)) == (400, shown)


def test_a_list_does_the_same(client, drawn):
    sent = {"created[gte]": "20 Nov 2026 11:00", "created[lt]": "soon", "typed_in": drawn}
    response = client.get("/tickets/", sent, follow=True)
    assert (response.status_code, fields(response)) == (400, {"gte": "2026-11-20 03:00", "lt": "soon"})


def test_what_is_wrong_is_said_and_stays(client, drawn):
    response = client.post(PAGE, {"references": "R-1", "typed_in": drawn, "created[gte]": "soon", "location": "loc_a"})
    assert response.status_code == 400
    assert fields(response) == {"gte": "soon"}
    assert 'value="loc_a"' in response.content.decode()
