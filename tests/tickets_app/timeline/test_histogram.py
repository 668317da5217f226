"""The histogram: its counts add up to the rows of the list, nothing uncounted looks like zero, and nothing forged is believed."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from copper_sandbox import Fault, Store
from tests import caches
from tests.pages.conftest import made
from tests.pages.reading import unescaped
from tests.tickets_app.ticket_list.test_complete import NOW, address

FRIDAY = {"gte": "2026-11-19T00:00:00Z", "lt": "2026-11-20T12:30:00Z"}


@pytest.fixture(scope="module")
def shop() -> Store:
    return Store.generate(tickets=1200, days=30, seed=7, now=NOW)


def labels(html: str) -> list[str]:
    return re.findall(r'<a id="bar-\d+"[^>]*aria-label="([^"]*)"', html)


def bars(html: str) -> list[str]:
    """What each bar says was counted."""
    return [label.rpartition(": ")[2] for label in labels(html)]


def links(html: str) -> list[str]:
    return re.findall(r'<a id="bar-\d+"[^>]*href="([^"]*)"', html)


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text))


def count_url(html: str) -> str | None:
    found = re.search(r'id="histogram-count"[^>]*? href="([^"]*)"', html)
    return found and found[1]


def count_all(client, url: str, most: int = 200) -> str:
    """Open a list and count the rest of it, as a page does."""
    html = unescaped(client.get(url).content)
    for _ in range(most):
        more = count_url(html)
        if more is None:
            return html
        html = unescaped(client.get(more, headers={"HX-Request": "true"}).content)
    raise AssertionError("it never ends")


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    "filters",
    [
        {"gte": "2026-10-24T00:00:00Z"},
        {"gte": "2026-10-30T12:00:00Z", "lt": "2026-11-02T12:00:00-05:00"},
        {"gt": "2026-11-01T05:17:00.123456Z", "lte": "2026-11-01T09:00:00Z"},
        {"gte": "2026-10-24T00:00:00Z", "search_query": "44"},
        {"gte": "2026-11-10T00:00:00Z", "lt": "2026-11-24T00:00:00Z", "search_query": "there is no such reference"},
    ],
    ids=str,
)
def test_counts_add_up_to_the_rows_of_the_list(shop, serve, pages, client, settings, zone, filters):
    settings.TIME_ZONE = zone
    serve(store=shop)
    html = count_all(client, address(**filters))
    rows = len(pages.ids(address(**filters, limit="100")))
    assert sum(map(number, bars(html))) == rows
    assert f"{rows:,} " in html
    assert all(re.fullmatch(r"[\d,]+ (tickets?|match|matches)", bar) for bar in bars(html))


def test_the_list_behind_each_bar_has_as_many_rows_as_the_bar_says(shop, serve, pages, client, settings):
    settings.TIME_ZONE = "America/New_York"
    serve(store=shop)
    html = count_all(client, address(gte="2026-10-31T12:00:00-04:00", lt="2026-11-01T18:00:00-05:00"))
    for bar, url in zip(bars(html), links(html), strict=True):
        assert len(pages.ids(url)) == number(bar)


def test_without_bounds_it_counts_a_while_and_says_what_is_before(shop, serve, pages, client, settings):
    settings.SEARCH_DEFAULT_DAYS = 2
    serve([made(n) for n in range(3200)])  # one a minute: 2,880 in two days
    html = count_all(client, "/tickets/")
    older = re.search(r'<a href="([^"]*)">Before [^<]*</a> is not counted here', html)[1]
    assert sum(map(number, bars(html))) + len(pages.ids(older)) == 3200


def test_in_steps_as_small_as_they_get_it_comes_to_the_same(shop, serve, pages, client, settings):
    settings.SEARCH_TIME_BUDGET, settings.COPPER_MAX_CONCURRENCY = 0.001, 2
    serve([made(n // 3) | {"id": f"tkt_{n:05}"} for n in range(2000)])  # three of each time
    html = count_all(client, address(**FRIDAY))
    assert sum(map(number, bars(html))) == len(pages.ids(address(**FRIDAY, limit="100")))


def test_nothing_that_was_not_counted_looks_like_none(serve, pages, client):
    serve([made(n) for n in range(500)])
    html = unescaped(client.get(address(**FRIDAY)).content)
    found = bars(html)
    assert "not counted yet" in found
    assert any(bar.startswith("at least ") for bar in found)
    assert not any(bar.startswith("0 ") for bar in found[:-2])  # those above the newest ticket are counted: none
    assert "At least 50 tickets" in html
    assert html.count('class="bar unknown"') + html.count('class="bar least"') == html.count('<rect class="open"')


def test_opening_a_list_asks_copper_once_and_counts_nothing_more(serve, client):
    sandbox = serve([made(n) for n in range(500)])
    client.get(address(**FRIDAY))
    assert len([entry for entry in sandbox.ledger if entry.path == "/v1/tickets"]) == 1


def test_rows_that_are_appended_are_counted_too(serve, pages, client):
    serve([made(n) for n in range(120)])
    page = pages.open(address(**FRIDAY))
    totals = []
    while page.next_url:
        html = unescaped(page.response.content)
        state = re.search(r'name="histogram" value="([^"]*)"', html)[1]
        totals.append(sum(number(bar) for bar in bars(html) if bar[0].isdigit() or bar.startswith("at")))
        page = pages.rows(page.next_url + "&" + urlencode({"histogram": state, "seen_since": "top"}))
    html = unescaped(page.response.content)
    assert totals == [50, 100]
    assert html.index('hx-swap-oob="true"') > html.rindex('<tr class="control"')
    assert sum(map(number, bars(html))) == 120


def test_what_the_page_counted_is_not_counted_again(serve, client):
    sandbox = serve([made(n) for n in range(100)])
    html = unescaped(client.get(address(**FRIDAY)).content)
    sandbox.ledger.clear()
    client.get(count_url(html), headers={"HX-Request": "true"})
    assert any("starting_after" in entry.query for entry in sandbox.ledger)


def test_closed_buckets_are_kept_for_everybody_and_open_ones_are_not(serve, client, settings):
    tickets = [made(n, at=datetime.now(UTC) - timedelta(minutes=10 * n)) for n in range(300)]
    sandbox = serve(tickets)
    count_all(client, "/tickets/?range=7d")
    sandbox.ledger.clear()
    found = bars(unescaped(client.get("/tickets/?range=7d&limit=1").content))
    assert found[-1].startswith("at least")
    assert sum(bar[0].isdigit() for bar in found[1:-1]) == len(found) - 2
    assert len([entry for entry in sandbox.ledger if entry.path == "/v1/tickets"]) == 1


def test_other_filters_have_counts_of_their_own(serve, client):
    serve([made(n, location="loc_a" if n % 2 else "loc_b") for n in range(300)])
    whole = count_all(client, address(**FRIDAY))
    half = count_all(client, address(**FRIDAY, location="loc_a"))
    assert sum(map(number, bars(whole))) == 300
    assert sum(map(number, bars(half))) == 150


def test_a_state_that_was_forged_or_is_another_lists_is_not_believed(serve, client):
    serve([made(n) for n in range(300)])
    more = count_url(unescaped(client.get(address(**FRIDAY)).content))
    html = unescaped(client.get(more, headers={"HX-Request": "true"}).content)
    state = parse_qs(urlsplit(more).query)["histogram"][0]
    for other in (state[:-1] + ("a" if state[-1] != "a" else "b"), "x", "", "a:b:c"):
        url = "/tickets/histogram?" + urlencode(
            {"created[gte]": FRIDAY["gte"], "created[lt]": FRIDAY["lt"], "histogram": other}
        )
        assert bars(unescaped(client.get(url, headers={"HX-Request": "true"}).content)) == bars(html)
    caches.clear()
    url = "/tickets/histogram?" + urlencode(
        {"created[gte]": "2026-11-20T11:00:00Z", "created[lt]": "2026-11-20T12:30:00Z", "histogram": state}
    )
    assert sum(map(number, bars(unescaped(client.get(url, headers={"HX-Request": "true"}).content)))) == 61


def test_garbage_in_the_cache_costs_nothing_but_the_help(serve, client, monkeypatch):
    from tickets_app.gateway.cache import Shelf

    serve([made(n) for n in range(300)])
    for text in ("", "[]", '["a", 1]', "[true, 1]", "[-1, 1]", "{}"):
        monkeypatch.setattr(Shelf, "get_many", lambda self, keys, text=text: dict.fromkeys(keys, text))
        assert sum(map(number, bars(count_all(client, address(**FRIDAY))))) == 300


def test_without_a_cache_it_comes_to_an_end(serve, client, settings):
    settings.CACHES = {name: {"BACKEND": "django.core.cache.backends.dummy.DummyCache"} for name in settings.CACHES}
    settings.SEARCH_TIME_BUDGET = 0.001
    serve([made(n) for n in range(1500)])
    assert sum(map(number, bars(count_all(client, address(**FRIDAY))))) == 1500


def test_when_copper_fails_what_was_counted_stays_and_there_is_a_way_on(serve, client, settings):
    settings.COPPER_MAX_CONCURRENCY = 1
    sandbox = serve([made(n) for n in range(300)])
    html = unescaped(client.get(address(**FRIDAY)).content)
    sandbox.script(lambda asked: Fault(status=400))
    failed = unescaped(client.get(count_url(html), headers={"HX-Request": "true"}).content)
    assert "What was counted stays." in failed
    assert "At least 50 tickets" in failed
    assert "Try again" in failed
    assert "data-running" not in failed
    sandbox.unscript()
    again = unescaped(client.get(count_url(failed), headers={"HX-Request": "true"}).content)
    assert sum(map(number, bars(again))) == 300


def test_a_copper_that_does_not_keep_to_the_times_it_is_asked_for_is_no_count(serve, client, monkeypatch):
    """Each bar would count the whole list, and show that to everybody for hours."""
    serve([made(n) for n in range(300)])
    html = unescaped(client.get(address(**FRIDAY)).content)
    monkeypatch.setattr("copper_sandbox.api._nanoseconds", lambda params, name: {"lt": 2**62}.get(name[-3:-1], 0))
    asked_on = unescaped(client.get(count_url(html), headers={"HX-Request": "true"}).content)
    assert "Copper’s list contradicts itself" in asked_on
    assert sum(map(number, filter(re.compile(r"\d").search, bars(asked_on)))) <= 300


def test_without_javascript_it_is_a_page_with_a_link_that_goes_on(serve, client, settings):
    settings.SEARCH_TIME_BUDGET = 0.001
    serve([made(n) for n in range(1500)])
    html = unescaped(client.get(address(**FRIDAY)).content)
    for _ in range(100):
        more = count_url(html)
        if more is None:
            break
        html = unescaped(client.get(more).content)
        assert html.startswith("<!DOCTYPE html>")
    assert sum(map(number, bars(html))) == 1500
    assert "Back to the list" in html


def test_the_table_says_what_the_bars_say(serve, client):
    serve([made(n) for n in range(300)])
    html = count_all(client, address(**FRIDAY))
    rows = re.findall(r'<tr><th scope="row"><a href="[^"]*">([^<]*)</a></th><td>([^<]*)</td></tr>', html)
    assert [f"{period}: {count}" for period, count in rows] == labels(html)


def test_every_bar_says_its_zone_and_an_hour_that_comes_twice_says_which(serve, client, settings):
    settings.TIME_ZONE = "America/New_York"
    serve([made(0, at=datetime(2026, 11, 2, 10, 59, tzinfo=UTC))])
    html = unescaped(client.get(address(gte="2026-10-31T12:00:00-04:00", lt="2026-11-02T06:00:00-05:00")).content)
    found = labels(html)
    assert all("UTC−0" in label for label in found)
    assert "Sun 1 Nov 2026, 01:00 EDT (UTC−04:00) to 01:00 EST (UTC−05:00): 0 tickets" in found
    assert "Sun 1 Nov 2026, 01:00 to 02:00, EST (UTC−05:00): 0 tickets" in found


def test_chosen_columns_stay_in_every_link_of_the_timeline(serve, client):
    serve([made(n) for n in range(300)])
    html = unescaped(client.get(address(**FRIDAY, columns="id,reference")).content)
    found = [*links(html), count_url(html), *re.findall(r'class="stretch unsearched" href="([^"]*)"', html)]
    assert len(found) > 3
    assert all("columns=id,reference" in url.replace("%2C", ",") for url in found)


def test_bad_filters_are_refused_and_copper_is_not_asked(serve, client):
    sandbox = serve([])
    assert client.get("/tickets/histogram?limit=0").status_code == 400
    assert client.get("/tickets/histogram?location=%FF").status_code == 400
    assert [entry for entry in sandbox.ledger if entry.path == "/v1/tickets"] == []
