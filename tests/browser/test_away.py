"""While somebody reads a list the dashboard's database goes away, it has an error of its own, or a proxy answers for it.

Each is said where it can be seen, and nothing that was shown or typed goes.
"""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import LOOKS, accessible
from tests.browser.test_list import ROWS
from tests.browser.test_panel import fail, opened, row
from tests.pages.conftest import made
from tickets_app.ticket import views as ticket_views
from tickets_app.ticket_list import looks, views

AWAY = "#failure h1"
SAID = "The dashboard’s own database does not answer"


def break_down(*_: object, **__: object) -> None:
    raise RuntimeError


def press_for_more(page: Page) -> None:
    page.locator('#rows a[rel="next"]').click()


def test_a_list_says_so_and_goes_on_when_it_is_back(site, serve, page, monkeypatch):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=20")
    monkeypatch.setattr(looks, "record", fail)
    for _ in range(2):
        with page.expect_response(lambda answer: answer.status == 503):
            press_for_more(page)
        expect(page.locator(AWAY)).to_have_text(SAID)
    expect(page.locator("#offline")).to_be_hidden()
    shown = page.locator(ROWS).count()
    monkeypatch.undo()
    press_for_more(page)
    expect(page.locator(ROWS)).to_have_count(shown + 20)
    expect(page.locator(AWAY)).to_have_count(0)


@pytest.mark.parametrize(("fault", "said"), [(fail, SAID), (break_down, "Something went wrong here")])
def test_what_is_shown_and_typed_stays_and_is_asked_for_again(site, serve, page, monkeypatch, fault, said):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=20")
    monkeypatch.setattr(views.gateway, "list_tickets", fault)
    reference = page.get_by_label("Reference", exact=True)
    reference.fill("R-4")
    reference.press("Enter")
    expect(page.locator(AWAY)).to_have_text(said)
    expect(page.locator(ROWS)).to_have_count(20)
    expect(reference).to_have_value("R-4")
    assert page.url == f"{site}/tickets/?limit=20"
    assert page.title().startswith("TEST · Tickets")
    monkeypatch.undo()
    if fault is fail:
        page.locator("#failure").get_by_role("link", name="Try again").click()
    else:
        reference.press("Enter")
    page.wait_for_url("**search_query=R-4**")
    expect(page.locator("#failure")).to_have_count(0)
    expect(page.locator(ROWS)).to_have_count(11)


def test_a_choice_of_columns_stays_and_is_asked_for_again(site, serve, page, monkeypatch):
    serve([made(number, total="1.00") for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.locator("#columns-menu > summary, summary:has-text('Columns')").first.click()
    monkeypatch.setattr(views.gateway, "list_tickets", fail)
    page.get_by_role("checkbox", name="total").check()
    expect(page.locator(AWAY)).to_have_text(SAID)
    expect(page.locator(ROWS)).to_have_count(5)
    monkeypatch.undo()
    page.locator("#failure").get_by_role("link", name="Try again").click()
    expect(page.get_by_role("columnheader", name="total")).to_be_visible()


def test_it_is_in_sight_wherever_one_reads_and_trying_again_appends(site, serve, page, monkeypatch):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=30")
    monkeypatch.setattr(looks, "record", fail)
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    expect(page.locator(AWAY)).to_have_text(SAID)
    expect(page.locator(AWAY)).to_be_in_viewport(ratio=1)
    monkeypatch.undo()
    page.locator("#failure").get_by_role("link", name="Try again").click()
    expect(page.locator(ROWS)).to_have_count(60)
    expect(page.locator("[data-ticket-id=tkt_00000]")).to_have_count(1)
    assert page.url == f"{site}/tickets/?limit=30"


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("fault", [fail, break_down])
def test_the_panel_says_it_and_tries_again(site, serve, page, monkeypatch, fault, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    serve([made(number) for number in range(30)])
    page.goto(f"{site}/tickets/?limit=30")
    page.locator(row(25)).scroll_into_view_if_needed()
    monkeypatch.setattr(ticket_views.gateway, "ticket", fault)
    page.locator(row(25)).click()
    said = page.locator("#panel .alert")
    expect(said).to_contain_text(SAID if fault is fail else "Something went wrong here")
    expect(said).to_be_in_viewport(ratio=1)
    expect(page.locator("#failure")).to_have_count(0)
    expect(page.locator("#panel")).not_to_have_attribute("aria-busy", "true")
    accessible(page)
    monkeypatch.undo()
    page.get_by_role("button", name="Try again").click()
    opened(page, 25)
    page.get_by_role("button", name="Close").click()
    expect(page.locator(ROWS)).to_have_count(30)


def test_a_count_that_fails_is_said_once_and_can_be_gone_on_with(site, serve, page, monkeypatch):
    serve([made(number) for number in range(300)])
    page.goto(f"{site}/tickets/?range=30d&limit=20")
    page.locator("label.chart-toggle").click()
    monkeypatch.setattr(views.timeline, "count_on", fail)
    page.get_by_role("link", name="Count the rest").click()
    expect(page.locator(AWAY)).to_have_text(SAID)
    page.locator("#failure").evaluate("box => { box.dataset.first = 'yes'; }")
    with page.expect_response(lambda answer: answer.status == 503):
        page.get_by_role("link", name="Count the rest").click()
    expect(page.locator("#failure")).to_have_attribute("data-first", "yes")
    monkeypatch.undo()
    page.locator("#failure").get_by_role("link", name="Try again").click()
    expect(page.locator("#histogram-title")).to_have_text(re.compile("^300 tickets"))
    expect(page.locator("#failure")).to_have_count(0)


def test_what_a_proxy_says_has_no_place_among_the_rows(site, serve, page):
    serve([made(number) for number in range(70)])
    page.goto(f"{site}/tickets/?limit=20")
    shown = page.locator(ROWS).count()
    more = re.compile("starting_after")
    odd = {"status": 502, "content_type": "text/html", "body": "<!DOCTYPE html><title>502</title><h1>Bad Gateway</h1>"}
    page.route(more, lambda route: route.fulfill(**odd))
    press_for_more(page)
    expect(page.locator("#offline")).to_be_visible()
    expect(page.get_by_text("Bad Gateway")).to_have_count(0)
    expect(page.locator(ROWS)).to_have_count(shown)
    page.unroute(more)
    press_for_more(page)
    expect(page.locator(ROWS)).to_have_count(shown + 20)
    expect(page.locator("#offline")).to_be_hidden()


def test_what_is_too_long_to_be_sent_is_said_to_be(site, serve, page):
    serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    page.route(re.compile("search_query"), lambda route: route.fulfill(status=414, body="Request-URI Too Large"))
    reference = page.get_by_label("Reference", exact=True)
    reference.fill("R-1")
    reference.press("Enter")
    expect(page.locator("#offline")).to_contain_text("too long to be sent")
    expect(reference).to_have_value("R-1")
