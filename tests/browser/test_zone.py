"""A computer in another zone than the page's: one line says so and asks; and the calendar beside the fields for times."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect

from tests.browser.conftest import LIMIT, LOOKS, accessible, nothing_spills_over, open_times
from tests.browser.test_case import token
from tests.browser.test_list import ROWS
from tests.pages.conftest import made
from tickets_app.gateway import shared

LA = r"Los Angeles \(P[SD]T\)"  # as of when the test runs
EVENING = datetime(2026, 11, 21, 3, 10, tzinfo=UTC)  # Friday the 20th in Los Angeles, the 21st in UTC


@pytest.fixture
def somewhere(new_context, nothing_odd_happens):
    """Give a page in a browser whose computer is in a zone."""

    def at(zone: str, **options: object) -> Page:
        context: BrowserContext = new_context(timezone_id=zone, **options)
        context.set_default_timeout(LIMIT * 1000)
        return context.new_page()

    return at


def line(page: Page) -> Locator:
    return page.locator("#zone-line")


def test_the_line_says_both_zones_and_one_press_changes_the_page(site, serve, somewhere):
    serve([made(1)])
    page = somewhere("America/Los_Angeles")
    page.goto(f"{site}/tickets/?created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z")
    expect(line(page)).to_contain_text(re.compile(rf"Times are in UTC\. This computer is in {LA}\. Use it\?"))
    above, rows = line(page).bounding_box(), page.locator("#rows").bounding_box()
    assert above["y"] + above["height"] <= rows["y"]
    page.get_by_role("button", name="Use Los Angeles").click()
    page.wait_for_url("**created%5Bgte%5D=2026-11-20T00:00:00-08:00&created%5Blt%5D=2026-11-21T00:00:00-08:00")
    expect(page.locator(".zone-said")).to_contain_text(re.compile(rf"Times are now in {LA}\. The same days"))
    expect(line(page)).to_be_hidden()
    expect(page.get_by_label("To (day included)")).to_have_value("2026-11-20")


def test_a_no_is_remembered_for_this_zone_alone(site, serve, somewhere):
    serve([made(1)])
    page = somewhere("Europe/Berlin")
    page.goto(f"{site}/tickets/")
    expect(line(page)).to_contain_text(re.compile(r"Berlin \(CES?T\)"))
    page.get_by_role("button", name="Keep UTC").click()
    expect(line(page)).to_be_hidden()
    page.reload()
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(1)
    expect(line(page)).to_be_hidden()
    cookies = page.context.cookies()
    [kept] = [cookie for cookie in cookies if cookie["name"] == "zone_kept"]
    assert kept["sameSite"] == "Lax"
    travelled = somewhere("Asia/Tokyo")
    travelled.context.add_cookies(cookies)
    travelled.goto(f"{site}/tickets/")
    expect(line(travelled)).to_contain_text("This computer is in Tokyo (UTC+9)")


def test_who_chose_a_zone_by_the_menu_is_not_asked(site, serve, somewhere):
    serve([made(1)])
    page = somewhere("Asia/Tokyo")
    page.goto(f"{site}/preferences/")
    page.get_by_label("Time zone").select_option("America/New_York")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{site}/tickets/")
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(1)
    expect(line(page)).to_be_hidden()


@pytest.mark.parametrize(("computer", "page_zone"), [("Africa/Abidjan", "UTC"), ("Asia/Calcutta", "Asia/Kolkata")])
def test_where_clocks_agree_nothing_is_asked(site, serve, somewhere, settings, computer, page_zone):
    settings.TIME_ZONE = page_zone
    serve([made(1)])
    page = somewhere(computer)
    page.goto(f"{site}/tickets/")
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(1)
    expect(line(page)).to_be_hidden()


def test_without_javascript_nothing_is_asked_and_no_calendar_stands_there(site, serve, somewhere):
    serve([made(1)])
    page = somewhere("Asia/Tokyo", java_script_enabled=False)
    page.goto(f"{site}/tickets/")
    expect(line(page)).to_be_hidden()
    expect(page.locator(".pick-day:visible")).to_have_count(0)
    open_times(page)
    page.get_by_label("From (day included)").fill("20 Nov 2026")
    with page.expect_navigation():
        page.get_by_role("button", name="Show", exact=True).click()
    assert page.url.endswith("/tickets/?created%5Bgte%5D=2026-11-20T00:00:00Z")


def test_the_line_is_there_after_the_list_was_exchanged(site, serve, somewhere):
    serve([made(1)])
    page = somewhere("America/Los_Angeles")
    page.goto(f"{site}/tickets/")
    page.get_by_label("Reference", exact=True).fill("R-1")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**search_query=R-1")
    expect(line(page)).to_contain_text(re.compile(f"This computer is in {LA}"))
    page.get_by_role("button", name="Keep UTC").click()
    page.get_by_label("Reference", exact=True).fill("R-2")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**search_query=R-2")
    expect(page.locator("tr.control")).to_be_visible()
    expect(line(page)).to_be_hidden()


@pytest.mark.parametrize("by", ["mouse", "keyboard"])
def test_the_guest_of_friday_evening_is_found(site, serve, somewhere, by):
    """Issue 17, the headline: the site in UTC, the till in Los Angeles, "4417, Fri 20 Nov, Reno"; at most four clicks."""
    evening = [EVENING, EVENING + timedelta(seconds=105), EVENING + timedelta(hours=2)]
    others = [EVENING - timedelta(days=1), EVENING + timedelta(days=1)]
    tickets = [made(number, at=at, reference="4417") for number, at in enumerate([*evening, *others])]
    serve([*tickets, made(9, at=EVENING, reference="4417", location="loc_b")])
    page = somewhere("America/Los_Angeles")
    page.goto(f"{site}/tickets/")
    assert shared.parts().directory.names(patience=LIMIT).by_id  # no page waits for the names of the locations
    press(page.get_by_role("button", name="Use Los Angeles"), by)
    page.wait_for_function("() => document.querySelector('#zone-line')?.dataset.zone === 'America/Los_Angeles'")
    location = page.get_by_label("Location", exact=True)
    if by == "mouse":
        location.select_option(label="Reno")
    else:
        location.focus()
        page.keyboard.type("Reno")
    press(page.locator(".time > summary"), by)
    for label in ("From (day included)", "To (day included)"):
        page.get_by_label(label).fill("Fri 20 Nov 2026")
    page.get_by_label("Reference", exact=True).fill("4417")
    press(page.get_by_role("button", name="Show", exact=True), by)
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(3)
    expect(page.locator("#rows time").last).to_have_text("Fri 20 Nov 19:10:00 PST")


def press(button: Locator, by: str) -> None:
    if by == "mouse":
        button.click()
    else:
        button.focus()
        button.press("Enter")


def test_a_day_picked_in_the_calendar_is_written_into_the_field(site, serve, page):
    serve([made(1)])
    page.goto(f"{site}/tickets/?range=30d")
    open_times(page)
    start = page.get_by_label("From (day included)")
    around = page.locator(".field", has=start)
    expect(around.get_by_role("button", name="Pick a day")).to_be_visible()
    around.locator('input[type="date"]').evaluate(
        "(calendar) => { calendar.value = '2026-11-20'; calendar.dispatchEvent(new Event('change', { bubbles: true })); }"
    )
    expect(start).to_have_value("2026-11-20")
    expect(start).to_be_focused()
    expect(page.locator("#filter-range")).to_have_value("")
    calendar = around.locator('input[type="date"]')
    calendar.evaluate("one => { one.showPicker = () => { one.dataset.shown = one.value; }; }")  # the browser's own
    start.fill("2026-11-18 09:00")
    around.get_by_role("button", name="Pick a day").click()
    expect(calendar).to_have_attribute("data-shown", "2026-11-18")
    page.keyboard.press("Escape")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_no_accessibility_violation(site, serve, somewhere, scheme, width):
    serve([made(1)])
    page = somewhere("America/Los_Angeles", color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 740})
    page.goto(f"{site}/tickets/")
    expect(line(page)).to_be_visible()
    accessible(page)
    nothing_spills_over(page)
    page.goto(f"{site}/tickets/?created[gte]=11/12")
    expect(page.locator(".field-error a")).to_have_count(2)
    accessible(page)
    nothing_spills_over(page)


def test_times_that_were_typed_before_another_zone_was_chosen_elsewhere_stay_the_same_moments(site, serve, page):
    serve([made(number) for number in range(40)])
    page.goto(f"{site}/tickets/?created%5Bgte%5D=2026-11-20T11:30:00Z&created%5Blt%5D=2026-11-20T11:50:00Z")
    expect(page.locator(ROWS)).to_have_count(20)
    page.request.post(f"{site}/preferences/", form={"zone": "America/New_York", **token(page.context.new_page(), site)})
    page.get_by_label("Reference", exact=True).fill("R-1")
    page.keyboard.press("Enter")
    page.wait_for_url("**search_query=R-1**")
    assert "created%5Bgte%5D=2026-11-20T11:30:00Z" in page.url
    expect(page.locator(ROWS)).to_have_count(9)
