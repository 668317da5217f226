"""Links that something on the way damaged: what is recognised, what it is mended to, and what is none of ours."""

from urllib.parse import parse_qs, quote, unquote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tickets_app.filters import damaged
from tickets_app.filters.damaged import mending
from tickets_app.filters.query_string import read_query_string

AT = "2026-11-20T09:00:00Z"
RIGHT = {"location": "loc_a", "search_query": "smith", "created[gte]": AT, "created[lt]": "2026-11-21", "limit": "7"}
LINK = "location=loc_a&search_query=smith&created%5Bgte%5D=2026-11-20T09:00:00Z&created%5Blt%5D=2026-11-21&limit=7"


def mended(query: str) -> list[dict[str, str]]:
    found = mending(read_query_string(query), "/tickets/", ("look",))
    addresses = [urlsplit(url) for _, url in found.links] if found else []
    return [{name: value for name, [value] in parse_qs(address.query).items()} for address in addresses]


def test_what_is_as_it_should_be_costs_nothing(monkeypatch):
    """Every page asks, and nearly every address is one of ours, whole."""
    monkeypatch.setattr(damaged, "_ours", lambda name, also: pytest.fail(f"what {name} may be was looked for"))
    assert mended(LINK) == []
    assert mended(f"{LINK}&look=1&starting_after=tkt_00001&range=&columns=") == []


DAMAGED = {
    "&amp; for &": LINK.replace("&", "&amp;"),
    "that twice": LINK.replace("&", "&amp;amp;"),
    "in capitals": LINK.replace("&", "&AMP;"),
    "and escaped": LINK.replace("&", "&amp%3B"),
    "from the first on": "amp;" + LINK.replace("&", "&amp;"),
    "escaped twice": LINK.replace("%", "%25"),
    "three times": LINK.replace("%", "%2525"),
    "twice, &amp; too": LINK.replace("%", "%25").replace("&", "&amp;"),
    "escaped as a whole": quote(LINK, safe=""),
    "all but the brackets as they were": quote(unquote(LINK), safe="[]:"),
    "capitals": LINK.replace("search_query", "Search_Query").replace("location", "LOCATION"),
    "without its brackets": LINK.replace("%5B", "").replace("%5D", ""),
    "without the last bracket": LINK.replace("%5D", ""),
    "other brackets": LINK.replace("%5B", "(").replace("%5D", ")"),
    "a letter that is missing": LINK.replace("location", "locaton").replace("search_query", "serch_query"),
    "an invisible character": LINK.replace("location", "%E2%80%8Blocation").replace("limit", "%C2%A0limit"),
}


@pytest.mark.parametrize("query", DAMAGED.values(), ids=DAMAGED)
def test_the_mended_link_says_what_the_link_said(query):
    assert mended(query) == [RIGHT]


@pytest.mark.parametrize(
    "query",
    ["location=loc_a&amp;look=1~x", "location=loc_a&%256Cook=1%7Ex", quote("location=loc_a&look=1~x", safe="")],
    ids=["&amp; for &", "escaped twice", "escaped as a whole"],
)
def test_what_the_page_takes_besides_is_mended_too(query):
    assert mended(query) == [{"location": "loc_a", "look": "1~x"}]


@pytest.mark.parametrize(
    "query", ["created", "created[", "created[gte", "created%5Bgte%5D", "search_que", "amp;location", ""]
)
def test_what_was_cut_off_is_said_to_be_lost(query):
    found = mending(read_query_string(f"location=loc_a&{query}"), "/tickets/")
    assert found.lost
    assert mended(f"location=loc_b&{query}") == [{"location": "loc_b"}]


@pytest.mark.parametrize("name", ["created", "created[", "created%5B", "created%255B", "creat", "amp;created"])
def test_a_time_without_its_bracket_may_be_either_end(name):
    assert mended(f"{name}={AT}&location=a") == [
        {"location": "a", "created[gte]": AT},
        {"location": "a", "created[lt]": AT},
    ]


FOREIGN = [
    "utm_source=a&utm_medium=b&fbclid=c&gclid=d&mc_cid=e&_ga=f&ref=g&source=h",
    "page=2&sort=created_at&order=desc&q=x&id=7&lang=en&start=5&end=7&search=y&type=z&creator=me&createdby=x&_=1",
    "",
    LINK,
    LINK + "&look=1xUNI6:abc&utm_source=newsletter",
    "location=&range=&created%5Bgte%5D=&search_query=&limit=",
    "&amp;&=&amp",
    "amp;utm_source=x&%2575tm=y",
]


@pytest.mark.parametrize("query", FOREIGN)
def test_what_is_foreign_or_as_it_should_be_is_left_alone(query):
    assert mending(read_query_string(query), "/tickets/", ("look",)) is None


@given(st.lists(st.tuples(st.text(max_size=30), st.text(max_size=30)), max_size=5))
def test_nothing_makes_it_stumble(pairs):
    query = "&".join(f"{quote(name, errors='replace')}={quote(value, errors='replace')}" for name, value in pairs)
    found = mending(read_query_string(query), "/tickets/")
    assert found is None or all(url.startswith("/tickets/") for _, url in found.links)


@pytest.mark.parametrize(("query", "is_ours"), [("sear", True), ("sea", False), ("loca", True), ("loc", False)])
def test_a_name_that_was_cut_is_known_by_four_letters_and_no_fewer(query, is_ours):
    """With three it may as well be a foreign one."""
    assert bool(mending(read_query_string(query), "/tickets/")) is is_ours
