"""What reaches Copper, and what the page answers: the outside of DESIGN.md."""

import json
import re
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.pages.conftest import made
from tickets_app.gateway import shared


def sent(sandbox) -> list[tuple[str, ...]]:
    """The parameters of each request for tickets that reached Copper."""
    return [entry.params for entry in sandbox.ledger if entry.path.startswith("/v1/tickets")]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("location", "loc_a"),
        ("created[gte]", "2026-11-20T09:00:00-05:00"),
        ("created[gt]", "2026-11-20T09:00:00.123456789Z"),
        ("created[lte]", "2026-11-20T09:00:00+05:30"),
        ("created[lt]", "2026-11-20T09:00Z"),
        ("limit", "7"),
        ("starting_after", "tkt_00003"),
        ("ending_before", "tkt_00003"),
    ],
)
def test_each_parameter_reaches_copper_under_its_own_name_with_its_exact_value(serve, pages, name, value):
    sandbox = serve([made(number) for number in range(9)])
    page = pages.open("/tickets/?" + urlencode({name: value}))
    assert page.status == 200
    assert dict(sent(sandbox)[0]) == {"limit": "50", name: value}
    assert len(sent(sandbox)) == 1


@pytest.mark.parametrize(
    "text", ["4417", " 44 17 ", "   ", "a&b=c", "../", "👩‍🍳é", "%00", "100%", "+", "'\"<>", "x" * 500]
)
def test_the_search_text_reaches_copper_exactly(serve, pages, text):
    sandbox = serve([made(1)])
    pages.open(
        "/tickets/?" + urlencode({"search_query": text, "created[gte]": "2026-11-01T00:00:00Z"}, quote_via=quote)
    )
    assert dict(sent(sandbox)[0]) == {"search_query": text, "created[gte]": "2026-11-01T00:00:00Z", "limit": "100"}


@hypothesis_settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=200))
def test_any_text_reaches_copper_exactly(serve, pages, text):
    sandbox = serve([])
    pages.open("/tickets/?" + urlencode({"search_query": text}, quote_via=quote))
    # A text that looks like an id is also retrieved as one, at the same time.
    searches = [params for params in sent(sandbox) if "search_query" in dict(params)]
    assert searches
    assert all(dict(params)["search_query"] == text for params in searches)


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
            "tomorrow",
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


def test_times_that_are_not_one_instant_come_with_links_for_the_choices(serve, pages, settings):
    settings.TIME_ZONE = "America/New_York"
    sandbox = serve([made(1)])
    page = pages.open("/tickets/?location=loc_a&created%5Bgte%5D=2026-11-01%2001:30")
    assert "came twice" in page.text
    chosen = [link for link in page.links if "2026-11-01T01:30:00" in link]
    assert len(chosen) == 2
    for link, offset in zip(chosen, ("-04:00", "-05:00"), strict=True):
        assert pages.open(link).status == 200
        assert dict(sent(sandbox)[-1]) == {
            "location": "loc_a",
            "created[gte]": f"2026-11-01T01:30:00{offset}",
            "limit": "50",
        }


def test_what_is_typed_without_an_offset_leads_to_an_address_with_one(serve, client, settings):
    settings.TIME_ZONE = "America/New_York"
    serve([made(1)])
    response = client.get("/tickets/", {"created[gte]": "2026-11-20 09:00", "location": "", "search_query": "x"})
    assert response.status_code == 302
    assert response["Location"] == "/tickets/?search_query=x&created%5Bgte%5D=2026-11-20T09:00:00-05:00"
    assert client.get(response["Location"]).status_code == 200


def test_unknown_and_empty_parameters_are_ignored_and_dropped_from_links(serve, pages):
    sandbox = serve([made(number) for number in range(60)])
    page = pages.open("/tickets/?utm=1&utm=2&location=&search_query=&created%5Bgte%5D=&created%5Bgte%5D%5B%5D=x")
    assert page.status == 200
    assert sent(sandbox) == [(("limit", "50"),)]
    assert "utm" not in page.next_url
    assert "location" not in page.next_url


@pytest.mark.parametrize("id_", ["..", ".", "%2e%2e", "a%2Fb", "a%0d%0ab", "%00", "x" * 5000, "%ff", "%ed%a0%80"])
def test_what_can_be_no_id_is_404_without_asking_copper(serve, pages, id_):
    sandbox = serve([made(1)])
    assert pages.open(f"/tickets/{id_}/").status in {404, 400}
    assert [entry for entry in sandbox.ledger if "/tickets" in entry.path] == []


@pytest.mark.parametrize("id_", ["x?limit=1", "x#f", "a b", "%2e%2e", "ünï", "a;b", "x&y", "'", "{id}"])
def test_an_odd_id_stays_one_quoted_segment(serve, pages, id_):
    sandbox = serve([made(1)])
    assert pages.open(f"/tickets/{quote(id_, safe='')}/").status == 404
    [entry] = [entry for entry in sandbox.ledger if "/tickets" in entry.path]
    assert entry.raw_path == "/v1/tickets/" + quote(id_, safe="")


def test_root_leads_to_the_list(client):
    assert client.get("/")["Location"] == "/tickets/"


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "trace", "options"])
@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_1/"])
def test_other_methods_are_refused(serve, client, method, path):
    sandbox = serve([])
    assert getattr(client, method)(path).status_code == 405
    assert len(sandbox.ledger) == 0


def test_htmx_gets_the_rows_and_everyone_else_the_page(serve, client):
    serve([made(number) for number in range(60)])
    page = client.get("/tickets/")
    rows = client.get("/tickets/", headers={"HX-Request": "true"})
    boosted = client.get("/tickets/", headers={"HX-Request": "true", "HX-Boosted": "true"})
    restored = client.get("/tickets/", headers={"HX-Request": "true", "HX-History-Restore-Request": "true"})
    assert [b"<html" in response.content for response in (page, rows, boosted, restored)] == [True, False, True, True]
    for response in (page, rows, boosted, restored):
        assert "HX-Request" in response["Vary"]
        assert response.content.count(b"data-ticket-id=") == 50
        assert response.content.count(b'<a rel="next" href="') == 1


def test_submitting_shows_the_canonical_address_and_appending_none(serve, client, settings):
    settings.TIME_ZONE = "America/New_York"
    serve([made(number) for number in range(60)])
    typed = {"location": "loc_a", "range": "", "created[gte]": "2026-11-01 10:00", "search_query": ""}
    submitted = client.get("/tickets/", typed, headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert submitted["HX-Push-Url"] == "/tickets/?location=loc_a&created%5Bgte%5D=2026-11-01T10:00:00-05:00"
    live = client.get("/tickets/?range=24h&limit=", headers={"HX-Request": "true", "HX-Boosted": "true"})
    assert live["HX-Push-Url"] == "/tickets/?range=24h"
    assert "HX-Push-Url" not in client.get("/tickets/", headers={"HX-Request": "true"})


def test_responses_say_how_long_they_took_and_are_nobody_elses_to_keep(serve, client):
    serve([made(1)], latency=0.05)
    for path in ("/tickets/", "/tickets/tkt_00001/", "/tickets/?limit=0", "/tickets/nope/"):
        response = client.get(path)
        assert "private" in response["Cache-Control"]
        assert "no-store" in response["Cache-Control"]
        timing = re.fullmatch(r"copper;dur=([\d.]+), total;dur=([\d.]+)", response["Server-Timing"])
        copper, total = map(float, timing.groups())
        assert total >= copper
        assert (copper >= 50) == ("limit=0" not in path)


@pytest.mark.parametrize("limit", ["1", "50", "100"])
def test_a_page_of_a_list_costs_one_request(serve, pages, limit):
    sandbox = serve([made(number) for number in range(150)])
    pages.open(f"/tickets/?limit={limit}")
    assert len(sent(sandbox)) == 1


@pytest.mark.parametrize(("key", "badge"), [("sk_test_X", "TEST"), ("sk_live_X", "LIVE")])
def test_the_badge_and_the_title_say_which_mode_it_is(serve, client, settings, key, badge):
    settings.COPPER_API_KEY = key
    serve([made(1)])
    for path in ("/tickets/", "/tickets/tkt_00001/"):
        html = client.get(path).content.decode()
        assert f"<title>{badge} ·" in html
        assert f">{badge}</span>" in html
        assert key not in html


def test_an_account_is_sent_when_it_is_set(serve, pages, settings):
    settings.COPPER_ACCOUNT = "acct_x"
    sandbox = serve([made(1)])
    pages.open("/tickets/")
    assert {entry.account for entry in sandbox.ledger} == {"acct_x"}


def test_answers_are_shown_again_for_a_while_and_asked_for_once(serve, pages, settings):
    settings.COPPER_CACHE_SECONDS = 60
    shared.forget()
    sandbox = serve([made(number) for number in range(60)])
    first, second = pages.open("/tickets/"), pages.open("/tickets/")
    assert first.ids == second.ids
    assert len(sent(sandbox)) == 1
    assert "As Copper answered at" in second.text


def test_the_page_context_is_valid_json_in_the_htmx_config(serve, client):
    serve([])
    html = client.get("/tickets/").content.decode()
    config = json.loads(re.search(r"name=\"htmx-config\"\s+content='([^']+)'", html)[1])
    assert config["historyCacheSize"] == 0
    assert config["historyRestoreAsHxRequest"] is False
    assert config["allowEval"] is False
    assert config["includeIndicatorStyles"] is False
    assert config["timeout"] > 0
    assert {"code": "[45]..", "swap": True, "error": True} in config["responseHandling"]
