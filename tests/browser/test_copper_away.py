"""A list of before in a real browser, while Copper is down: what lies beyond it, and that the page says when that is over."""

import re

import pytest
from playwright.sync_api import expect

from copper_sandbox import Fault
from tests.browser.conftest import LIMIT, accessible
from tests.browser.test_arrivals import Minutes
from tests.browser.test_list import MORE, ROWS
from tests.pages.conftest import made
from tickets_app.gateway import shared

LINE = "#rows .silence"
FAILED = re.compile(r"Copper (had an error of its own|is failing since)")


@pytest.fixture
def down(site, serve, page, settings):
    """The stand-in, and a page of rows of before."""
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 1e-6, 60  # the next time they are no longer fresh
    sandbox = serve([made(number) for number in range(120)])
    page.goto(f"{site}/tickets/")
    assert shared.parts().directory.names(patience=LIMIT).by_id  # else they fail as well, and the breaker may open
    sandbox.script(lambda _asked: Fault(503))
    return sandbox


def test_when_copper_answers_again_the_page_says_so(site, page, down):
    minutes = Minutes(page)
    page.goto(f"{site}/tickets/")
    line = page.locator(LINE)
    expect(line).to_contain_text("Copper has not answered since")
    minutes.asks_within(16)  # and gets no answer
    expect(line).to_contain_text("Copper has not answered since")
    expect(line.get_by_role("link")).to_have_text("Ask Copper again")
    down.unscript()
    minutes.asks_within(61)
    expect(line).to_have_text("Copper answers again; these are the tickets of before. Load them anew")
    expect(page.locator("#rows tr.stale")).to_have_count(50)
    line.get_by_role("link").click()
    expect(line).to_have_count(0)
    expect(page.locator("#rows tr.stale")).to_have_count(0)
    expect(page.locator(ROWS)).to_have_count(50)


def test_below_the_rows_it_says_that_what_lies_beyond_cannot_be_had(site, page, down):
    page.goto(f"{site}/tickets/")
    expect(page.locator(LINE)).to_contain_text("Copper has not answered since")
    page.locator(MORE).scroll_into_view_if_needed()  # which asks for more
    failed = page.locator("#rows tr:last-child .note")
    expect(failed).to_have_text(FAILED)
    expect(failed).to_be_in_viewport()
    expect(page.locator("#state h2")).to_have_text(FAILED)
    expect(page.locator("#rows tr.stale")).to_have_count(50)
    expect(page.locator(LINE)).to_have_count(1)
    accessible(page)
    down.unscript()
    page.locator(MORE).click()
    expect(page.locator(ROWS)).to_have_count(100)
    expect(page.locator("#rows tr.stale")).to_have_count(50)
