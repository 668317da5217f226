"""What is asked for and does not come at once is said to be on its way: what still stands there is from before."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Sandbox
from tests.browser.conftest import Held, accessible
from tests.browser.test_list import ROWS
from tests.browser.test_panel import opened, row
from tests.pages.conftest import made

SAID = "#list .waits"


@pytest.fixture
def tickets(serve) -> Sandbox:
    there = [made(number, location="loc_b" if number % 10 == 9 else "loc_a", reference="same") for number in range(60)]
    return serve(there)


def choose(page: Page, place: str) -> None:
    fold = page.locator(".bar-fold")
    if fold.is_visible():  # on a phone
        fold.click()
    page.get_by_label("Location", exact=True).select_option(label=place)
    page.get_by_role("button", name="Show", exact=True).click()


def is_in_sight(page: Page, selector: str) -> bool:
    return page.locator(selector).evaluate(
        "one => { const { top, bottom } = one.getBoundingClientRect(); return top >= 0 && bottom <= innerHeight; }"
    )


@pytest.mark.parametrize("from_the_end", [False, True])
def test_rows_of_another_location_are_not_taken_for_those_that_were_asked_for(site, tickets, page, from_the_end):
    page.goto(f"{site}/tickets/?limit=60")
    lists = Held(page, "**/tickets/?*location*")
    if from_the_end:
        page.evaluate("scrollTo(0, document.body.scrollHeight)")
    choose(page, "Harbor Café")
    expect(page.locator(SAID)).to_have_text("Fetching the tickets… Those below are from before.")
    assert is_in_sight(page, SAID)
    expect(page.locator("#state .so-far")).to_be_hidden()  # "60 tickets" is no word of Harbor Café
    assert float(page.locator(".tickets").evaluate("one => getComputedStyle(one).opacity")) < 0.7
    expect(page.locator("#live")).to_have_text("Fetching the tickets… Those below are from before.")
    lists.open()
    expect(page.locator(ROWS)).to_have_count(6)
    expect(page.locator(SAID)).to_have_count(0)
    expect(page.locator("#state .so-far")).to_be_visible()


def test_the_button_itself_shows_it(site, tickets, page):
    page.goto(f"{site}/tickets/")
    lists = Held(page, "**/tickets/?*location*")
    turns = "getComputedStyle(document.getElementById('show'), '::after').animationName"
    assert page.evaluate(turns) == "none"
    choose(page, "Harbor Café")
    lists.wait()
    assert page.evaluate(turns) == "spinner-border"
    lists.open()
    expect(page.locator(ROWS)).to_have_count(6)


def test_on_a_phone_the_filters_do_not_lie_over_it(site, tickets, page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/tickets/")
    lists = Held(page, "**/tickets/?*location*")
    choose(page, "Harbor Café")
    expect(page.locator(SAID)).to_be_visible()
    expect(page.locator("#bar-fields")).to_be_hidden()
    assert is_in_sight(page, SAID)
    lists.open()
    expect(page.locator(ROWS)).to_have_count(6)
    expect(page.locator(".bar-fold bdi")).to_have_text("Harbor Café · Any time")


def test_on_a_phone_the_focus_is_on_what_opens_the_filters_again(site, tickets, page):
    page.set_viewport_size({"width": 360, "height": 740})
    page.goto(f"{site}/tickets/")
    choose(page, "Harbor Café")
    expect(page.locator(".bar-fold bdi")).to_have_text("Harbor Café · Any time")
    expect(page.locator(".bar-fold")).to_be_focused()


def test_it_is_said_until_the_last_of_those_asked_for_is_there(site, tickets, page):
    page.goto(f"{site}/tickets/")
    lists = Held(page, "**/tickets/?*location*")
    choose(page, "Harbor Café")
    expect(page.locator(SAID)).to_have_count(1)
    choose(page, "Reno")  # the one before is given up
    lists.wait(count=2)
    expect(page.locator(SAID)).to_have_count(1)
    lists.open()
    expect(page.locator(".bar-fold bdi")).to_have_text("Reno · Any time")
    expect(page.locator(SAID)).to_have_count(0)


def test_what_did_not_come_is_no_longer_on_its_way(site, tickets, page):
    page.goto(f"{site}/tickets/")
    lists = Held(page, "**/tickets/?*location*")
    choose(page, "Harbor Café")
    expect(page.locator(SAID)).to_have_count(1)
    ticket = Held(page, "**/tickets/tkt_*/")
    page.locator(row(3)).click()
    ticket.wait()
    lists.routes.pop().abort()
    expect(page.locator("#offline")).to_be_visible()
    expect(page.locator(SAID)).to_have_count(0)
    expect(page.locator("#state .so-far")).to_be_visible()


@pytest.mark.parametrize("width", [360, 1280])
def test_a_ticket_that_is_slow_is_said_and_can_be_closed(site, tickets, page, width):
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/tickets/")
    before = page.url
    ticket = Held(page, "**/tickets/tkt_*/")
    page.locator(row(3)).click()
    expect(page.locator("#panel .waits")).to_have_text("Fetching the ticket…")
    assert is_in_sight(page, "#panel .waits")
    accessible(page)
    page.locator("#panel-close").click()
    expect(page.locator("#panel")).to_be_hidden()
    page.wait_for_url(before)
    ticket.open()
    page.locator(row(4)).click()
    expect(page.locator("#ticket code").first).to_have_text("tkt_00004")
    expect(page.locator("#panel .waits")).to_have_count(0)


def test_the_ticket_before_is_not_taken_for_the_next(site, serve, page):
    serve([made(1, total="8.20"), made(2, total="23.40")])
    page.goto(f"{site}/tickets/")
    page.locator(row(1)).click()
    opened(page, 1)
    ticket = Held(page, "**/tickets/tkt_00002/")
    page.locator("#panel-older").click()
    expect(page.locator("#panel .waits")).to_be_visible()
    assert float(page.locator("#panel article").evaluate("one => getComputedStyle(one).opacity")) < 0.5
    ticket.open()
    opened(page, 2)
    expect(page.locator("#panel .waits")).to_have_count(0)


def test_a_comparison_that_takes_long_says_so_where_it_is_seen(site, tickets, page):
    page.set_viewport_size({"width": 360, "height": 500})
    page.goto(f"{site}/tickets/tkt_00001/")
    found = Held(page, "**/same/*")
    button = page.locator("[data-compare]")
    bottom = button.evaluate("one => Math.ceil(one.getBoundingClientRect().bottom)")
    page.set_viewport_size({"width": 360, "height": bottom})  # what comes is below
    button.click()
    expect(page.locator("#same .waits")).to_have_text("Looking for others with this reference…")
    expect(page.locator("#same .waits")).to_be_in_viewport(ratio=0.9)
    found.open()
    expect(page.locator("#same-found")).to_contain_text("59 other tickets")
    expect(page.locator("#live")).to_have_text("59 other tickets")
    expect(page.locator("#same .waits")).to_have_count(0)


def test_of_two_comparisons_the_one_that_did_not_come_does_not_end_the_wait_for_the_other(site, tickets, page):
    page.clock.install()
    page.goto(f"{site}/tickets/tkt_00001/")
    page.locator("[data-compare]").click()
    days = page.locator("#same .same-days a")
    expect(days).not_to_have_count(0)
    found = Held(page, "**/same/*")
    days.nth(0).click()
    expect(page.locator("#same .waits")).to_be_visible()
    days.nth(1).click()
    found.wait(count=2)
    page.clock.run_for(1000)  # it would have been said of the second by now, had it not been of the first
    with page.expect_event("requestfailed"):
        found.routes.pop(0).abort()
    page.evaluate("fetch('/healthz')")  # what a failure changes is changed by now
    expect(page.locator("#same .waits")).to_have_count(1)
    found.open()
    expect(page.locator("#same .waits")).to_have_count(0)


def test_what_goes_on_from_the_line_above_the_rows_turns_there(site, serve, page):
    long_ago = datetime.now(UTC) - timedelta(days=40)
    serve([made(1, at=long_ago, reference="4711")])
    page.goto(f"{site}/tickets/?search_query=4711")
    further = page.locator("#state [data-next]")
    expect(further).to_have_text("Search further back")
    turns = "getComputedStyle(document.querySelector('#state [data-next]'), '::after').animationName"
    assert page.evaluate(turns) == "none"
    rows = Held(page, "**/tickets/?*look*")
    further.click()
    rows.wait()
    assert page.evaluate(turns) == "spinner-border"
    rows.open()
    expect(page.locator(ROWS)).to_have_count(1)
