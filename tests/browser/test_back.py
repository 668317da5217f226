"""Back from any page leads to where one was: the same rows, the same place on the screen."""

import json

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_list import ROWS, scroll_to_the_end, storage
from tests.browser.test_panel import opened, row
from tests.pages.conftest import made

LIST = "/tickets/?location=loc_a"
TOP = "row => Math.round(row.getBoundingClientRect().top)"
BY_THE_BROWSER, BY_THE_LINK = "the browser’s Back", "the page’s own link"


def deep(page: Page, site: str) -> int:
    """Read a list on to its 150th row; where that then stands on the screen."""
    page.goto(site + LIST)
    scroll_to_the_end(page, 200)
    page.locator(row(150)).evaluate("link => link.scrollIntoView({ block: 'center' })")
    return page.locator(row(150)).evaluate(TOP)


def is_back(page: Page, top: int) -> None:
    page.wait_for_function(
        "([row, top]) => Math.abs((document.querySelector(row)?.getBoundingClientRect().top ?? -1e6) - top) < 5",
        arg=[row(150).removesuffix(" >> nth=0"), top],
    )
    assert page.url.endswith(LIST)
    assert page.locator(ROWS).count() >= 200


def to_export(page: Page) -> None:
    page.get_by_role("link", name="Export", exact=True).click()
    page.wait_for_url("**/tickets/export/*")  # what it is left for has menus of the same names


def to_look_up(page: Page) -> None:
    page.get_by_role("link", name="Look up many").click()


def to_views(page: Page) -> None:
    page.get_by_text("Views", exact=True).click()
    page.get_by_role("link", name="Manage views").click()


@pytest.mark.parametrize("how", [BY_THE_BROWSER, BY_THE_LINK])
@pytest.mark.parametrize("leave", [to_export, to_look_up, to_views])
def test_from_a_page_that_is_no_ticket(site, serve, page, leave, how):
    serve([made(number) for number in range(230)])
    top = deep(page, site)
    leave(page)
    link = page.get_by_role("link", name="Back to the list")
    expect(link).to_be_visible()
    if how == BY_THE_LINK:
        link.click()
    else:
        page.go_back()
    is_back(page, top)
    assert storage(page) == "[{},{}]"
    assert "tkt_" not in json.dumps(page.evaluate("history.state")), "no ticket was opened"


def test_a_reload_stays_where_one_was(site, serve, page):
    serve([made(number) for number in range(230)])
    top = deep(page, site)
    time = page.locator(row(150)).evaluate("link => link.closest('tr').querySelector('time').dateTime")
    # Until this rest is noted, not one on the way here.
    page.wait_for_function("time => history.state?.place?.time === Date.parse(time) + 1", arg=time)
    page.reload()
    is_back(page, top)


def test_the_top_of_a_list_stays_its_top(site, serve, page):
    serve([made(number) for number in range(230)])
    deep(page, site)
    page.evaluate("window.scrollTo(0, 0)")
    page.wait_for_function("() => history.state?.place?.top === null")
    to_export(page)
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(ROWS)).to_have_count(200)
    assert page.evaluate("scrollY") == 0


def test_from_an_export_whose_columns_were_ticked(site, serve, page):
    """Each tick is an entry of the history, so that a step back would stay on the page."""
    serve([made(1, total="12.00")])
    page.goto(site + LIST)
    to_export(page)
    page.get_by_text("Columns", exact=True).click()
    page.get_by_role("checkbox", name="total").check()
    page.wait_for_url("**columns=**")
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(f"**{LIST}")


def test_from_the_other_ticket_of_a_comparison(site, serve, page):
    serve([made(number, reference="4417" if number in {150, 151} else f"R-{number}") for number in range(230)])
    top = deep(page, site)
    page.locator(row(150)).click()
    page.wait_for_url("**/tickets/tkt_00150/")
    page.get_by_role("link", name="Charged twice?").click()
    page.locator("#same .pair a").click()
    page.wait_for_url("**/tickets/tkt_00151/")
    page.get_by_role("link", name="Back to the ticket").click()
    page.wait_for_url("**/tickets/tkt_00150/")
    page.get_by_role("link", name="Back to the list").click()
    is_back(page, top)
    expect(page.locator(row(150))).to_be_focused()


def test_from_a_ticket_that_a_comparison_on_its_own_page_named(site, serve, page):
    serve([made(number, reference="4417") for number in range(2)])
    page.goto(site + LIST)
    page.locator(".twice").first.click()
    page.wait_for_url("**/tickets/tkt_00000/same/")
    page.locator("#same .pair a").click()
    page.get_by_role("link", name="Back to the comparison").click()
    page.wait_for_url("**/tickets/tkt_00000/same/")
    page.get_by_role("link", name="Back to the list").click()
    page.wait_for_url(f"**{LIST}")


def test_the_panel_still_closes_to_its_row_after_scrolling(site, serve, page):
    serve([made(number) for number in range(230)])
    deep(page, site)
    page.locator(row(150)).click()
    opened(page, 150)
    page.get_by_role("link", name="Whole page").click()
    page.get_by_role("link", name="Back to the list").click()
    expect(page.locator(row(150))).to_be_focused()
