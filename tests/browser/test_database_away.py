"""The dashboard's own database goes away while somebody reads a list: that is what is said, and it is over when it is back."""

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
