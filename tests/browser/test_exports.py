"""Taking tickets away in a real browser: from the list to the file, and how it goes meanwhile."""

from playwright.sync_api import Route, expect

from tests.browser.conftest import Gate
from tests.pages.conftest import made
from tickets_app.export import export


def test_from_the_list_to_a_file_and_how_it_ended(site, serve, page):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/?location=loc_a")
    page.get_by_role("link", name="Export").click()
    with page.expect_download() as download:
        page.get_by_role("button", name="CSV", exact=True).click()
    assert download.value.suggested_filename.endswith(".csv")
    expect(page.locator("#run h2")).to_have_text("The file is complete")
    expect(page.locator("#run dd").first).to_have_text("300")


def test_who_presses_before_the_scripts_are_there_sees_how_it_goes(site, serve, page):
    """To ask for a file ends what is still being loaded."""
    serve([made(number) for number in range(300)])
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/htmx*.js", hold)
    with page.expect_download():
        with page.expect_request("**/htmx*.js"):
            page.goto(f"{site}/tickets/export/?location=loc_a", wait_until="commit")
        page.get_by_role("button", name="CSV", exact=True).click()
        held[0].continue_()
    expect(page.locator("#run h2")).to_have_text("The file is complete")


def test_while_a_file_is_made_the_page_says_how_far_it_is_and_cancel_ends_it(site, serve, page, monkeypatch, settings):
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(export, "TELL_EVERY", 0)
    gate = Gate(serve([made(number) for number in range(1000)]), answered=3)
    page.goto(f"{site}/tickets/export/?location=loc_a")
    with page.expect_download():
        page.get_by_role("button", name="CSV", exact=True).click()
        expect(page.locator("#run h2")).to_have_text("The file is being made")
    with page.expect_response("**/cancel/"):
        page.get_by_role("button", name="Cancel").click()
    gate.open()
    expect(page.locator("#run h2")).to_have_text("Cancelled: the file is not complete")
    expect(page.get_by_role("link", name="Go on from there")).to_be_visible()


def test_a_double_click_asks_for_one_file_and_says_how_it_goes(site, serve, page):
    serve([made(number) for number in range(300)])
    begun: list[str] = []
    page.on("request", lambda asked: begun.append(asked.url) if "export.csv" in asked.url else None)
    page.goto(f"{site}/tickets/export/?location=loc_a")
    with page.expect_download():
        page.get_by_role("button", name="CSV", exact=True).dblclick()
    expect(page.locator("#run h2")).to_have_text("The file is complete")
    assert len(begun) == 1


def test_how_a_file_goes_is_asked_for_once_the_browser_is_on_its_way_to_the_file(site, serve, page):
    """Firefox ends what a page asked for before it leaves for another address, also where that is a file, and tells nobody."""
    serve([made(number) for number in range(300)])
    page.add_init_script("""
        window.order = [];
        addEventListener("beforeunload", () => order.push("leaves"));
        document.addEventListener("htmx:beforeRequest", () => order.push("asks"));
    """)
    page.goto(f"{site}/tickets/export/?location=loc_a")
    with page.expect_download():
        page.get_by_role("button", name="CSV", exact=True).click()
    expect(page.locator("#run h2")).to_have_text("The file is complete")
    assert page.evaluate("order")[:2] == ["leaves", "asks"]
