"""Two locations of the same name are told apart wherever a location is named: menu, list, chip, ticket, look-up."""

from copper_sandbox import Store
from tests.pages.conftest import made

PLACES = [
    {"id": "loc_a", "display_name": "Main St", "address": {"city": "Reno"}},
    {"id": "loc_b", "display_name": "Main St", "address": {"city": "Sparks"}},
    {"id": "loc_c", "display_name": "Elm St", "address": {"city": "Reno"}},
]


def test_two_locations_of_the_same_name_are_told_apart_everywhere(client, serve, pages):
    tickets = [made(1, location="loc_a"), made(2, location="loc_b"), made(3, location="loc_c")]
    serve(store=Store(tickets=tickets, locations=PLACES))
    client.get("/tickets/")
    html = client.get("/tickets/?location=loc_b").content.decode()
    assert '<option value="loc_a">Main St (Reno)</option>' in html
    assert '<option value="loc_b" selected>Main St (Sparks)</option>' in html
    assert '<option value="loc_c">Elm St</option>' in html
    assert "<bdi>Main St (Sparks) · Any time</bdi>" in html
    assert "<bdi>Main St (Reno)</bdi>" in client.get("/tickets/").content.decode()
    assert "Main St (Reno)" in client.get("/tickets/?columns=location").content.decode()
    assert "Main St (Reno)" in pages.open("/tickets/tkt_00001/").text
    found = client.post("/tickets/lookup/", {"references": "R-1", "created[gte]": "2026-11-01T00:00:00Z"})
    assert "Main St (Reno)" in found.content.decode()
