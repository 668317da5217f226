"""Answers that come late, in another order than they were asked for, or not at all: what is shown is of one piece, and said."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Held, Spells, quiet
from tests.browser.test_arrivals import PILL, arrive, quick  # noqa: F401 - a fixture
from tests.browser.test_away import SAID
from tests.browser.test_list import ROWS, scroll_to_the_end
from tests.browser.test_panel import fail, opened, row
from tests.browser.test_search import SEARCH, SLOW, shop
from tests.pages.conftest import made
from tickets_app.ticket_list import views

REFERENCE = "#filter-search_query"


def test_a_tick_of_a_column_while_show_is_under_way(site, serve, page):
    serve([made(number, total="1.00") for number in range(40)])
    held = Held(page, "**/tickets/?*search_query=R-4*")
    page.goto(f"{site}/tickets/?limit=20")
    page.locator(REFERENCE).fill("R-4")
    page.keyboard.press("Enter")
    held.wait()
    page.locator("#columns-menu > summary").click()
    page.get_by_role("checkbox", name="total").check()
    expect(page.get_by_role("columnheader", name="total")).to_be_visible()
    held.open()
    quiet(page)
    assert ("search_query=R-4" in page.url) == (page.locator(ROWS).count() == 1)


def test_what_is_typed_while_show_is_under_way_stays(site, serve, page):
    serve([made(number) for number in range(40)])
    held = Held(page, "**/tickets/?*search_query=R-3*")
    page.goto(f"{site}/tickets/?limit=20")
    page.locator(REFERENCE).fill("R-3")
    page.keyboard.press("Enter")
    held.wait()
    page.locator(REFERENCE).fill("R-1")
    held.open()
    page.wait_for_url("**search_query=R-3**")
    page.keyboard.type("7")
    expect(page.locator(REFERENCE)).to_have_value("R-17")


@pytest.mark.parametrize("at_the_list", [True, False])
def test_what_copper_tickets_says_is_not_blamed_on_the_network(site, serve, page, monkeypatch, settings, at_the_list):
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET = 15, 0.3
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    serve(shop(3000, 2999) if at_the_list else [made(n) for n in range(300)], latency=SLOW if at_the_list else 0)
    if at_the_list:
        spells = Spells(page)
        page.goto(site + SEARCH)
        assert spells.running()
        monkeypatch.setattr(views.gateway, "list_tickets", fail)
        spells.next()
    else:
        page.goto(f"{site}/tickets/?range=30d&limit=20")
        monkeypatch.setattr(views.timeline, "count_on", fail)
        page.get_by_role("link", name="Count the rest").click()
    expect(page.locator("#failure h1")).to_have_text(SAID)
    quiet(page)
    expect(page.locator("#offline")).to_be_hidden()


def test_a_count_that_a_proxy_answers_shows_its_button_again(site, serve, page):
    serve([made(n) for n in range(300)])
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    page.goto(f"{site}/tickets/?range=30d&limit=20")
    page.route("**/tickets/histogram*", lambda route: route.fulfill(status=502, body="Bad Gateway"))
    page.locator("#histogram-count").click()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator("#histogram-count")).to_be_visible()


def test_a_count_that_is_cut_off_too_keeps_no_search_from_going_on(site, serve, page, settings):
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET = 15, 0.3
    serve(shop(3000, 2999), latency=SLOW)
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    spells, count = Held(page, "**/tickets/?*"), Held(page, "**/tickets/histogram*")
    page.goto(site + SEARCH)
    spells.wait()
    page.locator("#histogram-count").click()
    count.wait()
    spells.routes.pop().abort("internetdisconnected")
    expect(page.locator("#state[data-stopped]")).to_be_visible()
    count.routes.pop().abort("internetdisconnected")
    expect(page.locator("#histogram-count")).to_be_visible()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#state:not([data-stopped])")).to_be_visible()


def test_try_again_asks_for_what_was_pressed(site, serve, page, monkeypatch):
    serve([made(number) for number in range(300)])
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    page.goto(f"{site}/tickets/?range=30d&limit=20")
    count = Held(page, "**/tickets/histogram*")
    page.locator("#histogram-count").click()
    count.wait()
    monkeypatch.setattr(views.gateway, "list_tickets", fail)
    monkeypatch.setattr(views.timeline, "count_on", fail)
    page.locator(REFERENCE).fill("R-4")
    page.keyboard.press("Enter")
    expect(page.locator("#failure")).to_be_visible()
    with page.expect_response("**/tickets/histogram*"):
        count.open()
    quiet(page)
    monkeypatch.undo()
    page.locator("#failure").get_by_role("link", name="Try again").click()
    page.wait_for_url("**search_query=R-4**")


def test_of_tickets_that_are_passed_quickly_only_the_first_and_the_last_are_asked_for(site, serve, page):
    serve([made(number) for number in range(20)])
    page.clock.install()
    page.goto(f"{site}/tickets/")
    page.clock.pause_at(page.evaluate("Date.now()") + 1000)
    held = Held(page, "**/tickets/tkt_*/")
    page.locator(row(0)).click()
    page.clock.run_for(1)
    held.wait()
    for number in range(1, 6):
        page.keyboard.press("j")
        expect(page.locator("#rows tr.open")).to_have_attribute("data-ticket-id", f"tkt_{number:05}")
        page.clock.run_for(100)
    page.clock.run_for(20)
    held.wait(count=2)
    assert [route.request.url.split("/")[-2] for route in held.routes] == ["tkt_00000", "tkt_00005"]


def test_the_list_goes_while_a_ticket_is_asked_for(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=20")
    held, ticket = Held(page, "**/tickets/?*search_query=R-4*"), Held(page, "**/tickets/tkt_00003/")
    page.locator(REFERENCE).fill("R-4")
    page.keyboard.press("Enter")
    held.wait()
    page.locator(row(3)).click()
    ticket.wait()
    held.open()
    page.wait_for_url("**search_query=R-4**")
    expect(page.locator("#panel")).to_be_hidden()
    ticket.open()
    quiet(page)
    assert page.title() == "TEST · “R-4” · Copper Tickets"


@pytest.mark.parametrize("put_on_top", [True, False])
def test_the_title_counts_new_tickets_after_the_panel_too(site, serve, page, quick, put_on_top):  # noqa: F811 - the fixture
    sandbox = serve([made(number) for number in range(20)])
    page.goto(f"{site}/tickets/")
    if put_on_top:
        arrive(sandbox, 1)
        expect(page).to_have_title("(1) TEST · Tickets · Copper Tickets")
    page.locator(row(0)).click()
    opened(page, 0)
    if put_on_top:
        page.locator(PILL).click()
    else:
        arrive(sandbox, 1)
        expect(page.locator(PILL)).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#panel")).to_be_hidden()
    assert page.title() == ("TEST · Tickets · Copper Tickets" if put_on_top else "(1) TEST · Tickets · Copper Tickets")


def test_what_a_panel_cannot_fetch_is_said(site, serve, page):
    serve([made(number, reference="4417") for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.locator(row(0)).click()
    page.locator("#ticket-head").wait_for()
    page.context.set_offline(True)
    page.get_by_role("link", name="Charged twice?").click()
    expect(page.locator("#live")).to_contain_text("could not be reached")


def test_how_an_export_goes_is_asked_for_again(site, serve, page):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/export/?location=loc_a")
    page.route("**/tickets/export/*/", lambda route: route.fulfill(status=502, body="Bad Gateway"), times=1)
    with page.expect_download():
        page.get_by_role("button", name="CSV", exact=True).click()
    expect(page.locator("#run h2")).to_have_text("The file is complete")


SHARE = """(menu, open) => new Promise((done) => {
    menu.addEventListener("toggle", done, { once: true });
    menu.open = open;
})"""


def share(page: Page, is_open: bool) -> None:
    page.locator("#share").evaluate(SHARE, is_open)


def test_a_link_made_while_the_list_grows_is_made_anew(site, serve, page):
    serve([made(number) for number in range(400)])
    page.goto(f"{site}/tickets/?limit=100")
    scroll_to_the_end(page, 200)
    made_anew = Held(page, "**/tickets/share")
    share(page, True)
    made_anew.wait()
    scroll_to_the_end(page, 300)
    with page.expect_response("**/tickets/share"):
        made_anew.next()
    share(page, False)
    share(page, True)
    made_anew.wait()  # else the link still speaks of 200 tickets


def test_an_older_link_does_not_take_the_place_of_a_newer_one(site, serve, page):
    serve([made(number) for number in range(400)])
    page.goto(f"{site}/tickets/?limit=100")
    scroll_to_the_end(page, 200)
    held = Held(page, "**/tickets/share")
    share(page, True)
    held.wait()
    scroll_to_the_end(page, 300)
    share(page, False)
    share(page, True)
    held.wait(count=2)
    older, newer = held.routes
    link, before = page.locator("#fixed-link"), page.locator("#fixed-link").get_attribute("href")
    newer.continue_()
    expect(link).not_to_have_attribute("href", before)
    made_last = link.get_attribute("href")
    with page.expect_response("**/tickets/share"):
        older.continue_()
    quiet(page)
    assert link.get_attribute("href") == made_last
