"""What can be seen: where the focus is, what colors say where people choose their own, and each thing beside an open ticket."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import resized
from tests.browser.test_panel import opened, row
from tests.pages.conftest import made

OVERLAPS = (Path(__file__).parent / "overlaps.js").read_text()
# What has the focus, once, and whether it has a ring; the ring of what nobody sees is around what stands for it.
FOCUSED = """() => {
    const one = document.activeElement;
    if (one === document.body || one.dataset.visited) return null;
    one.dataset.visited = "yes";
    const { outlineStyle, outlineWidth } = getComputedStyle(one.id === "chart-open" ? one.nextElementSibling : one);
    return [outlineStyle === "solid" && parseFloat(outlineWidth) >= 2, one.outerHTML.slice(0, 120)];
}"""


def without_a_ring(page: Page) -> list[str]:
    """Go through a page by Tab; give what has the focus and does not show it."""
    found = []
    page.keyboard.press("Tab")
    while focused := page.evaluate(FOCUSED):
        has_ring, html = focused
        found += [] if has_ring else [html]
        page.keyboard.press("Tab")
    return found


@pytest.mark.parametrize(
    "address", ["/tickets/", "/tickets/tkt_00001/", "/tickets/lookup/", "/tickets/export/", "/preferences/", "/login/"]
)
def test_the_focus_is_seen_wherever_it_is(site, serve, page, address):
    serve([made(1, total="1.50"), made(2)])
    page.goto(site + address)
    assert without_a_ring(page) == []


@pytest.mark.parametrize(
    ("address", "sign", "without"),
    [
        ("/tickets/tkt_00001/", ".properties .copy-icon", "one => { one.style.visibility = 'hidden'; }"),
        ("/preferences/", "main [aria-pressed=true]", "one => one.setAttribute('aria-pressed', 'false')"),
        ("/tickets/", "#rows tr.open", "one => one.classList.remove('open')"),
    ],
    ids=["copy", "pressed", "open"],
)
def test_in_forced_colors_a_sign_that_is_a_background_is_seen(site, serve, page, address, sign, without):
    serve([made(1), made(2)])
    page.emulate_media(forced_colors="active")
    page.goto(site + address)
    if address == "/tickets/":
        page.locator(row(1)).click()
        opened(page, 1)
        page.locator("body").evaluate("body => document.activeElement.blur()")
    shown = page.locator(sign).first
    box = shown.bounding_box()
    with_it = page.screenshot(clip=box)
    shown.evaluate(without)
    assert page.screenshot(clip=box) != with_it


def test_beside_a_ticket_nothing_lies_over_another(site, serve, page):
    serve([made(1), made(2)])
    page.set_viewport_size({"width": 1280, "height": 800})
    for address in ("/tickets/", "/tickets/?location=loc_a"):
        page.goto(site + address)
        page.locator(row(1)).click()
        opened(page, 1)
        for width in resized(page, (900, 950, 1000, 1050, 1100, 1200, 1280)):
            assert page.evaluate(OVERLAPS) == [], f"{address} at {width}"


@pytest.mark.parametrize("address", ["/tickets/?created[gte]=x", "/tickets/"])
def test_the_open_panel_of_times_ends_on_the_screen(site, serve, page, address):
    serve([made(1)])
    page.goto(f"{site}{address}")
    if address == "/tickets/":
        page.locator(".time > summary").click()
    expect(page.locator(".time-panel")).to_be_visible()
    for width in resized(page, (610, 640, 720, 800, 860, 870, 1000)):
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        box, field = (page.locator(one).bounding_box() for one in (".time-panel", ".time > summary"))
        assert box["x"] >= 0, width
        assert 0 <= box["y"] - field["y"] - field["height"] < 20, width  # just below its field
