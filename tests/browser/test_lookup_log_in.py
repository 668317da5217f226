"""A look-up in a session that has ended: the page stays with all that was pasted, says what to do, and goes on after log-in."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from dashboard.identity.accounts import give_roles
from tests.browser.conftest import Gate, accessible, watch
from tests.browser.test_login import end_all_sessions, log_in, login_required  # noqa: F401 - a fixture among them
from tests.browser.test_lookup import DONE, HEADING, LIST, fill, others, results
from tests.dashboard.identity.conftest import PASSWORD
from tests.pages.conftest import made
from tests.processes import PATIENCE

PASTED = [f"R-{number}" for number in range(300)]


@pytest.fixture
def analyst(db: None) -> User:
    user = User.objects.create_user("anna", password=PASSWORD)
    give_roles(user, ["analyst"])
    return user


def open_and_fill(page: Page, site: str) -> None:
    page.goto(f"{site}/tickets/lookup/")
    log_in(page)
    page.wait_for_url("**/tickets/lookup/")
    fill(page, site, *PASTED)


def anew(page: Page, site: str) -> None:
    """Begin a session in another tab."""
    other = page.context.new_page()
    other.goto(f"{site}/login/?next=/tickets/lookup/")
    log_in(other)
    other.wait_for_url("**/tickets/lookup/")
    other.close()


def test_the_page_stays_says_to_log_in_and_one_press_goes_on(site, serve, page, analyst):
    serve([made(number) for number in range(300)])
    open_and_fill(page, site)
    end_all_sessions()
    page.get_by_role("button", name="Look up").click()
    offline = page.locator("#lookup-offline")
    expect(offline).to_contain_text("You are no longer logged in. What stands here stays.")
    expect(page.get_by_label(LIST)).to_have_value("\n".join(PASTED))
    accessible(page)
    with page.context.expect_page() as opened:
        offline.get_by_role("link", name="Log in").click()
    log_in(opened.value)
    opened.value.wait_for_url("**/tickets/lookup/")
    opened.value.close()
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    expect(offline).to_be_hidden()
    assert results(page) == ["found"] * 300


def test_a_log_in_in_another_tab_costs_nothing(site, serve, page, analyst):
    serve([made(number) for number in range(300)])
    open_and_fill(page, site)
    end_all_sessions()
    anew(page, site)
    page.get_by_role("button", name="Look up").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found"] * 300
    end_all_sessions()
    anew(page, site)
    others(page)
    page.get_by_label(LIST).fill("none")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("[data-result]")).to_have_count(1)
    assert results(page) == ["missing"]
    end_all_sessions()
    anew(page, site)
    page.get_by_role("button", name="further back").click()
    expect(page.locator("#lookup-further")).to_be_enabled()
    expect(page.locator("#lookup-offline")).to_be_hidden()
    expect(page.locator("#lookup-run")).to_be_hidden()


def test_a_session_that_ends_while_it_looks_leads_nowhere(site, serve, page, analyst):
    """The page asks once a second how far it is."""
    gate = Gate(serve([made(number) for number in range(300)]), answered=0)
    open_and_fill(page, site)
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-run")).to_be_visible()
    assert gate.waits.wait(PATIENCE)  # it has begun: that somebody looked at once would be refused is another test
    with page.expect_response(lambda answer: answer.status == 401):
        end_all_sessions()
    gate.open()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found"] * 300
    expect(page.get_by_label(LIST)).to_have_value("\n".join(PASTED))


def test_what_is_too_large_is_said_and_stays(site, serve, page, analyst):
    serve([])
    open_and_fill(page, site)
    page.get_by_label(LIST).evaluate("(list) => { list.value = ('R'.repeat(999) + '\\n').repeat(2700); }")
    page.get_by_role("button", name="Look up").click()
    expect(page.locator("#lookup-offline")).to_contain_text("choose that (up to 4 MB), or look it up in parts.")
    assert page.get_by_label(LIST).evaluate("(list) => list.value.length") == 2_700_000


def test_without_javascript_the_page_that_keeps_it_is_sent_again(
    site, serve, new_context, analyst, nothing_odd_happens
):
    serve([made(number) for number in range(300)])
    context = new_context(java_script_enabled=False)
    watch(context, site, nothing_odd_happens)
    page = context.new_page()
    open_and_fill(page, site)
    end_all_sessions()
    page.get_by_role("button", name="Look up").click()
    expect(page.get_by_role("heading", name="You are no longer logged in")).to_be_visible()
    anew(page, site)
    page.get_by_role("button", name="Send it again").click()
    expect(page.get_by_role("heading", name="You logged in anew meanwhile")).to_be_visible()
    page.get_by_role("button", name="Send it again").click()
    expect(page.locator(HEADING)).to_have_text(DONE)
    assert results(page) == ["found"] * 300
