"""Waiting for a place in a real browser: the file begins by itself, the line can be left, and it all works without scripts."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, accessible, nothing_spills_over, watch
from tests.pages.conftest import made
from tickets_app.gateway import shared

OTHERS = ["user-901", "user-902"]


@pytest.fixture
def all_taken(serve, settings) -> None:
    """By others, and two more came before."""
    settings.LONG_ANSWERS = 2
    serve([made(number) for number in range(300)])
    places = shared.parts().places
    assert [places.take(one) for one in OTHERS] == [None, None]


def free() -> None:
    for one in OTHERS:
        shared.parts().places.give_back(one)


def press_csv(page: Page, site: str) -> None:
    page.goto(f"{site}/tickets/export/?location=loc_a")
    page.get_by_role("button", name="CSV", exact=True).click()


def test_the_file_begins_by_itself_and_its_page_says_how_it_goes(site, all_taken, page):
    press_csv(page, site)
    expect(page.locator("#run h2")).to_have_text("You are next")
    with page.expect_download() as download:
        free()
    assert download.value.suggested_filename.endswith(".csv")
    expect(page.locator("#run h2")).to_have_text("The file is complete")
    expect(page.locator("#run dd").first).to_have_text("300")


def test_the_line_can_be_left(site, all_taken, page):
    press_csv(page, site)
    page.get_by_role("button", name="Leave the line").click()
    expect(page.locator("#run")).to_contain_text("you left the line")
    free()
    assert shared.parts().places.look("user-903") is None


@pytest.mark.parametrize(("theme", "width"), LOOKS)
def test_everybody_can_read_the_page_that_waits(site, all_taken, page, theme, width):
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=theme)
    shared.parts().places.take("user-903")
    press_csv(page, site)
    expect(page.locator("#run h2")).to_have_text("1 person is before you")
    accessible(page)
    nothing_spills_over(page)


def test_without_scripts_the_page_is_loaded_again_until_the_file_begins(site, all_taken, browser, nothing_odd_happens):
    with browser.new_context(java_script_enabled=False) as context:
        watch(context, site, nothing_odd_happens)
        plain = context.new_page()
        plain.goto(f"{site}/tickets/export/?location=loc_a")
        plain.get_by_role("button", name="CSV", exact=True).click()
        expect(plain.locator("#run h2")).to_have_text("You are next")
        with plain.expect_download() as download:
            free()
        assert download.value.suggested_filename.endswith(".csv")


def test_counting_waits_and_goes_on_by_itself(site, all_taken, page):
    page.context.add_cookies([{"name": "chart", "value": "open", "url": site}])
    page.goto(f"{site}/tickets/?created%5Bgte%5D=2026-11-19T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z&limit=50")
    page.get_by_text("Count the rest").click()
    expect(page.locator("#histogram")).to_contain_text("You are next.")
    free()
    expect(page.locator("#histogram-title")).to_have_text("300 tickets")


def test_a_look_up_waits_and_goes_on_by_itself(site, all_taken, page):
    page.goto(f"{site}/tickets/lookup/?created%5Bgte%5D=2026-11-01T00:00:00Z")
    page.get_by_label("References or ids, one a line").fill("R-299\nnone")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-result")).to_contain_text("You are next")
    accessible(page)
    free()
    expect(page.locator("#lookup-heading")).to_have_text(re.compile(" of .* found$"))
