"""The panel of times: what is asked back stands there to be seen, however it was sent; a good time leaves the focus on it."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import open_times
from tests.pages.conftest import made

FROM = "From (day included)"


def send(page: Page, how: str) -> None:
    if how == "Enter":
        page.get_by_label(FROM).press("Enter")
    else:
        page.get_by_role("button", name=how, exact=True).click()


@pytest.mark.parametrize("width", [1280, 360])
@pytest.mark.parametrize("how", ["Enter", "Apply"])
@pytest.mark.parametrize(
    ("typed", "said"), [("11/12", "Which one do you mean?"), ("nonsense", "Type a date or a time")]
)
def test_what_is_not_clear_is_asked_in_the_open_panel(site, serve, page, typed, said, how, width):
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(1)])
    page.goto(f"{site}/tickets/")
    if width == 360:
        page.locator(".bar-fold").click()
    open_times(page)
    page.get_by_label(FROM).fill(typed)
    send(page, how)
    expect(page.locator("#time-in-force")).to_have_text("Not clear yet")
    expect(page.locator(".time-panel")).to_contain_text(said)
    expect(page.locator(".time-panel").get_by_text(said)).to_be_visible()
    expect(page.get_by_label(FROM)).to_be_focused()


@pytest.mark.parametrize(("width", "left"), [(1280, "#time-menu > summary"), (360, ".bar-fold")])
def test_a_good_time_closes_the_panel_and_leaves_the_focus_on_it(site, serve, page, width, left):
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(1)])
    page.goto(f"{site}/tickets/")
    if width == 360:
        page.locator(".bar-fold").click()
    open_times(page)
    page.get_by_label(FROM).fill("yesterday")
    send(page, "Enter")
    page.wait_for_url("**/tickets/?created*")
    expect(page.locator(".time-panel")).to_be_hidden()
    expect(page.locator("#bar-fields:popover-open")).to_have_count(0)
    expect(page.locator(left)).to_be_focused()


def test_the_time_in_force_is_told_while_something_else_is_to_be_corrected(site, serve, page):
    serve([made(1)])
    page.goto(f"{site}/tickets/?range=24h")
    page.get_by_label("Reference", exact=True).fill("x" * 600)
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#filters .alert").first).to_contain_text("Nothing was looked up yet")
    expect(page.locator("#time-in-force")).to_have_text("Last 24 hours")
