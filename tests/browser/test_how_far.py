"""What a search says of how far it has come: true at each moment, whole at each width, once for ears, after a failure too."""

import re

import pytest
from playwright.sync_api import expect

from copper_sandbox import Fault
from copper_sandbox.rows import Row
from copper_sandbox.times import nanoseconds
from tests.browser.conftest import Spells
from tests.browser.test_list import ROWS, scroll_to_the_end
from tests.browser.test_search import SEARCH, SLOW, kept, shop  # noqa: F401 - a fixture
from tests.pages.conftest import made

SO_FAR = "#state .so-far"


def watched(page, element: str) -> None:
    """Note each text that stands in an element when a frame is drawn, from now on."""
    page.evaluate(
        """element => {
            window.drawn = [];
            const look = () => {
                const text = document.querySelector(element)?.textContent;
                if (text && text !== drawn.at(-1)) drawn.push(text);
                requestAnimationFrame(look);
            };
            look();
        }""",
        element,
    )


def test_no_frame_shows_less_than_was_found_before(site, serve, page):
    serve(shop(3000, 10, 20, 30, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    assert spells.running()
    watched(page, SO_FAR)
    for _ in spells:
        pass
    expect(page.locator(SO_FAR)).to_have_text("All 4 matches since 1 Nov, 00:00 UTC.")
    page.wait_for_function("() => drawn.at(-1).startsWith('All 4')")
    found = [int(re.search(r"\d+", text.replace("No match", "0"))[0]) for text in page.evaluate("drawn")]
    assert found == sorted(found)
    assert found[0] > 0


def test_ears_are_not_told_of_bars_while_rows_come(site, serve, page):
    serve(shop(3000, 10, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    assert spells.running()
    watched(page, "#live")
    for _ in spells:
        pass
    page.wait_for_function("() => drawn.length && drawn.at(-1).includes('All 2 matches')")
    assert not [text for text in page.evaluate("drawn") if re.search("counted|At least", text)]


def test_after_a_failure_it_still_says_what_was_found_and_how_far_back(site, serve, page):
    sandbox = serve(shop(3000, 10, 2999), latency=SLOW)
    spells = Spells(page)
    page.goto(site + SEARCH)
    assert spells.running()
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    spells.open()
    expect(page.locator("#state .failure")).to_be_visible()
    expect(page.locator(SO_FAR)).to_have_text(
        re.compile(r"^1 match so far\. Searched (about )?[\d,]+ tickets, back to ")
    )


@pytest.mark.parametrize("width", [360, 640, 1024, 1280, 1600])
def test_the_sentence_is_whole_at_each_width(site, serve, page, settings, width):
    settings.SEARCH_DEFAULT_DAYS = 1
    page.set_viewport_size({"width": width, "height": 740})
    serve(shop(2000, 10))
    page.goto(f"{site}/tickets/?search_query=the+one&created%5Blt%5D=2026-11-20T13:00:00Z")
    line = page.locator(SO_FAR)
    expect(line).to_contain_text("Older tickets are not searched yet.")
    assert line.evaluate("one => one.scrollWidth <= one.clientWidth && one.scrollHeight <= one.clientHeight")
    box = line.bounding_box()
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    assert box["height"] <= 4 * 18, "four lines at most"
    assert page.get_by_role("link", name="Search further back").first.is_visible()


def test_back_to_a_ticket_that_is_gone_loads_no_further_than_its_place(site, serve, page, settings):
    settings.COPPER_CACHE_SECONDS = 0
    sandbox = serve([made(number) for number in range(1500)])
    page.goto(f"{site}/tickets/")
    page.locator('[data-ticket-id="tkt_00030"] a').click()
    page.get_by_role("link", name="Whole page").click()
    page.wait_for_url("**/tickets/tkt_00030/")
    expect(page.get_by_text("Back to the list")).to_be_visible()
    sandbox.store.delete("tkt_00030")
    page.go_back()
    expect(page.locator('[data-ticket-id="tkt_00031"] a')).to_be_focused()
    assert page.locator(ROWS).count() <= 100


def test_a_row_that_cannot_be_read_is_counted_by_every_page_alike(site, serve, page):
    sandbox = serve([made(number) for number in range(60)])
    sandbox.store.add_row(Row((nanoseconds("2026-11-20T11:55:00Z"), 0), "tkt_bad", "loc_a", None, dict))
    page.goto(f"{site}/tickets/?location=loc_a&limit=100")
    expect(page.locator(SO_FAR)).to_have_text("All 61 tickets.")
    page.goto(f"{site}/tickets/?location=loc_a")
    scroll_to_the_end(page, 60)
    expect(page.locator(SO_FAR)).to_have_text("All 61 tickets.")
    expect(page.locator("#rows .unreadable")).to_have_count(1)
