"""The page of all saved views asks for the names of the locations once, however many views there are."""

from tests.pages.conftest import made
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import Names


def test_sixty_views_wait_for_the_names_once(client, serve, monkeypatch):
    serve([made(1)])
    for number in range(60):
        client.post("/views/", {"name": f"view {number}", "query": "location=loc_a&range=30d"})
    asked = []
    monkeypatch.setattr(gateway, "location_names", lambda **_: asked.append(1) or Names())
    assert client.get("/views/").content.count(b"loc_a") >= 60
    assert len(asked) == 1
