"""The histogram and the strip below it, in a real browser: counted on request, narrowed by a bar, growing with the list."""

import re

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Fault
from tests.browser.conftest import LOOKS, Held, Spells, accessible, nothing_spills_over
from tests.browser.test_list import MORE, ROWS, ids, scroll_to_the_end, truth
from tests.pages.conftest import made

DAY = "/tickets/?created%5Bgte%5D=2026-11-19T00:00:00Z&created%5Blt%5D=2026-11-20T12:30:00Z"


@pytest.fixture(autouse=True)
def opened(context, live_server):
    """The chart was left open."""
    context.add_cookies([{"name": "chart", "value": "open", "url": live_server.url}])


COUNT, STOP = "#histogram-count", "#histogram-stop"


def bars(page: Page) -> list[str]:
    return [
        label.rpartition(": ")[2]
        for label in page.locator("#histogram a.bar").evaluate_all("all => all.map(one => one.ariaLabel)")
    ]


def number(text: str) -> int:
    return int(re.sub(r"\D", "", text) or 0)


def test_count_the_rest_and_narrow_to_a_bar_by_keyboard(site, serve, page):
    sandbox = serve([made(n) for n in range(1500)])
    page.goto(site + DAY)
    expect(page.locator("#histogram-title")).to_have_text("At least 50 tickets")
    assert "not counted yet" in bars(page)
    page.locator(COUNT).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#histogram-title")).to_have_text("1,500 tickets")
    expect(page.locator("#live")).to_have_text("1,500 tickets")
    assert sum(map(number, bars(page))) == 1500
    expect(page.locator("#histogram-as-table")).to_be_focused()  # the button is gone
    page.keyboard.press("Shift+Tab")  # the bars are one stop
    page.keyboard.press("End")
    expect(page.locator("#histogram a.bar").last).to_be_focused()
    page.keyboard.press("ArrowLeft")
    label = page.evaluate("document.activeElement.ariaLabel")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("created%5Bgte%5D=2026-11-20T11"))
    expect(page.locator(ROWS)).to_have_count(50)
    scroll_to_the_end(page, number(label.rpartition(": ")[2]))
    assert set(ids(page)) <= set(truth(sandbox))


def test_counting_goes_on_by_itself_until_it_is_stopped(site, serve, page, settings):
    settings.SEARCH_TIME_BUDGET, settings.COPPER_MAX_CONCURRENCY = 0.05, 1
    sandbox = serve([made(n) for n in range(1000)], latency=0.1)
    spells = Held(page, "**/tickets/histogram*")
    page.goto(site + DAY)
    page.locator(COUNT).click()
    expect(page.locator(STOP)).to_be_visible()
    before = page.locator("#histogram-title").inner_text()
    spells.next()
    expect(page.locator("#histogram-title")).not_to_have_text(before)
    spells.wait()  # by itself
    page.locator(STOP).click()
    expect(page.locator(COUNT)).to_be_visible()
    expect(page.locator(STOP)).to_be_hidden()
    stopped = page.locator("#histogram-title").inner_text()
    assert stopped.startswith("At least")
    spells.open()
    page.locator(COUNT).click()
    expect(page.locator("#histogram-title")).to_have_text("1,000 tickets")
    assert sandbox.max_in_flight == 1


def test_rows_that_are_scrolled_to_are_counted_and_the_strip_grows(site, serve, page):
    serve([made(n) for n in range(200)])
    page.goto(site + DAY)
    line = page.locator(".coverage-words .looked")
    expect(line).to_have_text("Searched: back to 20 Nov, 11:11 UTC")
    scroll_to_the_end(page, 150)
    expect(page.locator("#histogram-title")).to_have_text("At least 150 tickets")
    expect(line).to_have_text("Searched: back to 20 Nov, 09:31 UTC")
    scroll_to_the_end(page, 200)
    expect(page.locator("#histogram-title")).to_have_text("200 tickets")
    expect(line).to_have_text("Searched: all of it")


def test_an_unsearched_stretch_is_a_link_that_goes_on_there(site, serve, page):
    serve([made(n) for n in range(200)])
    page.goto(site + DAY)
    page.locator(".coverage a.stretch.unsearched").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".coverage-words .unsearched").last).to_have_text(
        "Not searched on this page: after 20 Nov, 11:11 UTC"
    )
    assert ids(page)[0] == "tkt_00050"
    page.locator(".coverage-words .unsearched a").last.click()
    expect(page.locator(ROWS).first).to_have_attribute("data-ticket-id", "tkt_00000")


def test_where_it_failed_is_marked_and_can_be_gone_on_from(site, serve, page):
    sandbox = serve([made(n) for n in range(80)])
    page.goto(site + DAY)
    sandbox.script(lambda asked: Fault(status=400))
    page.locator(MORE).click()
    expect(page.locator(".coverage-words .failed")).to_contain_text("before 20 Nov, 11:11 UTC")
    sandbox.unscript()
    page.locator(MORE).click()
    expect(page.locator(".coverage-words .looked")).to_have_text("Searched: all of it")
    assert ids(page) == truth(sandbox)


def test_rows_that_come_while_it_is_counted_do_not_undo_the_count(site, serve, page, settings):
    settings.SEARCH_TIME_BUDGET, settings.COPPER_MAX_CONCURRENCY = 0.05, 1
    serve([made(n) for n in range(600)], latency=0.1)
    spells = Held(page, "**/tickets/histogram*")
    page.goto(site + DAY)
    title = page.locator("#histogram-title")
    page.locator(COUNT).click()
    spells.wait()
    scroll_to_the_end(page, 100)
    expect(title).to_have_text("At least 50 tickets")  # the rows' own count would say 100
    spells.next()
    expect(title).not_to_have_text("At least 50 tickets")
    counted = title.inner_text()
    spells.wait()
    scroll_to_the_end(page, 150)
    expect(title).to_have_text(counted)
    spells.open()
    expect(page.locator("#histogram-title")).to_have_text("600 tickets")


def test_when_the_dashboard_is_away_the_button_stands_there_again(site, serve, page):
    serve([made(n) for n in range(1000)])
    page.goto(site + DAY)
    page.route("**/tickets/histogram*", lambda route: route.abort())
    with page.expect_event("requestfailed"):
        page.locator(COUNT).click()
    expect(page.locator(COUNT)).to_be_visible()
    expect(page.locator("#histogram-title")).to_have_text("At least 50 tickets")
    page.unroute("**/tickets/histogram*")
    page.locator(COUNT).click()
    expect(page.locator("#histogram-title")).to_have_text("1,000 tickets")


def test_without_javascript(site, serve, new_context):
    serve([made(n) for n in range(300)])
    page = new_context(java_script_enabled=False).new_page()
    page.goto(site + DAY)
    page.locator(".chart-toggle").click()
    page.get_by_role("link", name="Count the rest").click()
    page.wait_for_url("**/histogram*")
    expect(page.locator("#histogram-title")).to_have_text("300 tickets")
    page.get_by_text("As a table").click()
    assert page.locator("#histogram tbody tr").count() == page.locator("#histogram a.bar").count()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(ROWS).first).to_be_visible()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_state_has_a_barrier(site, serve, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    sandbox = serve([made(n) for n in range(300)])
    page.goto(site + DAY + "&limit=10")
    accessible(page)
    page.get_by_text("As a table").click()
    accessible(page)
    sandbox.script(lambda asked: Fault(status=400))
    page.locator(COUNT).click()
    expect(page.locator("#histogram .failed")).to_contain_text("What was counted stays.")
    accessible(page)
    page.locator(MORE).click()
    expect(page.locator(".coverage-words .failed")).to_be_visible()
    accessible(page)
    sandbox.unscript()
    page.locator(COUNT).click()
    expect(page.locator("#histogram-title")).to_have_text("300 tickets")
    accessible(page)
    nothing_spills_over(page)


def test_with_matches_in_the_last_window_alone_it_never_says_none_before(site, serve, page, settings):
    """Whatever the page says in between, it says how far it looked: the `created` of the last row that Copper gave."""
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET, settings.COPPER_MAX_CONCURRENCY = 0, 0.1, 1
    sandbox = serve([made(n, reference="the one" if n == 899 else "x") for n in range(900)], latency=0.12)
    spells = Spells(page)
    page.goto(site + DAY + "&search_query=the+one")
    texts = {page.locator("#state").inner_text() for _ in spells}
    assert len(texts) > 2
    for text in texts:
        assert not re.search(r"^No (?!match so far)|no tickets match|^All|^The only", text, re.MULTILINE), text
        assert "so far. Searched" in text
    assert ids(page) == ["tkt_00899"]
    last_rows = {entry.last_row for entry in sandbox.ledger if entry.last_row}
    moments = {sandbox.store.ticket(id_).make()["created"] for id_ in last_rows}
    told = {time for text in texts for time in re.findall(r"back to 20 Nov, (\d\d:\d\d)", text)}
    assert told
    assert {f"2026-11-20T{time}:00Z" for time in told} <= moments


def test_a_bar_takes_along_what_was_typed_and_not_sent(site, serve, page):
    serve([made(number) for number in range(40)])
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    page.goto(f"{site}/tickets/?range=30d&limit=20")
    page.get_by_label("Reference", exact=True).fill("R-4")
    page.locator("#histogram .bar").last.click()
    page.wait_for_url("**created%5Bgte%5D=**")
    assert "search_query=R-4" in page.url
    expect(page.get_by_label("Reference", exact=True)).to_have_value("R-4")


def test_a_closed_chart_tells_all_that_was_read_on_when_it_is_opened(site, serve, page):
    page.context.add_cookies([{"name": "chart", "value": "closed", "url": site}])
    serve([made(n) for n in range(200)])
    page.goto(site + DAY)
    strip, title = page.locator("#histogram-strip .column"), page.locator("#histogram-title")
    before = strip.get_attribute("d")
    scroll_to_the_end(page, 150)
    expect(strip).not_to_have_attribute("d", before)
    expect(title).to_be_hidden()
    drawn = Held(page, "**/tickets/histogram*")
    page.locator("#chart-open").focus()
    page.keyboard.press("Space")
    drawn.wait()
    expect(page.locator("#histogram .full")).to_have_css("opacity", "0.4")
    drawn.open()
    expect(title).to_have_text("At least 150 tickets")
    expect(page.locator("#histogram .full")).to_have_css("opacity", "1")
    expect(title).to_be_visible()
    expect(page.locator("#chart-open")).to_be_focused()
    scroll_to_the_end(page, 200)
    expect(title).to_have_text("200 tickets")
    page.keyboard.press("Space")
    expect(title).to_be_hidden()


def test_a_closed_chart_that_cannot_be_drawn_anew_shows_what_it_knew(site, serve, page):
    page.context.add_cookies([{"name": "chart", "value": "closed", "url": site}])
    serve([made(n) for n in range(300)])
    page.goto(site + DAY)
    scroll_to_the_end(page, 150)
    page.route("**/tickets/histogram*", lambda route: route.abort())
    page.locator(".chart-toggle").click()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#histogram-title")).to_have_text("At least 50 tickets")
    page.unroute("**/tickets/histogram*")
    for _ in range(2):
        page.locator(".chart-toggle").click()
    expect(page.locator("#histogram-title")).to_have_text("At least 150 tickets")
