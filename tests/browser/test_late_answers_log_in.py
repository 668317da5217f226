"""Where people log in: a note on its way while one goes on, and a session that ends behind a list."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Held, quiet
from tests.browser.test_arrivals import PILL, arrive, quick  # noqa: F401 - fixtures
from tests.browser.test_list import scroll_to_the_end
from tests.browser.test_notes import FIELD, add, anna, end_all_sessions, enter, login_required, to_the_field  # noqa: F401 - fixtures
from tests.browser.test_panel import opened, row
from tests.pages.conftest import made
from tickets_app.models import Note

REFERENCE = "#filter-search_query"


@pytest.fixture
def sent(site, page, anna) -> Held:  # noqa: F811 - the fixture
    """A note is on its way."""
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    notes = Held(page, "**/tkt_00001/notes/")
    to_the_field(page)
    page.keyboard.type("called Reno")
    add(page)
    notes.wait()
    return notes


def test_a_copied_link_is_no_log_in_page(site, page, anna, serve):  # noqa: F811 - the fixture
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    serve([made(number) for number in range(300)])
    enter(page, site, "/tickets/?limit=100")
    scroll_to_the_end(page, 200)
    end_all_sessions()
    with page.expect_response("**/tickets/share"):
        page.locator("#share > summary").click()
    page.locator("#copy-link").click()
    expect(page.locator("#live")).to_contain_text("It says that you saw 100 tickets, not 200")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "DOCTYPE" not in copied, copied[:120]


def test_the_mark_of_a_note_stands_on_its_own_row(page, sent):
    ticket = Held(page, "**/tickets/tkt_00002/")
    page.keyboard.press("j")
    ticket.wait()
    sent.open()
    expect(page.locator("#rows .noted")).to_have_count(1)
    assert page.locator("#rows tr:has(.noted)").get_attribute("data-ticket-id") == "tkt_00001"


def test_j_after_add_note_goes_on_and_is_not_typed(page, sent):
    ticket = Held(page, "**/tickets/tkt_00002/")
    page.keyboard.press("j")
    ticket.wait()
    sent.open()
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    quiet(page)
    page.keyboard.press("j")
    expect(page.locator(FIELD)).to_have_value("")


def test_a_note_that_was_saved_is_no_draft(page, sent):
    page.keyboard.press("j")
    opened(page, 2)
    with page.expect_response("**/notes/"):
        sent.open()
    page.keyboard.press("k")
    opened(page, 1)
    assert Note.objects.count() == 1
    expect(page.locator(FIELD)).to_have_value("")


def test_a_note_that_was_not_saved_is_said_wherever_one_is(page, sent):
    page.keyboard.press("j")
    opened(page, 2)
    sent.routes.pop().fulfill(status=502, body="Bad Gateway")
    expect(page.locator("body")).to_contain_text("not saved")


def test_what_is_typed_while_a_note_is_sent_stays(page, sent):
    page.locator(FIELD).focus()
    page.keyboard.press("End")
    page.keyboard.type(" and Harbor")
    sent.open()
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    assert "Harbor" in page.locator(FIELD).input_value()


def test_a_note_takes_no_focus_from_somebody_who_types_elsewhere(page, sent):
    page.keyboard.press("/")
    page.keyboard.type("44")
    sent.open()
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    quiet(page)
    page.keyboard.type("17")
    expect(page.locator(REFERENCE)).to_have_value("4417")


def test_new_is_not_on_in_an_ended_session(site, page, anna, serve, quick):  # noqa: F811 - the fixture
    sandbox = serve([made(number) for number in range(20)])
    enter(page, site)
    arrive(sandbox, 1)
    expect(page.locator(PILL)).to_have_text("1 new ticket")
    end_all_sessions()
    arrive(sandbox, 2, 3)
    expect(page.locator(PILL)).to_have_text("Logged out: log in to see new tickets")
    expect(page.locator("#watch")).to_have_attribute("aria-pressed", "false")
