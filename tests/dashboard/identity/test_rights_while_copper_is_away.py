"""What was kept of Copper's answers is shown to those who may see it now, not to those who might when it came."""

import pytest
from django.contrib.auth.models import User

from copper_sandbox import Fault
from dashboard.identity.accounts import give_roles
from tests.pages.conftest import clock, made  # noqa: F401 - a fixture

PAGES = ("/tickets/", "/tickets/tkt_00001/")


@pytest.fixture
def anna(logged_in, serve, settings, clock):  # noqa: F811 - the fixture
    """She has seen a list and a ticket; then Copper is down."""
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    sandbox = serve([made(1)])
    browser = logged_in("anna", "viewer")
    assert [browser.get(page).status_code for page in PAGES] == [200, 200]
    sandbox.script(lambda _asked: Fault(503))
    clock.shift(60)
    for page in PAGES:
        assert b"Copper has not answered since" in browser.get(page).content
    return browser


def test_whose_right_was_taken_away_is_refused_what_was_kept(anna):
    give_roles(User.objects.get(username="anna"), [])
    for page in PAGES:
        response = anna.get(page)
        assert response.status_code == 403
        assert b"R-1" not in response.content
    assert anna.get("/tickets/", headers={"HX-Request": "true"}).status_code == 403


def test_nor_is_it_shown_to_whoever_never_had_the_right_or_was_switched_off(anna, logged_in):
    browser = logged_in("bert")
    assert [browser.get(page).status_code for page in PAGES] == [403, 403]
    User.objects.filter(username="anna").update(is_active=False)
    assert [anna.get(page).status_code for page in PAGES] == [302, 302]
