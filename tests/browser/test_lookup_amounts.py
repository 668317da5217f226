"""Amounts of a list beside those of tickets in a real browser: by keyboard, from a file, without scripts; no barrier."""

import csv

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, accessible, nothing_spills_over, watch
from tests.pages.conftest import made

TABLE = "reference\tamount\nR-1\t0.30\nR-2\t1,234.50\nR-3\tn/a\nnone\t5"
SAID = "Amounts: 1 the same, 1 differs, 1 not compared, 1 not found."


def tickets() -> list[dict[str, object]]:
    return [made(1, total={"amount": "0.3"}), made(2, total={"amount": 1234}), made(3, total={"amount": 7}), made(4)]


def by_keyboard(page: Page, site: str) -> None:
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_label("References or ids, one a line").focus()
    page.keyboard.insert_text(TABLE)
    page.get_by_text("Compare amounts").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("amount")
    page.keyboard.press("Tab")
    page.keyboard.type("total.amount")
    page.keyboard.press("Enter")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_compare_by_keyboard_and_show_what_differs(site, serve, page, scheme, width):
    serve(tickets())
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    by_keyboard(page, site)
    expect(page.locator("#lookup-amounts")).to_have_text(SAID)
    expect(page.locator("#live")).to_contain_text(SAID)
    accessible(page)
    nothing_spills_over(page)
    page.set_viewport_size({"width": width, "height": 800})
    page.get_by_text("Amount differs 1").click()
    expect(page.locator("[data-amount]:visible")).to_have_count(1)
    expect(page.locator("[data-amount]:visible")).to_contain_text("Copper has 0.50 less")
    page.keyboard.press("ArrowRight")
    expect(page.locator("[data-amount]:visible")).to_contain_text("line 4: this cannot be read as an amount")
    page.goto(f"{site}/tickets/lookup/")
    page.get_by_text("Compare amounts").click()
    expect(page.get_by_label("Property of tickets")).to_have_value("total.amount")
    accessible(page)


def test_without_javascript_from_a_file_whose_column_is_chosen(site, serve, new_context, nothing_odd_happens):
    serve(tickets())
    context = new_context(java_script_enabled=False)
    watch(context, site, nothing_odd_happens)
    page = context.new_page()
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    file = {"name": "day.csv", "mimeType": "text/csv", "buffer": TABLE.replace("\t", ";").encode()}
    page.get_by_label("Or a file").set_input_files(file)
    page.get_by_text("Compare amounts").click()
    page.get_by_label("Column of amounts").fill("sum")
    page.get_by_label("Property of tickets").fill("total.amount")
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_text("No column is called “sum”.")).to_be_visible()
    page.get_by_label("Column of amounts").select_option("amount")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-amounts")).to_have_text(SAID)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download CSV").click()
    with open(download.value.path(), encoding="utf-8-sig", newline="") as opened:
        rows = list(csv.DictReader(opened))
    assert [row["amount_difference"] for row in rows] == ["0", "'-0.50", "", ""]
