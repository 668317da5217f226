"""Tickets of one reference and place within minutes are marked, with a link to where they are compared."""

import re
from datetime import timedelta

import pytest

from tests.pages.conftest import NOON, made


def check(number: int, minutes: float, reference: str = "4417", location: str = "loc_a") -> dict[str, object]:
    return made(number, at=NOON - timedelta(minutes=minutes), reference=reference, location=location)


def marked(client, columns: str = "") -> list[str]:
    html = client.get(f"/tickets/{columns}").content.decode()
    return [part.split("/same/")[0] for part in html.split('class="twice" href="/tickets/')[1:]]


@pytest.mark.parametrize("columns", ["", "?columns=created,total"])
def test_two_of_one_reference_and_place_within_minutes_are_marked(client, serve, columns):
    serve([check(1, 0), check(2, 1.75), check(3, 31.8), check(4, 3, "other"), check(5, 4, location="loc_b")])
    assert marked(client, columns) == ["tkt_00001", "tkt_00002"]


def test_three_in_a_row_are_all_marked(client, serve):
    serve([check(1, 0), check(2, 29), check(3, 58)])
    assert marked(client) == ["tkt_00001", "tkt_00002", "tkt_00003"]


def test_the_site_says_how_close(client, serve, settings):
    settings.DUPLICATE_MINUTES = 1
    serve([check(1, 0), check(2, 1.75)])
    assert marked(client) == []
    settings.DUPLICATE_MINUTES = 0
    serve([check(1, 0), check(2, 0)])
    assert marked(client) == []


def test_without_a_reference_nothing_is_a_duplicate(client, serve):
    serve([{**check(1, 0), "reference": None}, {**check(2, 1), "reference": None}, check(3, 0, " "), check(4, 1, " ")])
    assert marked(client) == []


def seams(client, url: str) -> dict[str, str]:
    html = client.get(url).content.decode()
    return dict(re.findall(r'data-ticket-id="(tkt_\d+)" data-seam="([^"]*)"', html))


@pytest.mark.parametrize("columns", ["", "&columns=created,total"])
def test_rows_near_an_end_of_their_answer_say_whose_they_are_and_when(client, serve, columns):
    serve([check(1, 0), check(2, 29, "other"), check(3, 31, "third"), check(4, 90), check(5, 119), check(6, 121)])
    found = seams(client, f"/tickets/?limit=5{columns}")
    assert list(found) == ["tkt_00001", "tkt_00002", "tkt_00004", "tkt_00005"]
    whose = {id_: seam.split()[0] for id_, seam in found.items()}
    assert whose["tkt_00001"] == whose["tkt_00004"] == whose["tkt_00005"] != whose["tkt_00002"]
    apart = [int(found[id_].split()[1]) for id_ in ("tkt_00001", "tkt_00002")]
    assert apart[0] - apart[1] == 29 * 60 * 1000


def test_where_none_are_marked_none_says_so(client, serve, settings):
    settings.DUPLICATE_MINUTES = 0
    serve([check(1, 0), check(2, 0)])
    assert seams(client, "/tickets/") == {}
    assert "data-within" not in client.get("/tickets/").content.decode()
