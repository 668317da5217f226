"""The audit page in a real browser: light, dark, narrow; with axe; and by keyboard."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page, expect

from audit.models import Event, Kind
from tests.browser.conftest import LOOKS, accessible, nothing_spills_over

FACTS = {
    "filters": {"location": "loc_a", "created[gte]": "2026-11-20T09:00:00Z", "search_query_length": 12},
    "shown": 50,
}


@pytest.fixture
def trail(site, serve, page) -> Page:
    """A page of an auditor's."""
    serve([])
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    page.context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": site}])
    return page


def happen(count: int) -> None:
    """Events of all kinds."""
    for number in range(count):
        kind = Kind.values[number % len(Kind.values)]
        odd = "<img src=x onerror=alert(1)>" if number % 7 == 0 else f"tkt_{number:05}"
        values = {
            "kind": kind,
            "subject": odd,
            "user_name": "ada",
            "address": "10.0.0.9",
            "request_id": "0123456789abcdef",
        }
        Event(at=timezone.now(), facts=FACTS, **values).save()


@pytest.mark.parametrize(("scheme", "width"), LOOKS)
def test_axe_finds_nothing_and_nothing_spills_over(trail, site, scheme, width):
    happen(2 * len(Kind.values))
    trail.emulate_media(color_scheme=scheme)
    trail.set_viewport_size({"width": width, "height": 800})
    for address in ("/audit/", "/audit/?kind=none&from=soon", "/audit/?person=nobody", "/nowhere"):
        trail.goto(site + address)
        accessible(trail)
        nothing_spills_over(trail)


def test_a_filter_and_the_way_to_older_events(trail, site):
    happen(120)
    trail.goto(f"{site}/audit/")
    trail.get_by_label("What").select_option(label="Exported tickets")
    trail.get_by_role("button", name="Show events").click()
    exported = Event.objects.filter(kind=Kind.EXPORTED).count()
    assert exported
    expect(trail.locator("[data-event-id]")).to_have_count(exported)
    expect(trail.get_by_label("What")).to_have_value("exported")
    trail.get_by_role("link", name="Reset").click()
    shown = 0
    while True:
        rows = trail.locator("[data-event-id]")
        expect(rows.first).to_be_visible()
        shown += rows.count()
        more = trail.locator('a[rel="next"]')
        if not more.count():
            break
        with trail.expect_navigation():  # the address alone may be the one before: it is of older events, too
            more.click()
    assert shown == 121  # the log-in is one as well
    with trail.expect_download() as download:
        trail.get_by_role("link", name="Export as CSV").click()
    assert download.value.suggested_filename == "audit.csv"
