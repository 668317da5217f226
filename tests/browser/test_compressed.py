"""Pages come in Zstandard, padded, and are whole: one that is opened, one that htmx appends, and a ticket beside its list."""

from playwright.sync_api import Page, Response, expect

from tests.browser.test_list import scroll_to_the_end
from tests.pages.conftest import made


def test_pages_come_in_zstandard_and_are_whole(site, serve, page: Page):
    serve([made(number) for number in range(120)])
    pages: list[Response] = []
    page.on("response", lambda answer: pages.append(answer) if "/tickets/" in answer.url else None)
    page.goto(f"{site}/tickets/?limit=50")
    scroll_to_the_end(page, 120)
    page.locator("[data-ticket-id=tkt_00119] a").first.click()
    expect(page.locator("#panel h1, #panel h2").first).to_be_visible()
    appended = [answer for answer in pages if "starting_after" in answer.url]
    assert len(appended) == 2
    assert len(pages) > 3
    assert {answer.header_value("content-encoding") for answer in pages} == {"zstd"}
    assert all(answer.finished() is None for answer in pages)
    sizes = [answer.request.sizes()["responseBodySize"] for answer in pages]
    assert sizes == [int(answer.header_value("content-length")) for answer in pages]
