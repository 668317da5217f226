"""People whom a proxy in front has logged in: only listed proxies are believed."""

from ipaddress import ip_network
from unicodedata import normalize

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from audit.models import Event, Kind
from dashboard.identity.roles import read_groups
from dashboard.proxy import connects_from_trusted_proxy
from tests.dashboard.identity.conftest import HERE, log_in, through, wsgi
from tests.pages.conftest import made


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


def roles_now() -> list[str]:
    return sorted(User.objects.get().groups.values_list("name", flat=True))


def test_roles_follow_the_groups_of_each_request(client, proxy_with_groups, serve):
    serve([])
    session = None
    for groups, roles, tickets, people in [
        ("ops", ["viewer"], 200, 403),
        ("ops,leads", ["admin", "viewer"], 200, 200),
        ("lunch", [], 403, 403),
        ("leads", ["admin"], 200, 200),
        (None, [], 403, 403),
        ("ops", ["viewer"], 200, 403),
        ("", [], 403, 403),
    ]:
        assert through(client, groups=groups, path="/tickets/").status_code == tickets, groups
        assert through(client, groups=groups, path="/admin/").status_code == people, groups
        assert roles_now() == roles
        session = session or client.session.session_key
        assert client.session.session_key == session


def test_what_a_page_asks_for_by_itself_names_the_groups_too(client, proxy_with_groups, serve):
    serve([])
    assert through(client, groups="ops", path="/tickets/").status_code == 200
    sent = {"X-Remote-User": "anna", "X-Remote-Groups": "lunch", "HX-Request": "true", "X-By-Itself": "true"}
    assert client.get("/tickets/", headers=sent, REMOTE_ADDR="10.0.0.1").status_code == 403


def test_groups_that_stay_are_not_written_anew(client, proxy_with_groups):
    through(client, groups="ops")
    with CaptureQueriesContext(connection) as asked:
        through(client, groups="ops")
    assert not [query["sql"] for query in asked if query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))]


def test_roles_follow_also_in_a_session_that_began_at_the_log_in_page(client, proxy_with_groups, person, serve):
    serve([])
    person("anna", "admin")
    log_in(client, "anna")
    assert through(client, groups="ops", path="/tickets/").status_code == 200
    assert roles_now() == ["viewer"]


def test_without_groups_in_a_header_roles_are_given_by_hand_and_stay(client, proxy, person):
    person("anna", "analyst")
    through(client, groups="leads")
    through(client, groups="leads")
    assert roles_now() == ["analyst"]


@pytest.mark.parametrize("name", ["Zoë", "Łukasz", "Жанна", "Nguyễn Văn à", "山田", "Noë\u0308l"])
def test_names_are_utf_8(client, proxy, name):
    assert through(client, wsgi(name)).wsgi_request.user.get_username() == normalize("NFC", name)
    assert through(client, wsgi(name)).status_code == 200
    assert User.objects.get().username == normalize("NFC", name)


@pytest.mark.parametrize("said", ["Küche", "lunch; Küche ,x", "Ku\u0308che"])
@pytest.mark.parametrize("mapped", ["Küche", "Ku\u0308che"])
def test_groups_are_utf_8(client, proxy_with_groups, settings, serve, said, mapped):
    settings.REMOTE_GROUPS = read_groups(f"{mapped}=viewer,à=analyst")
    serve([])
    assert through(client, groups=wsgi(said), path="/tickets/").status_code == 200
    assert roles_now() == ["viewer"]
    through(client, groups=wsgi("à"))
    assert roles_now() == ["analyst"]


NO_UTF_8 = [b"\xff\xfe", b"Zo\xeb", b"\xc3", b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80", b"\x80"]


@pytest.mark.parametrize("sent", NO_UTF_8)
def test_a_name_that_is_no_utf_8_is_refused_in_words(client, proxy, sent, caplog):
    response = through(client, sent.decode("latin-1"))
    assert response.status_code == 400
    assert "You were not let in" in response.content.decode()
    assert "they are not UTF-8" in response.content.decode()
    assert "10.0.0.1 sends a name or groups that are not UTF-8" in caplog.text
    assert User.objects.count() == 0


@pytest.mark.parametrize("sent", NO_UTF_8)
def test_groups_that_are_no_utf_8_are_refused_in_words_and_give_nothing(client, proxy_with_groups, sent):
    groups = "leads," + sent.decode("latin-1")
    assert through(client, groups=groups).status_code == 400
    through(client, groups="ops")
    response = through(client, groups=groups)
    assert (response.status_code, "they are not UTF-8" in response.content.decode()) == (400, True)
    assert roles_now() == ["viewer"]


def test_whom_the_proxy_names_so_that_nobody_can_read_it_is_no_longer_who_was_here_before(client, proxy):
    through(client)
    assert through(client, "\xff\xfe").status_code == 400
    assert client.get(HERE, REMOTE_ADDR="10.0.0.1").status_code == 302


def test_from_anywhere_else_it_is_refused_as_every_name_is(client, proxy):
    assert through(client, "\xff\xfe", address="9.9.9.9").status_code == 403


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


@pytest.mark.parametrize("name", ["anna", "Anna", "ANNA", " anna ", "ａｎｎａ"])
def test_an_account_that_is_switched_off_stays_out_whatever_the_spelling(client, proxy, person, name):
    person("anna", "viewer", is_active=False)
    assert through(client, wsgi(name)).status_code == 403
    assert User.objects.count() == 1


def test_who_stays_out_stands_in_the_trail_by_the_name_that_the_proxy_said(client, proxy, person):
    person("anna", is_active=False)
    through(client, "Anna")
    [event] = Event.objects.all()
    assert (event.kind, event.user_id, event.user_name) == (Kind.LOGIN_FAILED, None, "Anna")


def test_those_who_stay_out_do_not_lock_out_the_others_behind_the_proxy(client, proxy, person):
    person("anna", is_active=False)
    for _ in range(12):
        through(Client())
    assert through(client, "berta").status_code == 200


@pytest.mark.parametrize("path", ["/readyz", "/login/"])
def test_pages_for_everybody_need_no_proxy(client, proxy, path):
    assert through(client, path=path, address="9.9.9.9").status_code == 200
