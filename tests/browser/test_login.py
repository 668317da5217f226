"""Logging in, and sessions that end, in a real browser."""

import re

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from playwright.sync_api import Page, expect

from dashboard.identity.accounts import give_roles
from tests.browser.conftest import LOOKS, accessible, nothing_spills_over
from tests.browser.test_list import ROWS
from tests.dashboard.identity.conftest import PASSWORD, apply
from tests.pages.conftest import made

SIGN_ON = {
    "OIDC_ISSUER": "https://idp.example.com",
    "OIDC_CLIENT_ID": "tickets",
    "OIDC_CLIENT_SECRET": "secret",
    "OIDC_GROUPS": "ops=viewer",
}


@pytest.fixture(autouse=True)
def login_required(settings: object) -> None:
    apply(settings)
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = False  # the live server speaks plain http
    settings.ALLOWED_HOSTS = ["localhost", "testserver"]


@pytest.fixture
def anna(db: None) -> User:
    user = User.objects.create_user("anna", password=PASSWORD)
    give_roles(user, ["viewer"])
    return user


def log_in(page: Page, password: str = PASSWORD) -> None:
    page.get_by_label("User name").fill("anna")
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def end_all_sessions() -> None:
    """As time would: their notes of when they began are long past."""
    for session in Session.objects.all():
        store = session.get_session_store_class()(session.session_key)
        store.update({"began": 0, "seen": 0})
        store.save()


def test_show_more_in_an_ended_session_leads_to_the_log_in_page_and_back_to_the_list(site, serve, page, anna, settings):
    serve([made(number) for number in range(60)])
    place = f"{site}/tickets/?location=loc_a&limit=50"  # its end is out of sight, and asks for nothing by itself
    page.goto(place)
    log_in(page)
    page.wait_for_url(place)
    expect(page.locator("#rows [data-ticket-id]")).to_have_count(50)
    end_all_sessions()
    page.locator("a[rel=next]").dispatch_event("click")  # without scrolling there, which would ask as well
    page.wait_for_url("**/login/?next=*")
    expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    expect(page.locator("table")).to_have_count(0)
    log_in(page)
    page.wait_for_url(place)
    expect(page.locator("#rows [data-ticket-id]").first).to_be_visible()


def test_the_filter_form_in_an_ended_session_does_too(site, serve, page, anna):
    serve([made(number) for number in range(3)])
    place = f"{site}/tickets/?location=loc_a"
    page.goto(place)
    log_in(page)
    page.wait_for_url(place)
    end_all_sessions()
    page.get_by_label("Reference", exact=True).fill("R-2")
    page.get_by_role("button", name="Show", exact=True).click()
    page.wait_for_url("**/login/?next=*")
    log_in(page)
    page.wait_for_url(f"{place}&**search_query=R-2**")
    expect(page.locator(ROWS)).to_have_count(1)


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
@pytest.mark.parametrize("ways", [{}, SIGN_ON], ids=["password", "single sign-on"])
def test_the_log_in_page_is_accessible_and_fits(site, page, settings, scheme, width, ways, db):
    apply(settings, **ways)
    page.set_viewport_size({"width": width, "height": 740})
    page.emulate_media(color_scheme=scheme)
    page.goto(f"{site}/login/?next=/tickets/")
    log_in(page, "wrong")
    expect(page.get_by_role("alert")).to_contain_text("Wrong user name or password")
    expect(page.get_by_label("Password")).to_be_focused()  # and whoever cannot see it hears why
    expect(page.get_by_label("Password")).to_have_accessible_description(re.compile("^Wrong user name or password"))
    accessible(page)
    nothing_spills_over(page)
    expect(page.get_by_label("User name")).to_have_value("anna")


def test_the_password_page_and_the_refusal_are_accessible(site, serve, page, anna):
    serve([])
    page.goto(f"{site}/password/")
    log_in(page)
    page.wait_for_url(f"{site}/password/")  # the log-in page's own address ends like that, too
    for label in ("Old password", "New password", "New password confirmation"):
        page.get_by_label(label, exact=True).fill("anna")
    page.get_by_role("button", name="Change the password").click()
    expect(page.locator(".field-error").first).to_be_visible()
    expect(page.locator("[aria-invalid=true]").first).to_be_focused()
    accessible(page)
    page.goto(f"{site}/admin/")
    expect(page.get_by_role("heading", name="You may not see this")).to_be_visible()
    accessible(page)


def test_the_pages_to_manage_people_work_under_the_strict_policy(site, page, anna):
    give_roles(anna, ["admin"])
    page.goto(f"{site}/admin/")
    log_in(page)
    page.wait_for_url(f"{site}/admin/")
    page.get_by_role("link", name="Users").click()
    page.get_by_role("link", name="anna").first.click()
    page.get_by_label("First name").fill("Anna")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("was changed successfully")).to_be_visible()
