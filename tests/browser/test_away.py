"""While somebody reads a list the dashboard's database goes away, or a proxy answers for the dashboard: each is what is said."""

import re

from django.db import OperationalError
from playwright.sync_api import Page, expect

from tests.browser.test_list import ROWS
from tests.pages.conftest import made
from tickets_app.ticket_list import looks

AWAY = "#away h1"
SAID = "The dashboard’s own database does not answer"


def fail(*_: object, **__: object) -> None:
    raise OperationalError


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
