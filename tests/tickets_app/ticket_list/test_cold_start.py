"""The first page after a start: the names of the locations come in place; an id is only typed where names may not be read."""

import re
import threading

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made
from tickets_app.gateway import shared
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import AGAIN, WAIT

PLACE = "/tickets/locations"


def field(html: str) -> str:
    """The field for the location."""
    return re.search(r'<select name="location".*?</select>|<input[^>]*name="location"[^>]*>', html, re.DOTALL)[0]


@pytest.fixture
def locations_wait(serve):
    """Copper gives no names until this is set."""
    go = threading.Event()
    serve([made(1)]).script(lambda asked: go.wait(60) and None if "/locations" in asked.path else None)
    yield go
    go.set()


@pytest.mark.parametrize("address", ["/tickets/?location=loc_b&columns=id", "/tickets/lookup/?location=loc_b"])
def test_until_names_are_there_the_field_is_a_menu_that_asks_for_them(client, locations_wait, address):
    menu = field(client.get(address).content.decode())
    assert f'hx-get="{PLACE}"' in menu
    assert 'hx-trigger="load"' in menu
    assert 'hx-select="unset"' in menu  # not the form's
    assert "names are being loaded" in menu
    assert '<option value="loc_b" selected>loc_b</option>' in menu
    locations_wait.set()
    answer = client.get(f"{PLACE}?location=loc_b", headers={"HX-Request": "true"})
    menu = answer.content.decode()
    assert menu.startswith('<select name="location"')
    assert 'id="filter-location"' in menu
    assert '<option value="loc_b" selected>Harbor Café</option>' in menu
    assert "hx-get" not in menu


def test_a_wait_for_names_ends_and_the_menu_asks_again(client, locations_wait, monkeypatch):
    monkeypatch.setattr(gateway, "NAMES_LONGEST", 0.01)
    assert 'hx-trigger="load"' in client.get(PLACE).content.decode()


def test_a_menu_for_which_too_many_wait_asks_again_in_a_while(client, locations_wait):
    directory = shared.parts().directory
    client.get("/tickets/")
    taken = [directory._seats.acquire() for _ in range(WAIT)]
    assert f'hx-trigger="load delay:{AGAIN:.0f}s"' in client.get(PLACE).content.decode()
    directory._seats.release(len(taken))


def test_names_that_failed_are_asked_for_again_after_a_while(client, serve):
    serve([made(1)]).script(lambda asked: Fault(status=400) if "/locations" in asked.path else None)
    client.get("/tickets/")
    shared.parts().directory.names(60)
    menu = field(client.get("/tickets/").content.decode())
    assert menu.startswith("<select")
    assert "names could not be loaded" in menu
    assert 'hx-trigger="load delay:30s"' in menu


def test_an_id_is_typed_where_names_may_not_be_read(client, serve):
    serve([made(1)]).script(lambda asked: Fault(status=403) if "/locations" in asked.path else None)
    client.get("/tickets/")
    shared.parts().directory.names(60)
    assert field(client.get("/tickets/").content.decode()).startswith("<input")
    assert client.get(f"{PLACE}?location=loc_a").content.decode().startswith("<input")


def test_without_a_right_to_see_tickets_there_are_no_names(client, settings):
    settings.LOGIN_REQUIRED = True
    assert client.get(PLACE).status_code == 302
