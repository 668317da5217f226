"""A press is neither lost nor done twice, and takes nobody away from where they type, whatever comes in between."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Held, Spells, quiet
from tests.browser.test_list import ROWS, scroll_to_the_end
from tests.browser.test_panel import opened, row
from tests.browser.test_search import SEARCH, SLOW, shop
from tests.pages.conftest import made

SUBMIT = """(fields) => {
    const form = document.getElementById("filters");
    for (const [name, value] of Object.entries(fields)) form.elements[name].value = value;
    form.requestSubmit();
}"""
# Then a row leads to the ticket's own page, without an entry of the history for the panel.
BY_ITSELF = "document.getElementById('panel').remove()"
REFERENCE = "#filter-search_query"
# It leads away only later, so what is counted is how often it was asked for.
COUNT_BACKS = """
const back = history.back.bind(history);
history.back = () => { sessionStorage.backs = Number(sessionStorage.backs || 0) + 1; back(); };
"""


def at_least(page: Page, count: int) -> None:
    """So many rows are there; more may come by themselves where they come into view."""
    page.wait_for_function("([rows, count]) => document.querySelectorAll(rows).length >= count", arg=[ROWS, count])


def refilter(page: Page, **fields: str) -> None:
    page.evaluate(SUBMIT, fields)


@pytest.mark.parametrize("width", [390, 900])
def test_stop_is_pressed_by_touch(site, serve, browser, settings, width):
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET = 15, 0.3
    serve(shop(3000, 2999), latency=SLOW)
    context = browser.new_context(has_touch=True, is_mobile=True, viewport={"width": width, "height": 800})
    page = context.new_page()
    spells = Spells(page)
    page.goto(site + SEARCH)
    assert spells.running()
    page.get_by_role("button", name="Stop", exact=True).tap()
    page.evaluate("() => new Promise(requestAnimationFrame)")
    stopped = page.locator("#state").get_attribute("data-stopped")
    context.close()
    assert stopped == "yes"


def test_a_second_press_on_back_goes_no_further(site, serve, page):
    serve([made(number) for number in range(40)])
    page.add_init_script(COUNT_BACKS)
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).click()
    opened(page, 3)
    page.get_by_role("link", name="Whole page").click()
    page.get_by_role("link", name="Back to the list").wait_for()
    page.evaluate("sessionStorage.removeItem('backs')")
    page.get_by_role("link", name="Back to the list").dblclick()
    expect(page.locator(ROWS)).to_have_count(40)
    assert page.evaluate("sessionStorage.backs") == "1"


@pytest.mark.parametrize("whole", [True, False])
def test_back_to_the_list_pressed_before_all_scripts_are_there(site, serve, page, whole):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=40")
    if whole:
        page.locator(row(3)).click()
        opened(page, 3)
    scripts = Held(page, "**/place*.js")
    if whole:
        page.get_by_role("link", name="Whole page").click()
    else:
        page.evaluate(BY_ITSELF)
        page.locator(row(3)).click()
    scripts.wait()
    page.get_by_role("link", name="Back to the list").click()
    scripts.open()
    expect(page.locator(row(3))).to_be_focused()


def test_esc_twice_closes_the_panel_alone(site, serve, page):
    serve([made(number) for number in range(40)])
    page.add_init_script(COUNT_BACKS)
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).click()
    opened(page, 3)
    page.evaluate(
        "for (const _ of [1, 2]) document.body.dispatchEvent(new KeyboardEvent('keydown', { key: 'Escape', bubbles: true }))"
    )
    expect(page.locator("#panel")).to_be_hidden()
    assert page.evaluate("sessionStorage.backs") == "1"


def test_keys_live_after_presses_that_waited_for_a_list_that_went(site, serve, page, nothing_odd_happens):
    serve([made(number) for number in range(50)])
    rows = Held(page, "**/tickets/*starting_after*")
    page.goto(f"{site}/tickets/?limit=20")
    page.locator(row(19)).focus()
    page.keyboard.press("j")
    page.keyboard.press("j")
    rows.wait()
    refilter(page, **{"created[gte]": "nonsense"})
    expect(page.locator("#rows")).to_have_count(0)
    quiet(page)
    refilter(page, **{"created[gte]": ""})
    expect(page.locator(row(0))).to_be_visible()
    page.locator(row(0)).focus()
    page.keyboard.press("j")
    nothing_odd_happens.clear()
    expect(page.locator(row(1))).to_be_focused()


def test_keys_live_after_a_press_while_an_answer_settles(site, serve, page):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/?limit=100")
    page.evaluate("""() => { let done = false; document.addEventListener('htmx:afterSwap', ({ target }) => {
        if (done || !target.matches('tr.control')) return;
        done = true;
        [...document.querySelectorAll('#rows tr[data-ticket-id] a[href]')].at(-1).focus({ preventScroll: true });
        setTimeout(() => document.activeElement.dispatchEvent(new KeyboardEvent('keydown', { key: 'j', bubbles: true })));
      })}""")
    page.evaluate("htmx.trigger('#rows a[rel=next]', 'click')")
    at_least(page, 200)
    quiet(page)
    page.locator(row(5)).evaluate("link => link.focus({ preventScroll: true })")
    page.keyboard.press("j")
    expect(page.locator(row(6))).to_be_focused()


def back_to_a_deep_list(site: str, page: Page) -> Held:
    page.goto(f"{site}/tickets/?limit=20")
    scroll_to_the_end(page, 80)
    page.locator(row(70)).click()
    page.get_by_role("link", name="Whole page").click()
    page.get_by_role("link", name="Back to the list").wait_for()
    rows = Held(page, "**/tickets/*starting_after*")
    page.get_by_role("link", name="Back to the list").click()
    rows.wait()
    return rows


def test_a_list_that_goes_while_its_place_is_restored(site, serve, page, nothing_odd_happens):
    serve([made(number) for number in range(200)])
    back_to_a_deep_list(site, page)
    refilter(page, **{"created[gte]": "nonsense"})
    page.wait_for_function(
        "() => !document.getElementById('rows') && !place.restoring"
    )  # else no search goes on by itself
    nothing_odd_happens.clear()


def test_restoring_takes_no_focus_from_somebody_who_types(site, serve, page):
    serve([made(number) for number in range(200)])
    rows = back_to_a_deep_list(site, page)
    page.keyboard.press("/")
    page.keyboard.type("R-")
    rows.open()
    at_least(page, 80)
    page.wait_for_function("() => !place.restoring")
    quiet(page)
    page.keyboard.type("17")
    expect(page.locator(REFERENCE)).to_have_value("R-17")


def test_a_waiting_j_takes_no_focus_from_somebody_who_types(site, serve, page):
    serve([made(number) for number in range(50)])
    rows = Held(page, "**/tickets/*starting_after*")
    page.goto(f"{site}/tickets/?limit=20")
    page.locator(row(19)).focus()
    page.keyboard.press("j")
    rows.wait()
    page.keyboard.press("/")
    page.keyboard.type("R-")
    rows.open()
    at_least(page, 40)
    quiet(page)
    page.keyboard.type("17")
    expect(page.locator(REFERENCE)).to_have_value("R-17")


def test_c_copies_the_ticket_whose_row_is_marked(site, serve, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.locator(row(0)).click()
    opened(page, 0)
    ticket = Held(page, "**/tickets/tkt_00001/")
    page.keyboard.press("j")
    ticket.wait()
    page.keyboard.press("c")
    ticket.open()
    opened(page, 1)
    expect(page.locator("#live")).to_have_text("Copied")
    assert "tkt_00001" in page.evaluate("navigator.clipboard.readText()")


def test_the_buttons_of_the_panel_keep_the_focus(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?limit=40")
    page.locator(row(3)).press("Enter")
    opened(page, 3)
    page.get_by_role("button", name="Ticket below").press("Enter")
    opened(page, 4)
    page.keyboard.press("Enter")
    expect(page.locator("#ticket-head")).to_have_text("R-5")


def test_who_skips_to_the_tickets_and_comes_back_keeps_the_ticket_beside_its_list(site, serve, page):
    """The address differs in its #part alone: it is the same ticket."""
    serve([made(number) for number in range(9)])
    page.goto(f"{site}/tickets/")
    refilter(page, location="loc_a")  # htmx writes the address: its entries of the history are marked
    page.wait_for_url("**location=loc_a")
    page.locator(row(3)).click()
    opened(page, 3)
    page.locator(".skip-link").press("Enter")
    page.wait_for_url("**/tickets/tkt_00003/#rows")
    expect(page.locator("#panel")).to_be_visible()
    page.evaluate("document.getElementById('panel').dataset.same = 'yes'")
    page.go_back()
    page.wait_for_url("**/tickets/tkt_00003/")
    quiet(page)
    assert page.locator("#panel[data-same]").is_visible()
    expect(page.locator(ROWS)).to_have_count(9)
    page.keyboard.press("Escape")
    page.wait_for_url("**location=loc_a")
    expect(page.locator("#panel")).to_be_hidden()
