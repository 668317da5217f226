"""A log-in that was begun and not ended leaves nothing for long: anybody can begin one, as often as they like."""

from datetime import timedelta

import time_machine
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from dashboard.identity.single_sign_on import AT_THE_PROVIDER
from tests.dashboard.identity.single_sign_on.conftest import come_back, sign_on


def test_it_is_forgotten_soon_and_whoever_begins_one_then_removes_some(remote):
    """Each was kept for as long as a day's session: hundreds a second were millions before they were removed, once a day."""
    with time_machine.travel(timezone.now(), tick=False) as clock:
        for _ in range(50):
            assert Client().get("/login/sso/").status_code == 302
        assert Session.objects.count() == 50
        clock.shift(AT_THE_PROVIDER)
        clock.shift(timedelta(seconds=1))
        left = []
        for _ in range(4):
            Client().get("/login/sso/")
            left.append(Session.objects.count())
    assert left == [31, 12, 3, 4]


def test_who_has_come_in_has_a_session_as_long_as_any(client, remote, settings):
    started = client.get("/login/sso/")
    assert client.session.get_expiry_age() <= AT_THE_PROVIDER.total_seconds()
    assert come_back(client, remote.log_in_there(started["Location"])).status_code == 302
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE
    kept = Session.objects.get(pk=client.session.session_key)
    assert kept.expire_date > timezone.now() + timedelta(hours=settings.SESSION_MAX_HOURS, minutes=-5)
    client.get("/login/sso/")
    assert client.session.get_expiry_age() == settings.SESSION_COOKIE_AGE


def test_who_was_in_before_goes_on_as_long(client, remote, settings):
    sign_on(client, remote)
    before = client.session.session_key
    client.get("/login/sso/")
    assert (client.session.session_key, client.session.get_expiry_age()) == (before, settings.SESSION_COOKIE_AGE)
