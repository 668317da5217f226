"""Who finds no place for a file: a page that says how many come first, a word to begin, a way to leave; for programs words."""

import re
from html import unescape

import pytest

from audit.models import Event
from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, said
from tickets_app.gateway import shared
from tickets_app.long_runs import places

FORMATS = ["csv", "ndjson", "xlsx"]
BROWSER = {"Accept": "text/html,*/*;q=0.8"}
FILE = f"/tickets/export.csv?location=loc_a&created%5Bgte%5D=2026-01-01T00:00:00Z&export={TOKEN}"


@pytest.fixture(autouse=True)
def no_program_is_waited_with(monkeypatch):
    monkeypatch.setattr(places, "PATIENCE", 0.0)


@pytest.fixture
def others(client, serve, settings):
    """All places are taken, by people who give them back when they are told to."""
    client.get("/tickets/export/")  # from here on the browser is known
    settings.LONG_ANSWERS = 2
    serve([made(number) for number in range(250)])
    all_places = shared.parts().places
    assert [all_places.take(one) for one in ("user-901", "user-902")] == [None, None]
    return lambda: all_places.give_back("user-901")


def whole(response) -> bool:
    """Whether this is the file of all tickets. It is read to its end: half a file keeps its lanes until it is torn down."""
    return (response.status_code, len(body(response).splitlines())) == (200, 251)


def poll(client, url: str = FILE):
    return client.get(url, headers={**BROWSER, "HX-Request": "true"})


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_person_is_shown_how_many_come_first_and_copper_is_not_asked(client, others, file_format):
    assert shared.parts().places.take("user-903") is not None
    response = client.get(FILE.replace("csv", file_format), headers=BROWSER)
    assert (response.status_code, response["Retry-After"]) == (503, str(places.AGAIN))
    page = response.content.decode()
    assert "1 person is before you" in page
    assert "Leave the line" in page
    [address] = re.findall(r'hx-get="([^"]*)"', page)
    [again] = re.findall(r'<noscript><meta http-equiv="refresh" content="\d+; url=([^"]*)"', page)
    assert address == again
    assert re.findall(r'<a href="([^"]*)">← Back to the list', page) == [
        "/tickets/?location=loc_a&amp;created%5Bgte%5D=2026-01-01T00:00:00Z"
    ]
    assert Event.objects.count() == 0


def test_when_it_is_their_turn_the_page_is_told_to_begin_and_gets_the_whole_file(client, others):
    assert client.get(FILE, headers=BROWSER).status_code == 503
    assert "You are next" in poll(client).content.decode()
    others()
    [begin] = re.findall(r'data-begin="([^"]*)"', poll(client).content.decode())
    assert begin.replace("&amp;", "&") == FILE
    assert whole(client.get(FILE, headers=BROWSER))
    after = poll(client).content.decode()
    assert "data-begin" not in after, "no second download"
    assert "The file is complete" in said(client)


def test_a_browser_that_is_not_known_yet_waits_as_well(client, others):
    client.cookies.clear()
    assert client.get(FILE, headers=BROWSER).status_code == 503
    assert "You are next" in poll(client).content.decode()
    assert shared.parts().places.take("user-904") is not None
    assert "You are next" in poll(client).content.decode()


def test_nobody_goes_before_who_came_first(client, others):
    client.get(FILE, headers=BROWSER)
    others()
    assert shared.parts().places.take("user-904") is not None
    assert whole(client.get(FILE, headers=BROWSER))


def test_who_leaves_the_line_is_in_nobodys_way(client, others):
    client.get(FILE, headers=BROWSER)
    response = client.post(f"/tickets/export/{TOKEN}/cancel/", follow=True)
    assert "you left the line" in response.content.decode()
    assert "data-begin" not in poll(client).content.decode()
    others()
    assert shared.parts().places.take("user-904") is None


def test_a_person_has_one_file_at_a_time(client, others):
    others()
    first = client.get(FILE, headers=BROWSER)
    assert first.status_code == 200
    second = client.get(FILE.replace(TOKEN, "b" * 20), headers=BROWSER)
    assert (second.status_code, "Another one of yours is being made" in second.content.decode()) == (503, True)
    body(first)
    assert whole(client.get(FILE.replace(TOKEN, "b" * 20), headers=BROWSER))


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_program_gets_words_and_when_to_come_again(client, others, file_format):
    response = client.get(f"/tickets/export.{file_format}")
    assert (response.status_code, response["Retry-After"]) == (503, str(places.AGAIN))
    assert response["Content-Type"].startswith("text/plain")
    assert b"You are next. " in response.content
    others()
    file = client.get(f"/tickets/export.{file_format}")
    assert (file.status_code, len(body(file)) > 0) == (200, True)


def test_a_program_is_waited_with_for_a_place(client, others, monkeypatch):
    monkeypatch.setattr(places, "PATIENCE", 600.0)
    monkeypatch.setattr(places, "LOOK", 0.0)
    take, looks = places._take, []

    def taken(person: str):
        looks.append(person)
        if len(looks) == 3:
            others()
        return take(person)

    monkeypatch.setattr(places, "_take", taken)
    assert whole(client.get("/tickets/export.csv"))
    assert len(looks) == 3


def test_only_as_many_are_waited_with_as_there_are_places(client, others, monkeypatch):
    monkeypatch.setattr(places, "PATIENCE", 600.0)
    with places._waiter() as one, places._waiter() as two:
        assert (one, two) == (True, True)
        assert client.get("/tickets/export.csv").status_code == 503


def free_places() -> int:
    """How many there are for others; they are given back again."""
    all_places = shared.parts().places
    taken = [one for one in ("user-911", "user-912", "user-913") if all_places.take(one) is None]
    for one in ("user-911", "user-912", "user-913"):
        all_places.leave(one)
        all_places.give_back(one)
    return len(taken)


@pytest.mark.parametrize("file_format", FORMATS)
def test_a_place_is_given_back_however_it_ends(client, serve, settings, file_format):
    settings.LONG_ANSWERS = 2
    sandbox = serve([made(number) for number in range(250)])
    url = f"/tickets/export.{file_format}"

    held = client.get(url)
    assert free_places() == 1, "while it is sent"
    body(held)
    assert free_places() == 2, "whole"
    client.get(url).close()
    assert free_places() == 2, "never read"
    assert client.get(f"{url}?limit=0").status_code == 400
    assert free_places() == 2, "refused"
    sandbox.script(lambda asked: Fault(status=500))
    assert client.get(url).status_code == 502
    assert free_places() == 2, "failed"


def test_an_address_whose_token_is_none_waits_under_one_of_its_own(client, others):
    for token in ("", "a/b", "%0A"):
        page = client.get(f"/tickets/export.csv?export={token}", headers=BROWSER)
        assert page.status_code == 503
        [address] = re.findall(r'hx-get="([^"]*)"', page.content.decode())
        assert "hx-get" in poll(client, unescape(address)).content.decode()
