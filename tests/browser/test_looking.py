"""What makes it a page to keep open all day: menus, time zones, links, views, light and dark, phones."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, WIDTHS, accessible, nothing_spills_over, resized
from tests.browser.test_list import ROWS, ids, scroll_to_the_end
from tests.pages.conftest import made

DESKS = (*WIDTHS, 3840)


def menu(page: Page, words: str) -> None:
    """Open a menu by keyboard."""
    page.keyboard.press("Escape")  # what is open may lie over it
    for fold in ("tools", "bar-fields"):  # on a phone they are folded away
        button = page.locator(f"[popovertarget={fold}]")
        part = page.locator(f"#{fold}")
        holds = part.locator("summary", has_text=re.compile(words)).count()
        if holds and button.is_visible() and not part.is_visible():
            button.click()
    summary = page.locator("summary", has_text=re.compile(words))
    summary.focus()
    page.keyboard.press("Enter")
    expect(summary.locator("xpath=..")).to_have_attribute("open", "")


# Columns


def test_choose_order_and_hide_columns_with_the_menu(site, serve, page):
    serve([made(number, metadata={"table": number}, total=f"{number}.50") for number in range(60)])
    page.goto(f"{site}/tickets/?location=loc_a")
    menu(page, "Columns")
    page.get_by_role("checkbox", name="metadata.table in 50 of 50").check()
    page.wait_for_url("**/tickets/?location=loc_a&columns=created,reference,location,id,metadata.table")
    expect(page.locator("th").last).to_have_text("metadata.table")
    page.get_by_role("link", name="Move metadata.table earlier").press("Enter")
    page.wait_for_url("**columns=created,reference,location,metadata.table,id")
    page.get_by_role("checkbox", name="reference").uncheck()
    page.wait_for_url("**columns=created,location,metadata.table,id")
    scroll_to_the_end(page, 60)
    numbers = page.locator("td.number").evaluate_all("all => all.map(one => one.getBoundingClientRect().right)")
    assert len(numbers) == 60
    assert len({round(right) for right in numbers}) == 1  # they line up


def test_many_columns_scroll_in_their_box_and_become_cards_on_a_phone(site, serve, page):
    names = [f"property_{number}" for number in range(15)]
    serve([made(number, **dict.fromkeys(names, "a value of some length")) for number in range(3)])
    page.goto(f"{site}/tickets/?columns=" + ",".join(names))
    box = page.locator("#rows")
    assert box.evaluate("box => box.scrollWidth > box.clientWidth")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.set_viewport_size({"width": 360, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert box.evaluate("box => box.scrollWidth <= box.clientWidth")
    cell = page.locator("td[data-label=property_14]").first
    assert cell.evaluate("cell => getComputedStyle(cell, '::before').content") == '"property_14"'
    accessible(page)


# Time and links


def test_a_copied_link_shows_the_same_tickets_in_another_browser_with_another_time_zone(site, serve, page, new_context):
    sandbox = serve([made(number) for number in range(120)])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/tickets/?search_query=R-1")
    expect(page.locator("tr.control[data-running]")).to_have_count(0)
    shown = ids(page)
    menu(page, "Share")
    page.get_by_role("button", name="Copy link").click()
    expect(page.locator("#live")).to_have_text("Copied")
    fixed = page.evaluate("navigator.clipboard.readText()")
    page.get_by_role("button", name="Copy live link").click()
    page.wait_for_function("() => navigator.clipboard.readText().then(text => !text.includes('created'))")
    live = page.evaluate("navigator.clipboard.readText()")
    sandbox.store.add({"id": "tkt_new", "created": "2026-11-20T12:05:00Z", "reference": "R-1", "location": "loc_a"})
    there = new_context(timezone_id="Asia/Tokyo").new_page()
    there.goto(site + "/tickets/")
    menu(there, "Times in")
    there.get_by_role("button", name="Asia/Tokyo").click()
    expect(there.locator("time").first).to_contain_text("JST")
    there.goto(fixed)
    expect(there.locator(".so-far")).to_contain_text("All 31 matches")
    assert ids(there) == shown
    there.goto(live)
    expect(there.locator(".so-far")).to_contain_text("All 32 matches")
    assert ids(there) == ["tkt_new", *shown]


def test_the_zone_menu_offers_this_computers_zone_and_remembers_it(site, serve, new_context):
    serve([made(0)])
    there = new_context(timezone_id="Europe/Paris").new_page()
    there.goto(site + "/tickets/?location=loc_a")
    expect(there.locator("time")).to_have_text("Fri 20 Nov 12:00:00 UTC")
    menu(there, "Times in UTC")
    there.keyboard.press("Tab")
    there.keyboard.press("Tab")
    there.keyboard.press("Enter")
    expect(there.locator("time")).to_have_text("Fri 20 Nov 13:00:00 CET")
    assert there.url == f"{site}/tickets/?location=loc_a"
    there.goto(site + "/tickets/tkt_00000/")
    expect(there.locator("time")).to_have_text("Fri 20 Nov 2026, 13:00:00 CET")


# Saved views


def test_save_a_view_begin_with_it_rename_and_delete_it(site, serve, page):
    serve([made(number, location="loc_b" if number % 2 else "loc_a") for number in range(20)])
    page.goto(f"{site}/tickets/?location=loc_b")
    menu(page, "Views")
    page.get_by_label("Save this list as").fill("Harbor")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="Harbor")).to_be_visible()
    menu(page, "Harbor")
    page.get_by_role("link", name="Manage views").click()
    page.get_by_role("button", name=re.compile("Make start page")).click()
    expect(page.locator(".saved-view .badge")).to_have_text("start page")
    page.get_by_role("link", name="Copper Tickets").click()
    page.wait_for_url("**/tickets/?location=loc_b")
    expect(page.locator(ROWS)).to_have_count(10)
    menu(page, "Harbor")
    page.get_by_role("link", name="Manage views").click()
    menu(page, "Rename Harbor")
    page.get_by_label("New name").fill("The café")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="The café")).to_be_visible()
    menu(page, "Delete The café")
    page.get_by_role("button", name="Delete this view").click()
    expect(page.get_by_text("There are none yet.")).to_be_visible()


# Light and dark, sizes, many rows


def test_the_switch_between_light_and_dark_holds_at_once_and_after_a_reload(site, serve, page):
    serve([made(1)])
    page.emulate_media(color_scheme="light")
    page.goto(f"{site}/tickets/")
    root = page.locator("html")
    expect(root).to_have_attribute("data-bs-theme", "light")
    menu(page, "^Menu")
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="Dark", exact=True).click()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.reload()
    expect(root).to_have_attribute("data-bs-theme", "dark")
    page.emulate_media(color_scheme="dark")
    page.emulate_media(color_scheme="light")
    expect(root).to_have_attribute("data-bs-theme", "dark")
    menu(page, "^Menu")
    with page.expect_response("**/preferences/"):
        page.get_by_role("button", name="System").press("Enter")
    expect(root).to_have_attribute("data-bs-theme", "light")
    page.emulate_media(color_scheme="dark")
    expect(root).to_have_attribute("data-bs-theme", "dark")


def open_and_check(page: Page, words: str) -> None:
    menu(page, words)
    expect(page.locator("details.menu[open]")).to_have_count(1)
    here = page.viewport_size["width"]
    for width in resized(page, DESKS):
        panel = page.locator("details.menu[open] .menu-panel").bounding_box()
        if panel is None and width != here:  # the tools are folded away at this width
            continue
        assert panel["x"] >= 0
        assert panel["x"] + panel["width"] <= width
    accessible(page)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_every_page_and_open_menu_is_free_of_barriers(site, serve, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    now = datetime.now(UTC)
    serve([made(number, at=now - timedelta(minutes=number), metadata={"table": number}) for number in range(6)])
    page.goto(f"{site}/tickets/?range=30d")
    expect(page.locator(ROWS)).to_have_count(6)
    for words in ("Views", "Last 30 days", "Columns", "Share", "Times in", "^Menu"):
        open_and_check(page, words)
    page.keyboard.press("Escape")
    expect(page.locator("details.menu[open]")).to_have_count(0)
    nothing_spills_over(page, DESKS)
    menu(page, "Views")
    page.get_by_label("Save this list as").fill("A view")
    page.keyboard.press("Enter")
    expect(page.locator("summary", has_text="A view")).to_have_count(1)
    for path, menus in (("/views/", ("Rename", "Delete")), ("/preferences/", ("^Menu",))):
        page.goto(site + path)
        for words in menus:
            open_and_check(page, words)
        nothing_spills_over(page, DESKS)


def test_of_ten_thousand_rows_only_those_in_view_are_drawn_and_the_place_is_kept(site, serve, page):
    """How long a frame takes is measured by hand (docs/decisions/0057): here, that most rows cost nothing."""
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/?limit=100")
    scroll_to_the_end(page, 200)
    page.evaluate("""() => {
      const rows = document.querySelectorAll("#rows [data-ticket-id]");
      for (let n = 1; n < 50; n++) {
        const copies = [...rows].map((row) => row.cloneNode(true));
        for (const row of copies) row.dataset.ticketId += `_${n}`;
        rows[0].before(...copies);
      }
    }""")
    drawn = """() => [...document.querySelectorAll("#rows [data-ticket-id] a")]
        .filter((link) => link.checkVisibility({ contentVisibilityAuto: true })).length"""
    assert page.locator(ROWS).count() == 10_000
    page.evaluate("scrollTo(0, 100_000)")
    page.wait_for_function(f"() => 5 < ({drawn})() && ({drawn})() < 300")
    scroll_to_the_end(page, 10_100)
    assert ids(page)[-1] == "tkt_00299"


@pytest.mark.parametrize("path", ["/tickets/?range=30d", "/tickets/tkt_00001/"])
def test_without_javascript_nothing_can_be_pressed_that_needs_it(site, serve, new_context, path):
    serve([made(1)])
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site}{path}")
    if "range" in path:
        plain.locator("#share > summary").click()
        expect(plain.get_by_role("link", name="these tickets")).to_be_visible()
    assert plain.locator("button[type=button]:visible").all_text_contents() == []
