"""A search as it goes on in a real browser: results as they are found, how far it has looked, Stop and Continue."""

import re
import threading

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Fault, Sandbox
from tests.browser.conftest import LOOKS, Spells, accessible, nothing_spills_over
from tests.browser.test_list import MORE, ROWS, ids
from tests.pages.conftest import made

SEARCH = "/tickets/?search_query=the+one&created%5Bgte%5D=2026-11-01T00:00:00Z"
SLOW = 0.2  # seconds Copper takes: eight lanes do not get to the end of a shop within one spell, on any machine


@pytest.fixture(autouse=True)
def kept(settings):
    """As in production: what is looked at ahead is kept, so that a search may stop often to show what it has."""
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET = 15, 0.3


def shop(count: int, *hits: int) -> list[dict[str, object]]:
    return [made(number, reference="the one" if number in hits else "x") for number in range(count)]


def searches(sandbox: Sandbox) -> int:
    return sum("search_query" in entry.query for entry in sandbox.ledger)


def quiet(page: Page, sandbox: Sandbox) -> int:
    """Wait until nothing is under way, then let a minute of the page's own time go by; give the searches so far."""
    expect(page.locator(".htmx-request")).to_have_count(0)
    while lanes := [thread for thread in threading.enumerate() if thread.name == "copper-lane"]:
        lanes[0].join()  # what is under way when a page is answered ends by itself
    before = searches(sandbox)
    page.clock.run_for(60_000)
    expect(page.locator(".htmx-request")).to_have_count(0)
    return before


def test_ears_are_told_of_a_single_match_as_eyes_are(site, serve, page):
    serve(shop(3000, 40), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    for _ in spells:
        pass
    expect(page.locator("#state .so-far")).to_have_text("The only match since 1 Nov, 00:00 UTC.")
    expect(page.locator("#live")).to_have_text("The only match since 1 Nov, 00:00 UTC.")


def test_results_appear_as_they_are_found_and_the_page_says_how_far_it_has_looked(site, serve, page):
    sandbox = serve(shop(3000, 40, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    line = page.locator(".so-far")
    seen, found = [], set()
    for _ in spells:
        # Two are known before it is known that nothing lies below the second.
        matches = ("No match", "1 match", "2 matches")[len(ids(page))]
        far = r" so far\. Searched (about )?[\d,]+ tickets, back to .*\."
        expect(line).to_have_text(re.compile(matches + far))
        expect(page.locator(".failure")).to_have_count(0)
        seen.append(page.locator("progress").evaluate("bar => bar.value"))
        found.update(ids(page))
    assert seen, "there was no bar"
    assert "tkt_00040" in found
    expect(line).to_have_text("All 2 matches since 1 Nov, 00:00 UTC.")
    assert ids(page) == ["tkt_00040", "tkt_02999"]
    assert seen == sorted(seen)
    expect(page.locator(MORE)).to_have_count(0)
    assert sandbox.max_in_flight <= 8


def test_stop_stops_and_continue_goes_on(site, serve, page):
    page.clock.install()
    page.context.add_cookies(
        [{"name": "new_tickets", "value": "off", "url": site}]
    )  # they are asked for by a search, too
    sandbox = serve(shop(3000, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    stop, more = page.get_by_role("button", name="Stop", exact=True), page.locator("#state").get_by_text("Continue")
    expect(more).to_be_hidden()
    assert spells.running()
    stop.click()
    expect(more).to_be_visible()
    expect(stop).to_be_hidden()
    expect(page.locator("#live")).to_have_text("Stopped. Press Continue to go on searching.")
    before = quiet(page, sandbox)
    assert searches(sandbox) == before
    expect(page.locator(".so-far")).to_contain_text("No match so far.")
    spells.open()
    more.click()
    expect(page.locator(".so-far")).to_have_text("The only match since 1 Nov, 00:00 UTC.")
    assert ids(page) == ["tkt_02999"]


def test_by_keyboard_the_focus_stays_on_stop_while_the_line_changes(site, serve, page):
    serve(shop(3000), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    stop = page.get_by_role("button", name="Stop", exact=True)
    stop.focus()
    before = page.locator(".so-far").inner_text()
    spells.next()
    expect(page.locator(".so-far")).not_to_have_text(before)
    assert spells.running()
    expect(stop).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#state").get_by_role("link", name="Continue")).to_be_focused()


def test_a_page_that_nobody_looks_at_asks_for_nothing(site, serve, page):
    page.clock.install()
    sandbox = serve(shop(3000, 2999), latency=0.1)
    page.add_init_script("Object.defineProperty(document, 'hidden', { value: true, configurable: true })")
    page.goto(site + SEARCH)
    before = quiet(page, sandbox)
    assert searches(sandbox) == before
    assert ids(page) == []
    page.evaluate("delete document.hidden; document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator(".so-far")).to_have_text("The only match since 1 Nov, 00:00 UTC.")


def test_without_bounds_it_looks_back_a_while_and_then_asks(site, serve, page, settings):
    settings.SEARCH_DEFAULT_DAYS = 1
    serve(shop(4000, 3900))  # a ticket a minute until some days ago
    page.goto(site + "/tickets/?search_query=the+one")
    further = page.locator("#state").get_by_role("link", name="Search further back")
    presses = 0
    while not page.locator(ROWS).count():
        expect(further).to_be_visible()
        expect(page.locator(".so-far")).to_contain_text("Older tickets are not searched yet.")
        expect(page.locator(".so-far")).to_contain_text("No match so far.")
        line = page.locator(".so-far").inner_text()
        further.click()
        expect(page.locator(".so-far")).not_to_have_text(line)
        expect(page.locator("tr.control:not([data-running])")).to_be_visible()
        presses += 1
    assert presses >= 1
    expect(page.locator(".so-far")).to_have_text("The only match.")
    assert ids(page) == ["tkt_03900"]


def test_a_search_that_found_nothing_says_so_only_at_its_end(site, serve, page):
    serve(shop(2500), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    lines = [page.locator(".so-far").inner_text() for _ in spells]
    assert lines
    assert all("No match so far." in line for line in lines)
    expect(page.locator(".so-far")).to_have_text("No match since 1 Nov, 00:00 UTC.")


def test_without_javascript_continue_is_a_link(site, serve, new_context):
    sandbox = serve(shop(3000, 40, 2999), latency=0.1)
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(site + SEARCH)
    found = ids(plain)
    expect(plain.get_by_role("button", name="Stop", exact=True)).to_be_hidden()
    while plain.locator(MORE).count():
        expect(plain.locator("progress")).to_be_visible()
        with plain.expect_navigation():  # a click alone does not wait for the page to be whole
            plain.locator(MORE).click()
        found += ids(plain)
    assert found == [ticket["id"] for ticket in sandbox.store.truth(search_query="the one")]


def test_an_id_is_shown_on_top_as_an_exact_hit(site, serve, page):
    serve(shop(900), latency=0.02)
    page.goto(site + "/tickets/?search_query=tkt_00777")
    expect(page.get_by_role("heading", name="The ticket with exactly this id")).to_be_visible()
    page.locator(".exact a").click()
    page.wait_for_url("**/tickets/tkt_00777/")


def test_a_failure_stops_it_and_try_again_goes_on(site, serve, page):
    sandbox = serve(shop(3000, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    assert spells.running()
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    spells.open()
    expect(page.locator(".failure")).to_contain_text(re.compile("Copper (had an error of its own|is failing)"))
    sandbox.unscript()
    again = page.locator("#state").get_by_role("link", name="Try again")
    while not page.locator(ROWS).count():
        again.click()
        expect(page.locator(".htmx-request")).to_have_count(0)
        expect(page.locator(f".failure, {ROWS}").first).to_be_visible()
    assert ids(page) == ["tkt_02999"]


def test_back_to_a_search_leads_to_the_row_that_was_opened(site, serve, page):
    serve(shop(3000, *range(0, 3000, 60)), latency=0.02)
    page.goto(site + SEARCH + "&limit=100")
    expect(page.locator(ROWS)).to_have_count(50)
    link = page.locator('[data-ticket-id="tkt_01800"] a')
    link.click()
    page.wait_for_url("**/tickets/tkt_01800/")
    page.go_back()
    expect(link).to_be_focused()
    expect(page.locator(".so-far")).to_have_text("All 50 matches since 1 Nov, 00:00 UTC.")
    assert len(ids(page)) == len(set(ids(page))) == 50


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_a_running_search_has_no_accessibility_violation(site, serve, page, scheme, width):
    serve(shop(3000, 40), latency=SLOW)
    spells = Spells(page)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(site + SEARCH)
    assert spells.running()
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    accessible(page)
    nothing_spills_over(page)
