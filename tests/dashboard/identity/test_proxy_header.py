"""People whom a proxy in front has logged in: only listed proxies are believed."""

from ipaddress import ip_network

import pytest
from django.contrib.auth.models import User
from django.test import Client, RequestFactory

from dashboard.proxy import connects_from_trusted_proxy
from tests.dashboard.identity.conftest import apply, log_in
from tests.pages.conftest import made

HERE = "/password/changed/"


@pytest.fixture
def proxy(settings, db):
    apply(settings, REMOTE_USER_HEADER="X-Remote-User", TRUSTED_PROXIES="10.0.0.1,10.1.0.0/16")


@pytest.fixture
def proxy_with_groups(settings, db):
    apply(
        settings,
        REMOTE_USER_HEADER="X-Remote-User",
        TRUSTED_PROXIES="10.0.0.1",
        REMOTE_GROUPS_HEADER="X-Remote-Groups",
        REMOTE_GROUPS="ops=viewer,leads=admin",
    )


def through(
    client: Client, name: str | None = "anna", *, groups: str | None = None, path: str = HERE, address: str = "10.0.0.1"
):
    headers = {"X-Remote-User": name, "X-Remote-Groups": groups}
    given = {header: value for header, value in headers.items() if value is not None}
    return client.get(path, headers=given, REMOTE_ADDR=address)


@pytest.mark.parametrize("address", ["10.0.0.1", "10.1.2.3", "::ffff:10.0.0.1"])
def test_a_listed_proxy_logs_people_in(client, proxy, address):
    assert through(client, address=address).status_code == 200
    user = User.objects.get()
    assert user.username == "anna"
    assert not user.has_usable_password()


@pytest.mark.parametrize("address", ["10.0.0.2", "10.2.0.1", "127.0.0.1", "::1", "", "unix:"])
def test_the_header_from_anywhere_else_is_refused_and_copper_is_not_asked(client, proxy, address, serve):
    sandbox = serve([made(1)])
    response = through(client, path="/tickets/", address=address)
    assert response.status_code == 403
    assert "does not come from a proxy that may" in response.content.decode()
    assert User.objects.count() == 0
    assert len(sandbox.ledger) == 0


def test_a_forwarded_address_makes_nobody_a_trusted_proxy(client, proxy, settings):
    response = client.get(HERE, headers={"X-Remote-User": "anna", "X-Forwarded-For": "10.0.0.1"}, REMOTE_ADDR="9.9.9.9")
    assert response.status_code == 403


@pytest.mark.parametrize(("peer", "trusted"), [("10.0.0.1", True), ("9.9.9.9", False)])
def test_what_counts_is_the_connection_also_where_remote_addr_is_already_the_persons(settings, peer, trusted):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    request = RequestFactory().get("/", REMOTE_ADDR="9.9.9.9" if trusted else "10.0.0.1")
    request.connected_from = peer
    assert connects_from_trusted_proxy(request) == trusted


def test_without_the_setting_the_header_means_nothing(client, db):
    response = through(client)
    assert (response.status_code, response["Location"].startswith("/login/")) == (302, True)
    assert User.objects.count() == 0


def test_who_has_no_role_is_told_so(client, proxy):
    response = through(client, path="/tickets/")
    assert response.status_code == 403
    assert "Your account may not see tickets" in response.content.decode()


def test_groups_in_a_header_lead_to_roles_at_each_log_in(client, proxy_with_groups):
    for groups, roles, staff in [
        ("ops", ["viewer"], False),
        ("lunch; leads,ops", ["admin", "viewer"], True),
        ("", [], False),
    ]:
        through(Client(), groups=groups)
        user = User.objects.get()
        assert (sorted(group.name for group in user.groups.all()), user.is_staff) == (roles, staff)


def test_another_name_is_another_session(client, proxy):
    through(client, "anna")
    anna = client.session.session_key
    assert through(client, "berta").wsgi_request.user.get_username() == "berta"
    assert client.session.session_key != anna


def test_whom_the_proxy_no_longer_names_is_out(client, proxy):
    assert through(client).status_code == 200
    assert through(client, None).status_code == 302


def test_the_log_in_page_works_beside_it_and_its_sessions_are_left_alone(client, proxy, person):
    person("carl", "viewer")
    log_in(client, "carl")
    assert through(client, None, address="192.168.0.1").status_code == 200


def test_who_was_away_for_long_comes_straight_back_in(client, proxy, settings):
    through(client)
    first = client.session.session_key
    session = client.session
    session["seen"] = session["began"] = 0
    session.save()
    assert through(client).status_code == 200
    assert client.session.session_key != first


@pytest.mark.parametrize("name", ["a" * 151, "an\x7fna", "an\u200bna"])
def test_a_name_that_cannot_be_kept_is_refused(client, proxy, name):
    assert through(client, name).status_code == 403
    assert User.objects.count() == 0


def test_an_account_that_is_switched_off_stays_out(client, proxy, person):
    person("anna", "viewer", is_active=False)
    assert through(client).status_code == 403


def test_those_who_stay_out_do_not_lock_out_the_others_behind_the_proxy(client, proxy, person):
    person("anna", is_active=False)
    for _ in range(12):
        through(Client())
    assert through(client, "berta").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/login/"])
def test_pages_for_everybody_need_no_proxy(client, proxy, path):
    assert through(client, path=path, address="9.9.9.9").status_code == 200
