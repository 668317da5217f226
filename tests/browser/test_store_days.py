"""A store's days in a real browser: the field for a business day beside the other times, by keyboard, and without JavaScript."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LIMIT, LOOKS, accessible, nothing_spills_over, open_times
from tests.pages.conftest import made
from tickets_app.models import LocationClock

AT = [(20, 11, 59, 59), (20, 12, 0, 0), (21, 11, 59, 59), (21, 12, 0, 0)]
BOUNDS = "**location=loc_a&created%5Bgte%5D=2026-11-20T04:00:00-08:00&created%5Blt%5D=2026-11-21T04:00:00-08:00"


@pytest.fixture
def reno(serve, site) -> str:
    LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)
    serve([made(number, at=datetime(2026, 11, *moment, tzinfo=UTC)) for number, moment in enumerate(AT)])
    return f"{site}/tickets/?location=loc_a"


def ids(page: Page) -> list[str]:
    return page.locator("#rows [data-ticket-id]").evaluate_all("rows => rows.map((row) => row.dataset.ticketId)")


def test_a_business_day_is_typed_and_sent_by_keyboard(reno, page):
    page.goto(reno)
    open_times(page)
    expect(page.locator(".days-words")).to_contain_text("Days are Reno’s (P")
    expect(page.locator(".days-words")).to_contain_text("T), from 04:00. Times of day are in UTC.")
    page.get_by_label("Business day").fill("20 Nov 2026")
    page.keyboard.press("Enter")
    page.wait_for_url(BOUNDS)
    expect(page.locator("#time-in-force")).to_contain_text("Business day Fri 20 Nov")
    assert ids(page) == ["tkt_00002", "tkt_00001"]


def test_a_business_day_a_time_of_one_press_and_from_to_exclude_each_other(reno, page):
    page.goto(f"{reno}&business_day=2026-11-20")
    page.wait_for_url(BOUNDS)
    open_times(page)
    day, start = page.get_by_label("Business day"), page.get_by_label("From (day included)")
    expect(day).to_have_value("2026-11-20")
    start.fill("19 Nov 2026")
    start.press("Tab")
    expect(day).to_have_value("")
    day.fill("20 Nov 2026")
    day.press("Tab")
    expect(start).to_have_value("")
    page.get_by_role("link", name="Last 30 days").click()
    page.wait_for_url("**location=loc_a&range=30d")
    expect(page.locator(".field-error")).to_have_count(0)


def test_without_javascript(reno, browser):
    context = browser.new_context(java_script_enabled=False)
    context.set_default_timeout(LIMIT * 1000)
    page = context.new_page()
    page.goto(reno)
    open_times(page)
    page.get_by_label("Business day").fill("20 Nov 2026")
    page.get_by_role("button", name="Apply").click()
    page.wait_for_url(BOUNDS)
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(2)
    context.close()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_and_nothing_spills_over(reno, page, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    page.goto(f"{reno}&business_day=nonsense")
    expect(page.locator("#filter-business_day_error")).to_be_visible()
    accessible(page)
    nothing_spills_over(page, [width])
