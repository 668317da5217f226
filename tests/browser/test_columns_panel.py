"""The panel of columns in a real browser: it stays open, with the focus where it was, while each tick applies at once."""

import re

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Sandbox
from tests.browser.conftest import LOOKS, Held, accessible, nothing_spills_over, watch
from tests.pages.conftest import made

PANEL = "#columns-menu"


@pytest.fixture
def tickets(serve) -> Sandbox:
    return serve([made(number, metadata={"table": number}, total=f"{number}.50") for number in range(60)])


def open_panel(page: Page) -> None:
    tools = page.locator(".tools-button")
    if tools.is_visible():  # on a phone
        tools.click()
    page.locator(f"{PANEL} > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(PANEL)).to_have_attribute("open", "")


def box(page: Page, name: str):
    return page.locator(f"{PANEL} input[type=checkbox][value='{name}']")


def same(page: Page, address: str | re.Pattern[str], focused: str) -> None:
    """The address was changed; the panel is open and the focus where it was."""
    page.wait_for_url(address)
    expect(page.locator(PANEL)).to_have_attribute("open", "")
    expect(page.locator(f"[id='{focused}']")).to_be_focused()


def test_by_keyboard_on_the_list(site, tickets, page):
    page.goto(f"{site}/tickets/?location=loc_a")
    open_panel(page)
    box(page, "metadata.table").focus()
    page.keyboard.press("Space")
    same(
        page, "**/tickets/?location=loc_a&columns=created,reference,location,id,metadata.table", "column-metadata.table"
    )
    expect(page.locator("th").last).to_have_text("metadata.table")
    page.keyboard.press("Tab")  # to "earlier"
    page.keyboard.press("Enter")
    same(page, "**columns=created,reference,location,metadata.table,id", "earlier-metadata.table")
    box(page, "total").press("Space")
    same(page, "**columns=created,reference,location,metadata.table,id,total", "column-total")
    box(page, "total").press("Space")
    same(page, "**columns=created,reference,location,metadata.table,id", "column-total")
    for place in ("created,reference,metadata.table", "created,metadata.table,reference", "metadata.table,created"):
        page.locator("[id='earlier-metadata.table']").press("Enter")
        page.wait_for_url(f"**columns={place}*")
        expect(page.locator(PANEL)).to_have_attribute("open", "")
    expect(box(page, "metadata.table")).to_be_focused()  # it is first: no link leads earlier
    page.keyboard.press("Escape")
    expect(page.locator(PANEL)).not_to_have_attribute("open", "")
    expect(page.locator(f"{PANEL} > summary")).to_be_focused()


@pytest.mark.parametrize("page_path", ["/tickets/", "/tickets/export/"])
def test_presses_in_quick_succession_are_all_done(site, tickets, page, page_path):
    page.goto(f"{site}{page_path}?columns=created,reference,id,total")
    open_panel(page)
    answers = Held(page, f"**{page_path}?*")
    page.locator("#earlier-total").focus()
    page.keyboard.press("Enter")
    answers.wait()
    page.keyboard.press("Enter")
    answers.open()
    same(page, re.compile("columns=created(,|%2C)total(,|%2C)reference(,|%2C)id$"), "earlier-total")
    answers = Held(page, f"**{page_path}?*")
    box(page, "id").press("Space")
    answers.wait()
    page.locator("#later-created").press("Enter")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    answers.open()
    same(page, re.compile("columns=total(,|%2C)reference(,|%2C)created$"), "column-created")


def test_a_typed_column_applies_and_one_that_nothing_has_gets_a_word(site, tickets, page):
    page.goto(f"{site}/tickets/")
    open_panel(page)
    page.locator("#column-other").fill("totl")
    page.locator("#column-other").press("Enter")
    same(page, "**columns=created,reference,location,id,totl", "column-other")
    said = page.locator("#columns-unseen")
    expect(said).to_have_text(re.compile("No ticket on this page has totl: did you mean total?"))
    accessible(page)
    page.keyboard.press("Escape")
    said.get_by_role("link", name="total").click()
    page.wait_for_url("**columns=created,reference,location,id,total")
    expect(said).to_have_count(0)


def test_on_the_export_page_the_field_and_the_panel_are_one(site, tickets, page):
    page.goto(f"{site}/tickets/export/?location=loc_a")
    open_panel(page)
    box(page, "total").press("Space")
    same(page, "**/tickets/export/?location=loc_a&columns=total", "column-total")
    field = page.get_by_label("Columns of CSV and Excel")
    expect(field).to_have_value("total")
    page.keyboard.press("Escape")
    field.focus()
    page.keyboard.press("End")
    page.keyboard.type(",metadata.tabl")
    said = page.locator("#columns-unseen")
    expect(said).to_contain_text("No ticket on this page has metadata.tabl: did you mean metadata.table?")
    expect(field).to_be_focused()
    expect(field).to_have_value("total,metadata.tabl")
    page.keyboard.type(",")  # half a name: what is said stays
    expect(said).to_be_visible()
    page.keyboard.press("Backspace")
    said.get_by_role("link", name="metadata.table").click()
    expect(field).to_have_value("total,metadata.table")
    expect(said).to_have_count(0)
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    with open(download.value.path(), encoding="utf-8-sig") as file:
        assert file.readline().strip() == '"total","metadata.table"'
    expect(page.locator("#run h2")).to_have_text("The file is complete")


@pytest.mark.parametrize("page_path", ["/tickets/", "/tickets/export/"])
def test_without_javascript(site, tickets, new_context, nothing_odd_happens, page_path):
    context = new_context(java_script_enabled=False)
    watch(context, site, nothing_odd_happens)
    page = context.new_page()
    page.goto(f"{site}{page_path}?columns=created")
    page.locator(f"{PANEL} > summary").click()
    box(page, "total").check()
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(re.compile(rf"{re.escape(page_path)}\?columns=created(,|%2C)total$"))


@pytest.mark.parametrize("page_path", ["/tickets/", "/tickets/export/"])
@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_an_open_panel_has_no_barrier(site, tickets, page, scheme, width, page_path):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{site}{page_path}?columns=created,totl")
    open_panel(page)
    expect(page.get_by_role("button", name="Apply")).to_be_hidden()
    accessible(page)
    nothing_spills_over(page)


def test_names_of_locations_take_the_place_of_ids_when_they_come(site, serve, page):
    import threading

    go = threading.Event()
    serve([made(1)]).script(lambda asked: go.wait(60) and None if "/locations" in asked.path else None)
    page.goto(f"{site}/tickets/?location=loc_a")
    expect(page.locator("td.location")).to_have_text("loc_a")
    go.set()
    expect(page.locator("td.location")).to_have_text("Reno")
    expect(page.locator(".bar-fold bdi")).to_have_text("Reno · Any time")
    expect(page.get_by_label("Location", exact=True)).to_have_value("loc_a")
    expect(page.get_by_label("Location", exact=True).locator("option:checked")).to_have_text("Reno")
    accessible(page)


@pytest.mark.parametrize("width", [360, 820])
def test_where_it_stands_in_the_sheet_of_tools_that_stays_open_and_scrolled_too(site, tickets, page, width):
    page.set_viewport_size({"width": width, "height": 300})  # so low that the sheet scrolls
    page.goto(f"{site}/tickets/")
    open_panel(page)
    sheet = page.locator("#tools")
    for name in ("total", "metadata.table"):  # one after the other, with nothing opened anew
        box(page, name).focus()
        scrolled = sheet.evaluate("one => one.scrollTop")
        assert scrolled > 0
        page.keyboard.press("Space")
        page.wait_for_url(f"**{name}")
        expect(box(page, name)).to_be_focused()
        expect(box(page, name)).to_be_visible()
        assert sheet.evaluate("one => one.scrollTop") == scrolled
    page.keyboard.press("Escape")
    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator(".tools-button")).to_be_focused()


def test_a_column_that_is_ticked_comes_into_sight_and_what_is_said_at_the_end_stays_there(site, tickets, page):
    page.set_viewport_size({"width": 820, "height": 900})
    page.goto(f"{site}/tickets/?columns=created,reference,location,id,metadata.table,object&limit=60")
    open_panel(page)
    box(page, "total").check()
    page.wait_for_url("**total*")
    cell = page.locator("#rows td[data-label=total]").first
    expect(cell).to_be_in_viewport(ratio=0.98)
    page.keyboard.press("Escape")
    assert page.locator("#rows").evaluate("rows => rows.scrollLeft") > 0
    places = "one => { const { left, right } = one.getBoundingClientRect(); return [left, right]; }"
    assert page.locator("#rows .control > td").evaluate(places) == page.locator("#rows").evaluate(places)
