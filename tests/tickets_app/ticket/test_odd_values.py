"""What a ticket's page shows and copies of odd values: what Copper sent, and nothing that looks like another thing."""

import json
import re
from html import unescape

import pytest

from tests.pages.conftest import made
from tickets_app.filters.links import ticket_url
from tickets_app.ticket import properties


def opened(client, ticket: dict[str, object]) -> str:
    response = client.get(ticket_url(str(ticket["id"])))
    assert response.status_code == 200
    return response.content.decode()


def copies(html: str) -> dict[str, set[str]]:
    """What the buttons copy, by their words."""
    found: dict[str, set[str]] = {}
    for text, words in re.findall(r'data-copy="([^"]*)"[^>]*>(.*?)</button>', html, re.DOTALL):
        found.setdefault(re.sub(r"<[^>]+>", "", words).strip(), set()).add(json.loads(unescape(text)))
    return found


@pytest.mark.parametrize(
    ("more", "words"), [({}, "no reference"), ({"reference": None}, "no reference"), ({"reference": ""}, "(blank)")]
)
def test_a_heading_says_that_there_is_no_reference(copper, client, more, words):
    ticket = made(1)
    del ticket["reference"]
    copper(ticket | more)
    heading = re.search(r"<h1.*?</h1>", opened(client, ticket), re.DOTALL)[0]
    assert re.sub(r"<[^>]+>", "", heading) == words


@pytest.mark.parametrize("id_", ['a"b', r"a\nb", "a'b", "a&b", "ä b"])
def test_any_id_is_copied_as_it_is(copper, client, id_):
    ticket = made(1) | {"id": id_}
    copper(ticket)
    assert copies(opened(client, ticket))["Copy id"] == {id_}


def test_a_flag_is_copied_as_copper_sent_it(copper, client):
    copper(made(1, paid=True, tax=False, total=1.5))
    found = copies(opened(client, made(1)))
    assert (found["Copy paid"], found["Copy tax"], found["Copy total"]) == ({"true"}, {"false"}, {"1.5"})


def test_nothing_is_copied_in_part(copper, client):
    much = "x" * (properties.MAX_RAW + 1)
    copper(made(1, much=much, most=much[1:]))
    html = opened(client, made(1))
    assert "Copy much" not in copies(html)
    assert copies(html)["Copy most"] == {much[1:]}
    assert 'data-copy-from="raw-json"' not in html
    copper(made(1))
    assert 'data-copy-from="raw-json"' in opened(client, made(1))


@pytest.mark.parametrize("sign", ["x", "\u200b", "\x00"])
@pytest.mark.parametrize("more", [0, 1, 1000])
def test_what_is_shown_and_what_is_said_to_be_left_out_are_all_there_is(copper, client, sign, more):
    copper(made(1, long=sign * (properties.MAX_VALUE + more)))
    found = re.search(r"<bdi>long</bdi></dt>.*?</dd>", opened(client, made(1)), re.DOTALL)[0]
    shown = re.search(r'<dd class="text"><bdi>(.*?)</bdi>', found, re.DOTALL)[1]
    marks = {"x": "x", "\u200b": "‹U+200B›", "\x00": "␀"}
    said = {0: "", 1: "(1 more character)", 1000: "(1000 more characters)"}
    if more or sign == "x":
        assert shown == marks[sign] * properties.MAX_VALUE + ("…" if more else "")
    assert re.findall(r"\([0-9]+ more characters?\)", found) == ([said[more]] if more else [])


def test_the_file_of_a_ticket_has_halves_of_characters_as_escapes(copper, client):
    ticket = made(1, note="a\ud800b", é="👩\u200d🍳")
    copper(ticket)
    response = client.get("/tickets/tkt_00001/ticket.json")
    assert response.status_code == 200
    assert r'"a\ud800b"' in response.content.decode()
    assert json.loads(response.content) == ticket


@pytest.mark.parametrize(
    ("location", "shown"),
    [(7, "7"), ("a/b", "a/b"), ("", "(blank)"), ({"id": "x"}, "1 property"), (None, "no location"), ("loc_x", "loc_x")],
    ids=str,
)
def test_what_stands_for_a_location_is_never_no_location(copper, client, location, shown):
    copper(made(1, location=location))
    html = opened(client, made(1))
    fact = re.search(r"<dt>Location</dt><dd>(.*?)</dd>", html)[1]
    assert re.sub(r"<[^>]+>", "", fact) == shown
    assert ("<a " in fact) is (location == "loc_x")
    [line] = copies(html)["Copy for chat"]
    assert (f" · {shown} · " in line) is (location is not None)
