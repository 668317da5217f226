"""Whose exports and look-ups these are where nobody logs in: the browser's in which they were begun."""

import re

from django.test import Client

from tests.pages.conftest import made
from tests.tickets_app.export.reading import body
from tests.tickets_app.lookup.reading import PAGE, go_on, look_up
from tickets_app.long_runs.progress import Watched, owner_of
from tickets_app.saved_views import store


def token_on(client: Client, page: str) -> str:
    return re.search(r'name="(?:export|token)" value="(.*?)"', client.get(page).content.decode())[1]


def test_an_export_is_seen_and_cancelled_in_its_own_browser_only(client, serve):
    serve([made(number) for number in range(3)])
    token, other = token_on(client, "/tickets/export/"), Client()
    body(client.get(f"/tickets/export.csv?export={token}"))
    token_on(other, "/tickets/export/")
    for browser in (other, Client()):
        assert "Starting…" in browser.get(f"/tickets/export/{token}/").content.decode()
    assert "The file is complete" in client.get(f"/tickets/export/{token}/").content.decode()
    for browser, cancelled in ((other, False), (client, True)):
        browser.post(f"/tickets/export/{token}/cancel/")
        assert Watched(owner_of(client.get("/tickets/export/").wsgi_request), token).cancelled is cancelled


def test_a_look_up_is_gone_on_with_in_its_own_browser_only(client, serve):
    serve([made(1)])
    other = Client()
    for browser in (client, other):
        token_on(browser, PAGE)
    response = look_up(client, ["R-1"])
    assert go_on(other, response, "download").status_code == 400
    assert go_on(Client(), response, "download").status_code == 400
    assert go_on(client, response, "download").status_code == 200


def test_a_view_that_is_saved_meanwhile_changes_nothing(client, serve):
    serve([made(1)])
    token = token_on(client, "/tickets/export/")
    body(client.get(f"/tickets/export.csv?export={token}"))
    client.post("/views/", {"name": "Reno", "query": "limit=2"})
    assert store.SavedView.objects.count() == 1
    assert "The file is complete" in client.get(f"/tickets/export/{token}/").content.decode()


def test_who_fetches_a_file_by_its_address_alone_gets_it_without_a_session(client, serve):
    serve([made(1)])
    assert body(client.get("/tickets/export.csv")).startswith(b'"id"')
    assert not client.cookies
