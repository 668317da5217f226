"""Notes on a ticket by keys and clicks: in the panel, after a lost session, without JavaScript; free of barriers."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from dashboard.identity.accounts import give_roles
from dashboard.identity.backends import AsKept
from tests.browser.conftest import LOOKS, accessible, nothing_spills_over
from tests.browser.test_away import fail
from tests.browser.test_login import end_all_sessions, log_in, login_required  # noqa: F401 - a fixture among them
from tests.browser.test_panel import opened, row
from tests.dashboard.identity.conftest import PASSWORD
from tests.pages.conftest import made
from tickets_app.models import Note

FIELD = "#note-text"


@pytest.fixture
def anna(db: None, serve) -> User:
    serve([made(number) for number in range(5)])
    user = User.objects.create_user("anna", password=PASSWORD)
    give_roles(user, ["analyst"])
    return user


def enter(page: Page, site: str, path: str = "/tickets/") -> None:
    page.goto(f"{site}{path}")
    log_in(page)
    page.wait_for_url(f"{site}{path}")


def to_the_field(page: Page) -> None:
    page.locator("#notes > summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(FIELD)).to_be_focused()


def add(page: Page) -> None:
    page.get_by_role("button", name="Add note").press("Enter")


def test_a_note_is_written_by_keys_in_the_panel_and_marks_its_row(site, page, anna):
    enter(page, site)
    page.locator(row(1)).press("Enter")
    opened(page, 1)
    expect(page.locator("#notes-head")).to_have_text("Notes (0)")
    to_the_field(page)
    page.keyboard.type("Called Reno, j k")
    expect(page.locator("#note-count")).to_contain_text("16 of 2,000")
    add(page)
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    expect(page.locator(".note-text")).to_have_text("Called Reno, j k")
    expect(page.locator(FIELD)).to_be_focused()
    expect(page.locator("#live")).to_have_text("Notes (1)")
    opened(page, 1)
    page.get_by_role("heading", name="R-1").click()
    noted = page.locator("#rows tr[data-ticket-id=tkt_00001] .noted")
    expect(noted).to_have_text("✎11 note")
    at_once = noted.evaluate("mark => mark.outerHTML")
    page.keyboard.press("Escape")
    page.wait_for_url(f"{site}/tickets/")
    expect(page.locator("#panel")).to_be_hidden()
    page.reload()
    expect(noted).to_contain_text("1 note")
    assert noted.evaluate("mark => mark.outerHTML") == at_once
    expect(page.locator("#rows .noted")).to_have_count(1)


def test_what_is_too_long_is_said_beside_it_and_a_draft_waits_while_one_goes_on(site, page, anna):
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    long = "x" * 2001
    page.locator(FIELD).fill(long)
    expect(page.locator("#note-count")).to_have_class("quiet too-long")
    add(page)
    expect(page.locator("#note-problem")).to_contain_text("2,001 characters")
    expect(page.locator(FIELD)).to_have_value(long)
    expect(page.locator(FIELD)).to_be_focused()
    page.locator(FIELD).fill("half a thought")
    page.get_by_role("button", name="Ticket below").click()
    opened(page, 2)
    expect(page.locator(FIELD)).to_have_value("")
    page.get_by_role("button", name="Ticket above").click()
    opened(page, 1)
    expect(page.locator(FIELD)).to_have_value("half a thought")


def test_in_an_ended_session_the_words_stay_and_one_press_after_log_in_adds_them(site, page, anna):
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    page.keyboard.type("dear words")
    end_all_sessions()
    add(page)
    expect(page.locator("#note-problem")).to_contain_text("You are no longer logged in")
    expect(page.locator(FIELD)).to_have_value("dear words")
    with page.context.expect_page() as other:
        page.locator("#note-problem a").click()
    log_in(other.value)
    other.value.wait_for_url("**/tickets/tkt_00001/notes/")
    other.value.close()
    add(page)
    expect(page.locator(".note-text")).to_have_text("dear words")
    assert Note.objects.count() == 1


def test_while_the_database_is_away_a_note_says_so_and_nothing_blames_the_network(site, page, anna, monkeypatch):
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    page.keyboard.type("dear words")
    monkeypatch.setattr(AsKept, "get_user", fail)
    add(page)
    expect(page.locator("#note-problem")).to_have_text(
        "The note was not saved: The dashboard’s own database does not answer. It is still here: try again."
    )
    expect(page.locator("#offline")).to_be_hidden()
    expect(page.locator(FIELD)).to_have_value("dear words")
    monkeypatch.undo()
    add(page)
    expect(page.locator(".note-text")).to_have_text("dear words")
    assert Note.objects.count() == 1


def test_a_note_is_removed_by_two_presses(site, page, anna):
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    page.keyboard.type("wrong ticket")
    add(page)
    expect(page.locator(FIELD)).to_be_focused()  # which is done once the note is there
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    page.locator(".note-remove summary").press("Enter")
    page.get_by_role("button", name="Remove it for good").press("Enter")
    expect(page.locator("#notes-head")).to_have_text("Notes (0)")
    expect(page.locator(FIELD)).to_be_focused()
    assert Note.objects.count() == 0


def test_without_javascript_it_is_written_searched_and_removed(site, new_context, anna):
    plain = new_context(java_script_enabled=False).new_page()
    enter(plain, site, "/tickets/tkt_00001/")
    to_the_field(plain)
    plain.keyboard.type("x" * 2001)
    add(plain)
    expect(plain.locator("#note-problem")).to_contain_text("2,001 characters")
    plain.locator(FIELD).fill("Zoë paid")
    add(plain)
    plain.wait_for_url("**/tickets/tkt_00001/#notes")
    expect(plain.locator(".note-text")).to_have_text("Zoë paid")
    plain.goto(f"{site}/tickets/notes/")
    plain.get_by_label("Text").fill("ZOË")
    plain.keyboard.press("Enter")
    plain.locator(".note-item a").click()
    plain.locator(".note-remove summary").click()
    plain.get_by_role("button", name="Remove it for good").click()
    expect(plain.locator("#notes-head")).to_have_text("Notes (0)")


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_panel_list_and_search_are_free_of_barriers(site, page, anna, scheme, width):
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 800})
    enter(page, site)
    page.locator(row(1)).click()
    opened(page, 1)
    to_the_field(page)
    page.locator(FIELD).fill("A long line without a space: " + "x" * 200 + "\n\tand a second one")
    add(page)
    expect(page.locator("#notes-head")).to_have_text("Notes (1)")
    page.locator(".note-remove summary").click()
    add(page)
    accessible(page)
    page.locator(FIELD).fill("x" * 2001)
    add(page)
    expect(page.locator("#note-problem")).to_be_visible()
    accessible(page)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for path in (
        "/tickets/",
        "/tickets/notes/",
        "/tickets/notes/?before=x",
        "/tickets/tkt_00001/notes/",
        "/tickets/export/",
    ):
        page.goto(f"{site}{path}")
        accessible(page)
        nothing_spills_over(page)
    page.goto(f"{site}/tickets/tkt_00001/notes/")
    page.locator(".note-remove summary").click()
    expect(page.get_by_role("button", name="Remove it for good")).to_be_visible()
    accessible(page)
