"""What reaches Copper, and what the page answers: the outside of DESIGN.md."""

import json
import re
from types import SimpleNamespace
from urllib.parse import quote, urlencode

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from tests.pages.conftest import made
from tickets_app import middleware
from tickets_app.copper.query import FILTERS
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


def test_each_filter_has_a_field_without_which_the_next_show_would_drop_it(serve, client):
    serve([made(1)])
    [form] = re.findall(r'<form id="filters".*?</form>', client.get("/tickets/").content.decode(), re.DOTALL)
    assert set(FILTERS.values()) <= set(re.findall(r' name="([^"]+)"', form))


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


@pytest.mark.parametrize("method", ["get", "head", "put"])
@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/nowhere/"])
def test_what_is_answered_before_any_page_says_too_how_long_it_took(client, db, method, path):
    response = getattr(client, method)(path)
    assert re.fullmatch(r"copper;dur=0\.0, total;dur=[\d.]+", response["Server-Timing"])


def test_how_long_it_took_has_all_in_it_but_what_closes_files_that_were_not_sent(serve, client, settings, monkeypatch):
    now = [100.0]

    def compressing(content: bytes) -> bytes:
        now[0] += 5.000123
        return content

    monkeypatch.setattr(middleware, "time", SimpleNamespace(perf_counter=lambda: now[0]))
    monkeypatch.setattr(middleware, "zstd_padded", compressing)
    serve([made(1)])
    timing = client.get("/tickets/", headers={"Accept-Encoding": "zstd"})["Server-Timing"]
    assert float(timing.rpartition("total;dur=")[2]) == 5000.123  # a microsecond is 0.02 % of a ticket's page
    outside = ["tickets_app.long_runs.unsent.Unsent", "tickets_app.middleware.ServerTiming"]
    assert settings.MIDDLEWARE[:2] == outside


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
    assert re.search(r"As Copper answered at \d\d:\d\d:\d\d UTC\.", second.text), "times say their zone"


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


@pytest.mark.parametrize(
    "path", ["/tickets/", "/tickets/tkt_00001/", "/views/", "/preferences/", "/tickets/export/", "/tickets/lookup/"]
)
def test_the_first_heading_of_a_page_is_its_own(serve, client, path):
    serve([made(1)])
    assert re.findall(r"<h(\d)", client.get(path).content.decode())[0] == "1"
