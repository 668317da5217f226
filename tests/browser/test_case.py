"""A case from the guest's words to a link that a colleague can check: found, compared and sent by keyboard."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LIMIT, LOOKS, WIDTHS, Held, accessible
from tests.browser.test_list import ROWS, scroll_to_the_end
from tests.pages.conftest import NOON, made
from tickets_app.gateway import shared

EVENING = datetime(2026, 11, 20, 19, 10, tzinfo=UTC)
DAY = "/tickets/?location=loc_a&created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
MOST = 25  # presses besides what is typed


class Presses:
    """A keyboard that counts what is pressed besides the typing."""

    def __init__(self, page: Page) -> None:
        self._keyboard, self.count = page.keyboard, 0

    def press(self, *keys: str) -> None:
        for key in keys:
            self._keyboard.press(key)
            self.count += 1

    def type(self, text: str) -> None:
        self._keyboard.type(text)


def test_the_headline_case_by_keyboard(site, serve, page):
    """Issue 18: "Check 4417, last Friday evening at the Reno store, charged twice"."""
    evening = [EVENING, EVENING + timedelta(seconds=105)]
    others = [EVENING - timedelta(days=1), EVENING + timedelta(days=1)]
    tickets = [made(number, at=at, reference="4417") for number, at in enumerate([*evening, *others])]
    serve([*tickets, made(9, at=EVENING, reference="4417", location="loc_b"), made(10, reference="x")])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/tickets/")
    expect(page.locator(ROWS)).to_have_count(6)
    assert shared.parts().directory.names(patience=LIMIT).by_id
    page.reload()
    keys = Presses(page)
    # Find.
    keys.press("/")
    keys.type("4417")
    keys.press("Shift+Tab", "Shift+Tab")
    keys.type("Reno")
    keys.press("Tab", "Enter", "Tab", "Tab")
    expect(page.get_by_label("From (day included)")).to_be_focused()
    keys.type("20 Nov 2026 5pm")
    while page.evaluate("document.activeElement.name") != "created[lt]":
        keys.press("Tab")
    keys.type("20 Nov 2026")
    keys.press("Enter")
    expect(page.locator(ROWS)).to_have_count(2)
    # Open the older of the two, compare it, and copy its link.
    keys.press("j")
    expect(page.locator(f"{ROWS} a").first).to_be_focused()
    keys.press("Enter")
    expect(page.locator("#ticket-head")).to_have_text("4417")
    expect(page.locator("#panel")).not_to_have_attribute(
        "aria-busy", "true"
    )  # until then a press leads to its own page
    keys.press("t")
    expect(page.locator("#same-found")).to_contain_text("105 s")
    keys.press("c")
    expect(page.locator("#live")).to_have_text("Copied")
    assert "/tickets/tkt_" in page.evaluate("navigator.clipboard.readText()")
    assert keys.count <= MOST


def test_a_word_on_a_row_leads_to_the_comparison_and_not_to_the_ticket(site, serve, page):
    serve([made(1, reference="4417"), made(2, reference="4417")])
    page.goto(f"{site}{DAY}")
    page.locator("a.twice").first.click()
    page.wait_for_url("**/tickets/tkt_00001/same/")
    expect(page.locator("#same-found")).to_contain_text("1 other ticket")


@pytest.mark.parametrize("columns", ["", "&columns=created,reference"])
def test_two_at_the_seam_of_two_pages_are_marked_once_both_are_there(site, serve, page, columns):
    pair = [made(number, at=NOON - timedelta(minutes=number), reference="4417") for number in (9, 10)]
    serve([*(made(number) for number in range(9)), *pair, *(made(number) for number in range(11, 15))])
    page.goto(f"{site}/tickets/?limit=10{columns}")
    scroll_to_the_end(page, 15)
    expect(page.locator("a.twice")).to_have_count(2)
    assert page.locator(f"{ROWS}:has(a.twice)").evaluate_all("rows => rows.map((row) => row.dataset.ticketId)") == [
        "tkt_00009",
        "tkt_00010",
    ]
    page.locator("a.twice").last.click()
    page.wait_for_url("**/tickets/tkt_00010/same/")


def test_two_browsers_of_two_zones_see_the_same_and_the_reader_is_told_what_is_new(site, serve, page, new_context):
    sandbox = serve([made(number) for number in range(41)])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.request.post(f"{site}/preferences/", form={"zone": "America/Los_Angeles", **token(page, site)})
    page.goto(site + DAY.replace("T00", "T07"))
    expect(page.locator(ROWS)).to_have_count(41)
    seen = ids(page)
    page.locator("#share > summary").click()
    page.get_by_role("button", name="Copy link", exact=True).click()
    expect(page.locator("#live")).to_have_text("Copied")
    link = page.evaluate("navigator.clipboard.readText()")
    there = new_context(timezone_id="Europe/Berlin").new_page()
    there.request.post(f"{site}/preferences/", form={"zone": "Europe/Berlin", **token(there, site)})
    there.goto(link)
    expect(there.locator(".sent-said")).to_contain_text("(America/Los_Angeles); they are the same now.")
    assert ids(there) == seen
    sandbox.store.add(made(900, at=NOON - timedelta(minutes=3, seconds=30)))
    there.goto(link)
    expect(there.locator(".sent-said")).to_contain_text("now 42, the new one is marked.")
    expect(there.locator("tr:has(.new-mark)")).to_have_attribute("data-ticket-id", "tkt_00900")
    assert [one for one in ids(there) if one != "tkt_00900"] == seen
    there.goto(link[:-1] + ("A" if link[-1] != "A" else "B"))
    expect(there.locator(".sent-said")).to_contain_text("This link was changed on its way")


def test_what_was_scrolled_to_is_in_the_link_too(site, serve, page):
    sandbox = serve([made(number) for number in range(41)])
    page.goto(f"{site}{DAY}&limit=20")
    expect(page.locator(ROWS)).to_have_count(20)
    scroll_to_the_end(page, 41)
    with page.expect_response("**/tickets/share") as shared:
        page.locator("#share > summary").click()
    oldest = page.locator(f"{ROWS} time").last.get_attribute("datetime")
    assert re.search(rf'name="down_to"\s+{re.escape(oldest)}\s', shared.value.request.post_data)
    page.wait_for_function("() => document.getElementById('fixed-link').href.includes('.41w.')")
    link = page.locator("#fixed-link").get_attribute("href").replace("limit=20", "limit=100")
    sandbox.store.delete("tkt_00030")
    page.goto(link)
    expect(page.locator(".sent-said")).to_contain_text("Seen 41 on")
    expect(page.locator(".sent-said")).to_contain_text("1 is no longer there")


def test_a_link_that_says_less_than_what_is_seen_is_copied_with_a_word_of_that(site, serve, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve([made(number) for number in range(41)])
    page.goto(f"{site}{DAY}&limit=20")
    before = page.locator("#fixed-link").evaluate("link => link.href")
    scroll_to_the_end(page, 41)
    page.route("**/tickets/share", lambda route: route.fulfill(status=503))
    page.locator("#share > summary").click()
    page.locator("#copy-link").click()
    expect(page.locator("#live")).to_have_text(re.compile(r"^Copied\. It says that you saw 20 tickets, not 41"))
    assert page.evaluate("navigator.clipboard.readText()") == before
    page.unroute("**/tickets/share")
    for _ in range(2):
        page.locator("#share > summary").click()
    copies_the_new_one(page, before)


def copies_the_new_one(page: Page, before: str) -> None:
    page.wait_for_function("before => document.getElementById('fixed-link').href !== before", arg=before)
    page.locator("#copy-link").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") != before


def test_copy_link_does_not_wait_for_long_until_the_link_is_made_anew(site, serve, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.clock.install()
    serve([made(number) for number in range(41)])
    page.goto(f"{site}{DAY}&limit=20")
    before = page.locator("#fixed-link").evaluate("link => link.href")
    scroll_to_the_end(page, 41)
    made_anew = Held(page, "**/tickets/share")
    page.locator("#share > summary").click()
    made_anew.wait()
    page.locator("#copy-link").click()
    page.clock.fast_forward(3000)
    expect(page.locator("#live")).to_have_text(
        re.compile(r"^Copied\. It says that you saw 20 tickets, not 41: .*not answer")
    )
    assert page.evaluate("navigator.clipboard.readText()") == before
    made_anew.open()
    copies_the_new_one(page, before)


@pytest.mark.parametrize("width", WIDTHS)
def test_a_press_beside_copy_link_right_after_it_is_not_lost(site, serve, page, width):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(1)])
    page.goto(site + DAY)
    if width == WIDTHS[0]:
        page.locator(".tools-button").click()
    page.locator("#share > summary").click()
    page.locator("#copy-link").click()
    expect(page.locator("#live")).to_have_text("Copied")
    page.locator(f"{ROWS} a").first.click()
    expect(page.locator("#ticket-head")).to_be_visible()


def test_the_comparison_comes_into_sight_on_a_phone(site, serve, page):
    page.set_viewport_size({"width": 360, "height": 420})
    serve([made(1, reference="4417"), made(2, reference="4417")])
    page.goto(site + DAY)
    page.locator(f"{ROWS} a:not(.twice)").first.click()
    expect(page.locator("#panel")).not_to_have_attribute("aria-busy", "true")
    compare = page.locator("[data-compare]")
    compare.evaluate("link => link.scrollIntoView({ block: 'end' })")
    compare.click()
    expect(page.locator("#same-found")).to_be_in_viewport()


# Texts that are fainter than what ink can show: a part of their color is above 120 of 255.
FAINT = r"""() => {
    const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".visually-hidden");
    const written = (one) => [...one.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && node.textContent.trim());
    const faint = (one) => getComputedStyle(one).color.match(/[\d.]+/g).slice(0, 3).some((part) => part > 120);
    const all = [...document.querySelectorAll("body *")];
    return all.filter((one) => seen(one) && written(one) && faint(one)).map((one) => one.outerHTML);
}"""


@pytest.mark.parametrize("address", ["/tickets/tkt_00001/", "/tickets/tkt_00001/same/", "/tickets/lookup/"])
def test_what_is_printed_from_the_dark_theme_is_dark_on_white(site, serve, page, address):
    serve([made(1, reference="4417"), made(2, reference="4417")])
    page.emulate_media(color_scheme="dark")
    page.goto(site + address)
    if "lookup" in address:
        page.get_by_label("References or ids, one a line").fill("4417\nnobody")
        page.get_by_role("button", name="Look up").click()
        expect(page.locator("#lookup-heading")).to_be_visible()
    assert page.evaluate(FAINT) != []
    page.emulate_media(color_scheme="dark", media="print")
    assert page.evaluate(FAINT) == []


@pytest.mark.parametrize("width", [1000, 1280, 1920])
def test_the_menu_to_share_is_in_sight_where_no_button_stands_behind_it(site, serve, page, width):
    serve([made(1)])
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(site + DAY)
    page.locator("#share > summary").click()
    box = page.locator("#share .menu-panel").bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width


@pytest.mark.parametrize(("look", "width"), LOOKS)
def test_a_sent_link_is_accessible(site, serve, page, look, width):
    sandbox = serve([made(number) for number in range(12)])
    page.goto(site + DAY)
    link = page.locator("#fixed-link").get_attribute("href")
    sandbox.store.add(made(900, at=NOON - timedelta(minutes=3, seconds=30)))
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=look)
    page.goto(link)
    expect(page.locator(".new-mark")).to_have_count(1)
    accessible(page)


def ids(page: Page) -> list[str]:
    return page.locator(ROWS).evaluate_all("rows => rows.map((row) => row.dataset.ticketId)")


def token(page: Page, site: str) -> dict[str, str]:
    """What a form of this browser carries."""
    page.goto(f"{site}/preferences/")
    return {"csrfmiddlewaretoken": page.locator("[name=csrfmiddlewaretoken]").first.input_value()}
