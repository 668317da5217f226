"""A search with a space at its end is sent as it is; the page says so, and the list without it is one press away."""

import re
from html import unescape
from urllib.parse import quote

import pytest

from tests.pages.conftest import made

SEARCHES = [
    ("R-1 ", "ends with a space", "Without the space", "R-1"),
    (" R-1", "begins with a space", "Without the space", "R-1"),
    (" R-1  ", "begins with a space and ends with 2 spaces", "Without the spaces", "R-1"),
    ("R-1\u00a0", "holds what cannot be seen: “R-1‹U+00A0›”", "Without it", "R-1"),
    ("R\u200b-1", "holds what cannot be seen: “R‹U+200B›-1”", "Without it", "R-1"),
    ("\u202aR-1\u202c ", "holds what cannot be seen: “‹U+202A›R-1‹U+202C›␣”", "Without it", "R-1"),
    ("Table\u00a04", "holds what cannot be seen: “Table‹U+00A0›4”", "Without it", "Table 4"),
]


def sent(sandbox) -> set[str]:
    return {entry.query["search_query"] for entry in sandbox.ledger if "search_query" in entry.query}


def link(html: str, label: str) -> list[str]:
    return [unescape(url) for url in re.findall(rf'<a href="([^"]*)">{label}</a>', html)]


@pytest.mark.parametrize(("typed", "words", "label", "without"), SEARCHES, ids=ascii)
def test_it_is_sent_as_it_is_and_the_list_without_is_one_press_away(client, serve, typed, words, label, without):
    sandbox = serve([made(1), made(2, reference="Table 4")])
    here = f"/tickets/?location=loc_a&created%5Bgte%5D=2026-11-19T00:00:00Z&limit=7&search_query={quote(typed)}"
    html = client.get(here).content.decode()
    assert sent(sandbox) == {typed}
    assert f"This {words}, and is sent so." in unescape(html), "at the field"
    assert f"The reference {words}, and was sent so." in unescape(html), "where nothing was found"
    urls = link(html, label)
    assert len(urls) == 2
    assert len(set(urls)) == 1
    assert urls[0].startswith("/tickets/?location=loc_a&created%5Bgte%5D=2026-11-19T00:00:00Z&")
    assert "limit=7" in urls[0]
    found = client.get(urls[0]).content.decode()
    assert 'data-ticket-id="tkt_0000' in found
    assert "is sent so" not in found
    assert sent(sandbox) == {typed, without}


LOCATIONS = [("loc_a ", "ends with a space", "loc_a␣"), ("\u00a0loc_a", "holds what cannot be seen", "‹U+00A0›loc_a")]


@pytest.mark.parametrize(("typed", "words", "seen"), LOCATIONS, ids=ascii)
def test_so_is_a_location_whose_id_was_pasted_with_more_around_it(client, serve, typed, words, seen):
    sandbox = serve([made(1, location="loc_a")])
    html = unescape(client.get(f"/tickets/?location={quote(typed)}&limit=7").content.decode())
    assert [entry.query["location"] for entry in sandbox.ledger if "location" in entry.query] == [typed]
    assert f"This {words}" in html
    assert f"{seen} · Any time" in html
    (url,) = link(html, "Without (?:it|the space)")
    assert url == "/tickets/?limit=7&location=loc_a"
    assert 'data-ticket-id="tkt_00001"' in client.get(url).content.decode()


def test_a_look_up_tells_of_it_and_leads_to_no_list(client, serve):
    serve([])
    html = client.get("/tickets/lookup/?location=loc_a%20").content.decode()
    assert "This ends with a space, and is sent so.</div>" in html


@pytest.mark.parametrize(("pasted", "typed", "signs"), [("R‑1", "R-1", "‑"), ("4–5–6—7", "4-5-6-7", "– —")])
def test_signs_of_word_processors_are_told_where_nothing_was_found(client, serve, pasted, typed, signs):
    sandbox = serve([made(1, reference=typed), made(2, reference="–")])
    here = "/tickets/?created[gte]=2026-11-19T00:00:00Z&search_query="
    html = client.get(f"{here}{quote(pasted)}").content.decode()
    assert f"The reference holds what word processors make of other signs ({signs}), and was sent so." in html
    (url,) = link(html, f"Search “{typed}”")
    assert 'data-ticket-id="tkt_00001"' in client.get(url).content.decode()
    assert sent(sandbox) == {pasted, typed}
    assert "sent so" not in client.get(f"{here}{quote('–')}").content.decode(), "where it was found"


def test_where_it_was_found_only_the_field_says_it(client, serve):
    serve([made(1, reference="R-1 ")])
    html = client.get("/tickets/?search_query=R-1%20&created[gte]=2026-11-19T00:00:00Z").content.decode()
    assert 'data-ticket-id="tkt_00001"' in html
    assert "This ends with a space, and is sent so." in html
    assert "was sent so" not in html
    assert "· “R-1␣”" in html
    assert 'value="R-1 "' in html


def test_a_search_of_nothing_but_spaces_leads_to_the_list(client, serve):
    serve([made(1)])
    html = client.get("/tickets/?search_query=%20%20&created[gte]=2026-11-19T00:00:00Z").content.decode()
    assert "This is nothing but 2 spaces, and is sent so." in html
    assert link(html, "Without the spaces")[0] == "/tickets/?created%5Bgte%5D=2026-11-19T00:00:00Z"


@pytest.mark.parametrize("query", ["", "search_query=R-1", "search_query=Table%204", "search_query=a%20%20b"])
def test_without_any_nothing_is_said(client, serve, query):
    serve([made(1)])
    assert "sent so" not in client.get(f"/tickets/?{query}").content.decode()
