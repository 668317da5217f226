"""What Safari does otherwise than Chromium, done in Chromium (docs/decisions/0098); Firefox: test_exports.py."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_login import login_required  # noqa: F401 - a fixture
from tests.browser.test_notes import FIELD, anna, enter, to_the_field  # noqa: F401 - a fixture among them
from tests.browser.test_panel import opened, row

# A press of the pointer gives a button no focus there: it goes to what is around it and takes one.
NO_FOCUS = """
addEventListener("mousedown", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    event.preventDefault();
    button.parentElement.closest("[tabindex]")?.focus({ preventScroll: true });
});
"""


@pytest.fixture
def page(page: Page) -> Page:
    page.add_init_script(NO_FOCUS)
    return page


@pytest.mark.usefixtures("anna")
def test_copied_stands_until_the_button_is_left(site, page):
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    enter(page, site, "/tickets/tkt_00001/")
    one, other = page.locator("[data-copy]").nth(0), page.locator("[data-copy]").nth(1)
    one.click()
    expect(one).to_have_attribute("data-said", "Copied")
    other.click()
    expect(other).to_have_attribute("data-said", "Copied")
    expect(page.locator("[data-said]")).to_have_count(1)


@pytest.mark.usefixtures("anna")
def test_a_note_that_was_added_is_told_of(site, page):
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    page.keyboard.type("Called Reno")
    page.get_by_role("button", name="Add note").click()
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator("#live")).to_have_text("Notes (1)")
