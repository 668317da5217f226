"""The receipt in a browser: opened, copied line by line, added to by further pages, and read without JavaScript."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import LOOKS, accessible
from tests.browser.test_list import ROWS
from tests.pages.conftest import made

COUNT, LINES = "#receipt-count", "#receipt-groups li"


def opened(page) -> None:
    """Open the receipt; a list has it in its menu "Share"."""
    if page.locator("#share").count():
        page.locator("#share > summary").click()
    page.locator(".receipt > summary").first.click()


def press_next(page) -> None:
    """Have one more page. By keyboard: a click scrolls to the link first, and coming into sight alone asks for the page."""
    page.locator('a[rel="next"]').focus()
    page.keyboard.press("Enter")


def copied(page, line) -> str:
    """Press the line's button; what is on the clipboard then."""
    line.get_by_role("button").click()
    expect(line.locator("button[data-said=Copied]")).to_be_visible()
    return page.evaluate("navigator.clipboard.readText()")


def test_a_line_of_the_list_is_copied_without_the_key(site, serve, page, settings):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve([made(number) for number in range(3)])
    page.goto(f"{site}/tickets/?search_query=it%27s+%24HOME&created[gte]=2026-11-20T00:00:00Z")
    opened(page)
    text = copied(page, page.locator(LINES).first)
    assert text.startswith('curl -sS -G -u "$COPPER_API_KEY:" http://')
    assert """--data-urlencode 'search_query=it'"'"'s $HOME'""" in text
    assert settings.COPPER_API_KEY not in text
    assert settings.COPPER_API_KEY not in page.content()


def test_an_appended_page_adds_its_requests_and_the_oldest_give_way(site, serve, page):
    serve([made(number) for number in range(130)])
    page.goto(f"{site}/tickets/?limit=20")
    press_next(page)
    expect(page.locator(ROWS)).to_have_count(40)
    expect(page.locator(COUNT)).to_have_text("2 requests to Copper")
    opened(page)
    expect(page.locator(LINES)).to_have_count(2)
    expect(page.locator(LINES).nth(1)).to_contain_text("starting_after=tkt_00019")
    expect(page.locator("#receipt-dropped")).to_be_hidden()
    page.evaluate("""() => {
        const group = document.querySelector(".receipt-group");
        group.dataset.count = 300;
        for (let i = 0; i < 299; i += 1) group.querySelector("li").before(group.querySelector("li").cloneNode(true));
    }""")
    page.keyboard.press("Escape")
    press_next(page)
    expect(page.locator(ROWS)).to_have_count(60)
    expect(page.locator(COUNT)).to_have_text("302 requests to Copper")
    expect(page.locator(LINES)).to_have_count(200)
    expect(page.locator("#receipt-dropped")).to_have_text("102 earlier requests are no longer listed.")


def test_the_panel_has_its_own(site, serve, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve([made(number) for number in range(3)])
    page.goto(f"{site}/tickets/")
    page.locator("[data-ticket-id=tkt_00001] a >> nth=0").click()
    page.locator("#ticket .receipt > summary").click()
    expect(page.locator("#ticket .receipt > summary")).to_have_text("How this was found: 1 request to Copper")
    assert copied(page, page.locator("#ticket .receipt-group li")).endswith("/tickets/tkt_00001")


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00001/", "/tickets/tkt_00001/same/"])
def test_without_javascript_it_opens_and_can_be_read(site, serve, new_context, path):
    serve([made(number) for number in range(3)])
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site}{path}")
    opened(plain)
    expect(plain.locator(".receipt-group code").first).to_be_visible()
    expect(plain.locator(".receipt-group code").first).to_contain_text("curl -sS")
    expect(plain.locator(".receipt-group button").first).to_be_hidden()


@pytest.mark.parametrize(("scheme", "width"), [*LOOKS, pytest.param("light", 360, id="light-360")])
@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00001/", "/tickets/tkt_00001/same/"])
def test_it_is_free_of_barriers_and_fits(site, serve, page, scheme, width, path):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(number) for number in range(3)])
    page.goto(f"{site}{path}")
    if path == "/tickets/" and width < 600:
        page.get_by_role("button", name="Tools").click()
    opened(page)
    expect(page.locator(".receipt-group code").first).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
