"""What can be no question is not asked: a malformed address is refused at its field, and Copper hears nothing of it."""

import re
from urllib.parse import quote

import pytest

from tests.pages.conftest import made
from tickets_app.filters.query_string import read_or_say

BAD = [
    # impossible or unreadable times, in each of the four fields (RELIABILITY.md, row 45)
    *(
        f"created%5B{name}%5D={quote(text)}"
        for name in ("gte", "gt", "lte", "lt")
        for text in (
            "2026-02-30",
            "2026-13-01T00:00:00Z",
            "2026-11-20T25:00:00Z",
            "2026-W47-5",
            "２０２６-11-20",
            "2026-11-20T09:00:00+24:00",
            "2026-11-20T09:00:00+05:60",
            "someday",
            "1",
            "2026-11-20T09:00:00Z" + "0" * 3000,
            "2026-11-20\x00",
            "0001-01-01T00:00:00+14:00",
            "2026-11-20T23:59:60Z",
        )
    ),
    # contradictions (row 47)
    "created%5Bgte%5D=2026-11-21T00:00:00Z&created%5Blte%5D=2026-11-20T00:00:00Z",
    "created%5Bgt%5D=2026-11-21T00:00:00Z&created%5Blt%5D=2026-11-20T00:00:00Z",
    "created%5Bgt%5D=2026-11-20T00:00:00Z&created%5Blte%5D=2026-11-20T00:00:00Z",
    "created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-19T19:00:00-05:00",
    "created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Bgt%5D=2026-11-20T00:00:00Z",
    "created%5Blte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-20T00:00:00Z",
    "range=24h&created%5Bgte%5D=2026-11-20T00:00:00Z",
    "range=1h&created%5Blt%5D=2026-11-20T00:00:00Z",
    "range=2h",
    "range=24H",
    "range=%00",
    # limits (row 48)
    *(
        f"limit={value}"
        for value in ("0", "101", "-1", "abc", "1_0", "%D9%A3", "10.0", "+5", "%205", "1e1", "9" * 3000, "00", "007")
    ),
    # cursors and repetitions (row 49)
    "starting_after=a&ending_before=b",
    "starting_after=..",
    "starting_after=a/b",
    "ending_before=%0d%0aX: y",
    "starting_after=" + "x" * 300,
    *(
        f"{name}=1&{name}=2"
        for name in ("location", "search_query", "limit", "range", "starting_after", "created%5Bgte%5D")
    ),
    "location=loc_a&location=loc_a",
    # bytes that are no text (row 51)
    "search_query=%ff",
    "search_query=%",
    "search_query=%zz",
    "search_query=%c3%28",
    "search_query=%ed%a0%80",
    "location=%00",
    "location=a%0ab",
    "search_query=a%00b",
    "search_query=a%1bb",
    "search_query=%7f",
    "unknown=%ff",
    "columns=id%00",
    "%ff=1",
    # too much (rows 50, 52)
    "search_query=" + "x" * 501,
    "search_query=" + "x" * 500_000,
    "location=" + "x" * 256,
    "&".join(f"p{number}=1" for number in range(1001)),
    # local times that are not one instant (row 46), in a zone with clock changes
    "created%5Bgte%5D=2026-03-08T02:30",
    "created%5Bgte%5D=2026-11-01T01:30",
    "created%5Blt%5D=2026-11-01T01:30:00.5",
    "created%5Blte%5D=2025-03-09%2002:00",
    "cursor_created=never&starting_after=a",
]


def test_there_are_a_hundred_malformed_addresses():
    assert len(set(BAD)) >= 100


@pytest.mark.parametrize("query", BAD, ids=lambda query: query[:60])
def test_a_malformed_address_is_refused_without_asking_copper(serve, pages, settings, query):
    settings.TIME_ZONE = "America/New_York"
    sandbox = serve([made(1)])
    for page in (pages.open(f"/tickets/?{query}"), pages.rows(f"/tickets/?{query}")):
        assert page.status == 400
        assert page.ids == []
        assert page.next == []
        alerts = re.findall(r'<(div|p) class="alert [^>]*>(.*?)</\1>', page.response.content.decode(), re.DOTALL)
        assert alerts
        assert all(words.strip() for _, words in alerts)
        assert read_or_say(query)[1] in page.text or "This address cannot be read" in page.text
    assert len(sandbox.ledger) == 0


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("created%5Bgte%5D=2026-02-30", "created[gte]", "no such date"),
        ("created%5Bgte%5D=2026-11-21Z&created%5Blt%5D=2026-11-20", "created[gte]", "Type a date"),
        ("created%5Bgte%5D=2026-11-21&created%5Blt%5D=2026-11-20", "created[lt]", "before the start"),
        ("limit=0", "limit", "1 to 100"),
        ("search_query=" + "x" * 501, "search_query", "too long"),
        ("search_query=a%00b", "search_query", "control character"),
        ("created%5Bgte%5D=2026-11-20T09:00%2B05:60", "created[gte]", "no such date"),
        ("search_query=EQ-1%09", "search_query", "This holds a tab, as what is copied from a table does."),
        ("location=a&location=b", "location", "more than once"),
        ("range=2h", "range", "no such time range"),
    ],
)
def test_the_message_stands_beside_its_field_and_what_was_typed_is_kept(serve, client, query, field, words):
    serve([])
    html = client.get(f"/tickets/?{query}").content.decode()
    control, message = re.search(rf'name="{re.escape(field)}"(.*?)</div>', html, re.DOTALL)[0], f"filter-{field}_error"
    assert f'id="{message}"' in control
    assert words in control
    assert "aria-invalid" in control
    if field.startswith("created"):
        assert 'value="2026-' in control


@pytest.mark.parametrize("id_", ["..", ".", "%2e%2e", "a%2Fb", "a%0d%0ab", "%00", "x" * 5000, "%ff", "%ed%a0%80"])
def test_what_can_be_no_id_is_404_without_asking_copper(serve, pages, id_):
    sandbox = serve([made(1)])
    for behind in ("", "ticket.json", "same/"):
        assert pages.open(f"/tickets/{id_}/{behind}").status in {404, 400}
    assert [entry for entry in sandbox.ledger if "/tickets" in entry.path] == []


@pytest.mark.parametrize("raw", ["/tickets/%zz/", "/tickets/100%/", "/tickets/%e/ticket.json", "/tickets/%zz/same/"])
def test_a_percent_sign_that_escapes_nothing_is_400_without_asking_copper(serve, client, raw):
    """Servers hand on the path with its escapes read, and a broken one as if somebody had typed `%25`."""
    sandbox = serve([made(1)])
    assert client.get(raw.replace("%", "%25"), RAW_URI=f"{raw}?x=1").status_code == 400
    assert len(sandbox.ledger) == 0


def test_one_that_is_escaped_is_part_of_an_id(serve, client):
    sandbox = serve([made(1)])
    assert client.get("/tickets/100%25/", RAW_URI="/tickets/100%25/?x=100%").status_code == 404
    assert [entry.path for entry in sandbox.ledger if "/tickets" in entry.path] == ["/v1/tickets/100%"]
