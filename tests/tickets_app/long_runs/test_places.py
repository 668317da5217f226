"""Look-ups and counting wait for a place as files do, say so, and go on when there is one."""

import pytest

from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, asked, go_on, lines, look_up, never_missing, text_of
from tickets_app.gateway import shared

HISTOGRAM = "/tickets/histogram?created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"


@pytest.fixture
def held(serve, settings):
    """The only place is taken; gives the sandbox."""
    settings.LONG_ANSWERS = 1
    sandbox = serve([made(number) for number in range(250)])
    assert shared.parts().places.take("user-901") is None
    return sandbox


def give_back() -> None:
    shared.parts().places.give_back("user-901")


def is_free() -> bool:
    free = shared.parts().places.take("user-902") is None
    shared.parts().places.give_back("user-902")
    return free


def test_a_look_up_waits_and_goes_on_when_there_is_a_place(client, held):
    client.get(PAGE)
    response = look_up(client, ["R-1", "none"])
    assert response.status_code == 200
    assert "You are next" in text_of(response)
    assert "load delay:2s" in response.content.decode(), "asks again by itself"
    never_missing(response)
    assert asked(held) == 0
    response = go_on(client, response)
    assert "You are next" in text_of(response)
    give_back()
    response = go_on(client, response)
    assert [line[:2] for line in lines(response)] == [("R-1", "found"), ("none", "missing")]
    assert "You are next" not in text_of(response)
    assert is_free()


def test_who_stops_a_look_up_leaves_the_line(client, held):
    client.get(PAGE)
    look_up(client, ["R-1"])
    assert client.post("/tickets/lookup/a-token-of-its-own-01/cancel/").status_code == 204
    give_back()
    assert is_free()


def test_counting_waits_and_goes_on_when_there_is_a_place(client, held):
    client.get(PAGE)
    page = client.get(HISTOGRAM, headers={"HX-Request": "true"}).content.decode()
    assert "You are next" in page
    assert "load delay:2s" in page
    assert "Not counted yet" in page
    assert asked(held) == 0
    give_back()
    page = client.get(HISTOGRAM, headers={"HX-Request": "true"}).content.decode()
    assert "250 tickets" in page
    assert is_free()


def test_pages_need_no_place(client, held):
    assert client.get("/tickets/").status_code == 200
    assert client.get("/tickets/?search_query=R-1").status_code == 200
