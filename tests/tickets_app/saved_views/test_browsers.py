"""Where nobody logs in, browsers are told apart by their sessions: a view that another shared is not theirs to change."""

import pytest
from django.test import Client

from tests.pages.reading import Reader
from tickets_app.models import SavedView


@pytest.fixture
def other(client, serve) -> Client:
    """Another browser, which has a view and a session of its own, where the first one shared a view with everybody."""
    serve([])
    browser = Client()
    for one, name in ((client, "Reno"), (browser, "Harbor")):
        assert one.post("/views/", {"name": name, "query": "limit=2"}).status_code == 302
    view = SavedView.objects.get(name="Reno")
    assert client.post(f"/views/{view.pk}/", {"change": "share"}).status_code == 302
    return browser


@pytest.mark.parametrize("change", ["rename", "share", "unshare", "delete"])
def test_what_another_browser_shared_is_seen_and_not_changed(client, other, change):
    view = SavedView.objects.get(name="Reno")
    assert "another browser" in Reader(other).open("/views/").text
    assert "another browser" not in Reader(client).open("/views/").text
    response = other.post(f"/views/{view.pk}/", {"change": change, "name": "Mine"})
    assert response.status_code == 403
    assert "somebody else" in response.content.decode()
    view.refresh_from_db()
    assert (view.name, view.shared) == ("Reno", True)


def test_who_has_no_session_owns_nothing_either(other):
    view = SavedView.objects.get(name="Reno")
    assert Client().post(f"/views/{view.pk}/", {"change": "delete"}).status_code == 403
