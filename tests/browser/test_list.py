"""The main job in a real browser: filter, scroll on, read a ticket, come back, share."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from copper_sandbox import Fault
from tests.browser.conftest import LIMIT, LOOKS, Held, accessible, nothing_spills_over, open_times, watch
from tests.pages.conftest import NOON, made
from tests.tickets_app.ticket_list.test_contents import NASTY
from tickets_app.gateway import shared

ROWS = "#rows [data-ticket-id]"
MORE = 'a[rel="next"]'


def ids(page: Page) -> list[str]:
    return page.locator("[data-ticket-id]").evaluate_all("rows => rows.map(row => row.dataset.ticketId)")


def truth(sandbox, **filters: str) -> list[str]:
    return [ticket["id"] for ticket in sandbox.store.truth(**filters)]


def scroll_to_the_end(page: Page, count: int) -> None:
    """Scroll until so many rows are there, as a person would."""
    while (shown := page.locator(ROWS).count()) < count:
        page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
        page.wait_for_function("([rows, shown]) => document.querySelectorAll(rows).length > shown", arg=[ROWS, shown])


def storage(page: Page) -> str:
    return page.evaluate("JSON.stringify([{...sessionStorage}, {...localStorage}])")


def test_filter_by_menu_and_time_and_see_the_canonical_address(site, serve, page, settings):
    settings.TIME_ZONE = "America/New_York"
    tickets = [made(number, location="loc_b" if number % 2 else "loc_a") for number in range(300)]
    sandbox = serve(tickets)
    page.goto(f"{site}/tickets/")
    assert shared.parts().directory.names(patience=LIMIT).by_id  # no page waits for the names of the locations
    page.reload()
    page.get_by_label("Location", exact=True).select_option(label="Harbor Café")
    open_times(page)
    page.get_by_label("From (day included)").fill("2026-11-20 04:00")
    page.get_by_label("From (day included)").press("Enter")
    page.wait_for_url("**/tickets/?location=loc_b&created%5Bgte%5D=2026-11-20T04:00:00-05:00")
    expect(page.locator("#time-in-force")).to_have_text("Since Fri 20 Nov, 04:00")
    expect(page.get_by_label("From (day included)")).to_have_value("2026-11-20 04:00")
    scroll_to_the_end(page, 90)
    expect(page.locator(".so-far")).to_have_text("All 90 tickets since 20 Nov, 04:00 EST.")
    assert ids(page) == truth(sandbox, location="loc_b", created_gte="2026-11-20T09:00:00Z")
    page.get_by_label("Location", exact=True).select_option(label="All locations")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/tickets/?created%5Bgte%5D=2026-11-20T04:00:00-05:00")
    page.go_back()
    page.wait_for_url("**/tickets/?location=loc_b&**")
    expect(page.get_by_label("Location", exact=True)).to_have_value("loc_b")


def test_scroll_on_to_the_end(site, serve, page):
    sandbox = serve([made(number) for number in range(230)])
    page.goto(f"{site}/tickets/")
    expect(page.locator(ROWS)).to_have_count(50)
    scroll_to_the_end(page, 100)
    expect(page.locator("tr.control")).not_to_be_in_viewport()  # one scroll asks for one page, not for all of them
    scroll_to_the_end(page, 230)
    assert ids(page) == truth(sandbox)
    expect(page.locator(".so-far")).to_have_text("All 230 tickets.")
    expect(page.locator(MORE)).to_have_count(0)
    assert page.url == f"{site}/tickets/"
    assert storage(page) == "[{},{}]"


def test_a_press_appends_one_page_says_so_and_leaves_the_focus_at_the_first_new_row(site, serve, page):
    serve([made(number) for number in range(230)])
    page.goto(f"{site}/tickets/")
    page.locator(MORE).focus()  # comes into view, and still waits for the press
    expect(page.locator(MORE)).to_be_in_viewport()
    page.keyboard.press("Enter")
    expect(page.locator("#live")).to_have_text("50 more. 100 tickets, back to 20 Nov, 10:21 UTC.")
    expect(page.locator('[data-ticket-id="tkt_00050"] a')).to_be_focused()
    expect(page.locator("tr.control")).to_have_count(1)
    expect(page.locator(".so-far")).to_have_text("100 tickets, back to 20 Nov, 10:21 UTC.")


def test_back_from_a_ticket_leads_to_the_same_depth_row_and_focus(site, serve, page):
    serve([made(number) for number in range(230)])
    page.goto(f"{site}/tickets/")
    scroll_to_the_end(page, 150)
    link = page.locator('tr[data-ticket-id="tkt_00120"] a')
    link.hover()
    top = link.bounding_box()["y"]
    link.click()
    page.wait_for_url("**/tickets/tkt_00120/")
    page.go_back()
    expect(link).to_be_focused()
    assert page.locator(ROWS).count() >= 150
    # It has the focus first; what is drawn around it may still move it for a few frames, and it is brought back.
    page.wait_for_function(
        "([row, top]) => Math.abs(document.querySelector(row).getBoundingClientRect().top - top) < 5",
        arg=['tr[data-ticket-id="tkt_00120"] a', top],
    )
    assert page.url == f"{site}/tickets/"
    assert storage(page) == "[{},{}]"
    # The page's own button does the same.
    link.click()
    page.wait_for_url("**/tickets/tkt_00120/")
    row = 'tr[data-ticket-id="tkt_00120"] a'
    top = page.locator(row).bounding_box()["y"]
    page.get_by_role("link", name="Whole page").click()
    page.get_by_text("Back to the list").click()
    expect(link).to_be_focused()
    page.wait_for_function(
        "([row, top]) => Math.abs(document.querySelector(row).getBoundingClientRect().top - top) < 5", arg=[row, top]
    )
    assert page.locator(ROWS).count() >= 150


def test_back_finds_the_row_also_when_tickets_arrived(site, serve, page):
    sandbox = serve([made(number) for number in range(230)])
    page.goto(f"{site}/tickets/")
    scroll_to_the_end(page, 100)
    link = page.locator('[data-ticket-id="tkt_00099"] a')
    link.click()
    page.wait_for_url("**/tickets/tkt_00099/")
    for number in range(70):
        sandbox.store.add(made(5000 + number, at=NOON + timedelta(minutes=number)))
    page.go_back()
    expect(link).to_be_focused()


def test_a_shared_address_means_the_same_in_another_time_zone(site, serve, page, new_context, nothing_odd_happens):
    now = datetime.now(UTC)
    serve([made(number, at=now - timedelta(minutes=10 * number)) for number in range(100)])
    page.goto(f"{site}/tickets/")
    open_times(page)
    page.get_by_label("From (day included)").fill(f"{now - timedelta(hours=6):%Y-%m-%d %H:%M}")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**created**")
    expect(page.locator(ROWS)).to_have_count(37)
    other = new_context(timezone_id="Asia/Tokyo", locale="ja-JP")
    watch(other, site, nothing_odd_happens)
    colleague = other.new_page()
    colleague.goto(page.url)
    assert ids(colleague) == ids(page)
    assert colleague.locator("time").all_text_contents() == page.locator("time").all_text_contents()


def test_everything_works_without_javascript(site, serve, new_context, settings):
    settings.TIME_ZONE = "America/New_York"
    sandbox = serve([made(number) for number in range(130)])
    plain = new_context(java_script_enabled=False).new_page()
    plain.goto(f"{site}/tickets/")
    open_times(plain)
    plain.get_by_label("From (day included)").fill("2026-11-20 05:00")
    with plain.expect_navigation():  # a click alone does not wait for the page to be whole
        plain.get_by_role("button", name="Show", exact=True).click()
    assert "created%5Bgte%5D=2026-11-20T05:00:00-05:00" in plain.url
    found = ids(plain)
    while plain.locator(MORE).count():
        with plain.expect_navigation():
            plain.locator(MORE).click()
        found += ids(plain)
    assert found == truth(sandbox, created_gte="2026-11-20T10:00:00Z")
    plain.locator(f"{ROWS} a").first.click()
    expect(plain.get_by_role("heading", name="All properties")).to_be_visible()
    plain.get_by_text("Back to the list").click()
    expect(plain.locator(ROWS).first).to_be_visible()


def test_a_failure_while_scrolling_keeps_the_rows_and_a_press_goes_on(site, serve, page):
    sandbox = serve([made(number) for number in range(60)])
    page.goto(f"{site}/tickets/")
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    page.locator(MORE).click()
    expect(page.locator(".failure")).to_contain_text("Copper had an error of its own")
    expect(page.locator("#live")).to_have_text("Copper had an error of its own")
    expect(page.locator(ROWS)).to_have_count(50)
    sandbox.unscript()
    page.locator("#state").get_by_role("link", name="Try again").click()
    expect(page.locator(ROWS)).to_have_count(60)
    expect(page.locator(".failure")).to_have_count(0)


def test_without_a_network_the_rows_stay_and_the_page_says_so(site, serve, page):
    serve([made(number) for number in range(60)])
    page.goto(f"{site}/tickets/")
    page.context.set_offline(True)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator("#offline")).to_be_in_viewport(ratio=1)
    expect(page.locator(ROWS)).to_have_count(50)
    page.context.set_offline(False)  # and it goes on by itself
    expect(page.locator(ROWS)).to_have_count(60)
    expect(page.locator("#offline")).to_be_hidden()


def test_back_on_the_network_nothing_is_asked_for_that_was_not_cut_off(site, serve, page):
    serve([made(number) for number in range(120)])
    page.goto(f"{site}/tickets/")
    more = Held(page, "**/tickets/?*starting_after*")
    page.evaluate("dispatchEvent(new Event('online'))")
    page.evaluate("fetch('/healthz')")  # whatever was sent before it is known by now
    assert not more.routes


def test_a_clock_change_is_refused_beside_the_field_and_a_choice_leads_on(site, serve, page, settings):
    settings.TIME_ZONE = "America/New_York"
    serve([made(1)])
    page.goto(f"{site}/tickets/")
    open_times(page)
    page.get_by_label("From (day included)").fill("2026-11-01 01:30")
    page.get_by_label("Reference", exact=True).fill("R-1")
    page.get_by_role("button", name="Show", exact=True).click()
    error = page.locator(".field-error")
    expect(error).to_contain_text("came twice on this day")
    expect(page.get_by_label("From (day included)")).to_have_value("2026-11-01 01:30")
    expect(page.get_by_label("Reference", exact=True)).to_have_value("R-1")
    expect(page.locator("#live")).to_contain_text("Nothing was looked up yet")
    error.get_by_text("01:30 EST (UTC−05:00)").click()
    page.wait_for_url("**/tickets/?search_query=R-1&created%5Bgte%5D=2026-11-01T01:30:00-05:00")
    expect(page.get_by_label("From (day included)")).to_have_value("2026-11-01T01:30:00-05:00")


def test_choosing_a_range_clears_the_times_and_the_other_way_round(site, serve, page):
    serve([made(1)])
    page.goto(f"{site}/tickets/?range=24h")
    open_times(page)
    page.get_by_label("To (day included)").fill("2026-11-02")
    page.get_by_label("To (day included)").blur()
    expect(page.locator("#filter-range")).to_have_value("")
    page.get_by_role("link", name="Last hour").click()
    page.wait_for_url("**/tickets/?range=1h")
    expect(page.get_by_label("To (day included)")).to_have_value("")


def test_hostile_tickets_run_nothing(site, serve, page):
    """Row 41; the fixture notes dialogs, script errors, blocked content and foreign requests."""
    serve([{**made(number), "reference": text, text.replace("\ud800", ""): text} for number, text in enumerate(NASTY)])
    page.goto(f"{site}/tickets/")
    expect(page.locator(ROWS)).to_have_count(len(NASTY))
    for number in range(len(NASTY)):
        page.goto(f"{site}/tickets/tkt_{number:05}/")
        expect(page.locator("article")).to_be_visible()


def test_a_number_is_copied_as_copper_wrote_it(site, serve, page):
    body = json.dumps(made(1)).encode().replace(b"{", b'{"paid": 12.10, ', 1)
    serve([made(1)]).script(lambda asked: Fault(status=200, body=body) if asked.path.endswith("_00001") else None)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/tickets/tkt_00001/")
    page.get_by_title("Copy paid").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == "12.10"


def test_copy_buttons_copy_the_exact_value(site, serve, page):
    text = "a\u202eb\u200b\tc"
    serve([{**made(1), "reference": text}])
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.goto(f"{site}/tickets/tkt_00001/")
    page.get_by_title("Copy reference").click()
    expect(page.locator("#live")).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == text
    page.get_by_text("Raw JSON", exact=True).click()
    page.get_by_role("button", name="Copy raw JSON").click()
    page.wait_for_function("text => navigator.clipboard.readText().then((copied) => copied !== text)", arg=text)
    assert page.evaluate("navigator.clipboard.readText().then(text => JSON.parse(text).reference)") == text


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_accessibility_violation_and_no_sideways_scrolling(site, serve, page, scheme, width):
    serve([{**made(number), "reference": text, "note": "x" * 300} for number, text in enumerate(NASTY * 2)])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    paths = (
        "/tickets/?location=loc_a&search_query=a&created%5Bgt%5D=2026-11-01",
        f"/tickets/?limit={len(NASTY)}",  # all of them, and a way to more
        "/tickets/?range=today",  # empty
        "/tickets/?limit=0&created%5Bgte%5D=2026-02-30",  # errors
        "/tickets/tkt_00001/",
        "/tickets/nope/",
        "/nowhere",
    )
    for path in paths:
        page.goto(site + path)
        assert page.evaluate("document.documentElement.dataset.bsTheme") == scheme
        accessible(page)
        nothing_spills_over(page)


def test_a_failure_page_has_no_accessibility_violation(site, serve, page):
    sandbox = serve([made(1)])
    sandbox.script(lambda asked: Fault(status=500) if "/tickets" in asked.path else None)
    page.goto(f"{site}/tickets/")
    expect(page.locator(".failure")).to_be_visible()
    accessible(page)
