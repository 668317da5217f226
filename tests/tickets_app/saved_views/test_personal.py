"""Saved views, preferences and the time zone: whose they are, what they keep, and what is refused."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.models import Session
from django.test import Client

from audit.models import Event, Kind
from dashboard.identity.accounts import give_roles
from tests.dashboard.identity.conftest import apply
from tests.pages.conftest import made
from tests.pages.reading import Reader
from tickets_app.display import person
from tickets_app.filters.times import RANGES
from tickets_app.models import Preference, SavedView
from tickets_app.saved_views import store

QUERY = "location=loc_a&range=24h&limit=2&columns=total"


def save(client: Client, name: str = "Reno", query: str = QUERY, **more: str):
    return client.post("/views/", {"name": name, "query": query, **more})


@pytest.fixture
def log_in(settings, db):
    """Browsers of people with these roles, as with LOGIN_REQUIRED=true."""
    apply(settings)

    def browser(name: str, *roles: str) -> Client:
        user = User.objects.filter(username=name).first() or User.objects.create_user(name)
        give_roles(user, list(roles))
        client = Client()
        client.force_login(user, backend="dashboard.identity.backends.Accounts")
        return client

    return browser


def test_a_view_keeps_filters_columns_and_rows_and_a_relative_time_stays_relative(serve, client, pages):
    serve([made(1)])
    response = save(client, query="location=loc_a&range=24h&limit=2&columns=total&starting_after=tkt_1")
    assert (response.status_code, response.url) == (302, f"/tickets/?{QUERY}")
    page = pages.open(f"/tickets/?{QUERY}")
    assert "View: Reno" in page.text
    assert f"/tickets/?{QUERY}" in pages.open("/views/").links
    assert "Location: Reno · Last 24 hours · columns total" in pages.open("/views/").text


def test_local_times_of_a_view_mean_the_same_in_another_zone(client, settings, serve):
    serve([])
    settings.TIME_ZONE = "America/New_York"
    save(client, query="created[gte]=2026-11-20T09:00")
    assert SavedView.objects.get().query == "created%5Bgte%5D=2026-11-20T09:00:00-05:00"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "Give the view a name"),
        ("   ", "Give the view a name"),
        ("a\0b", "control character"),
        ("x" * 81, "at most 80 characters"),
    ],
)
def test_a_name_that_cannot_be_is_400_and_nothing_typed_is_lost(client, serve, name, said):
    serve([])
    response = save(client, name)
    assert response.status_code == 400
    assert said in response.content.decode()
    assert 'value="location=loc_a&amp;range=24h&amp;limit=2&amp;columns=total"' in response.content.decode()
    assert not SavedView.objects.exists()


@pytest.mark.parametrize("query", ["limit=0", "created[gte]=never", "search_query=%FF", "location=a&location=b", "x=%"])
def test_filters_that_make_no_sense_are_not_saved(client, serve, query):
    serve([])
    assert save(client, query=query).status_code == 400
    assert not SavedView.objects.exists()


def test_a_name_that_is_taken_is_said_and_replaced_only_when_that_is_asked_for(client, serve):
    serve([])
    save(client)
    refused = save(client, query="limit=7")
    assert refused.status_code == 400
    assert "You have a view named “Reno” already" in refused.content.decode()
    assert SavedView.objects.get().query == QUERY
    assert save(client, query="limit=7", replace="1").status_code == 302
    assert SavedView.objects.get().query == "limit=7"


def test_no_more_than_so_many(client, serve, monkeypatch):
    serve([])
    monkeypatch.setattr(store, "MOST", 2)
    assert [save(client, name).status_code for name in "abc"] == [302, 302, 400]


def change(client: Client, what: str, name: str = "Reno"):
    return client.post(f"/views/{SavedView.objects.get(name=name).pk}/", {"change": what})


def test_rename_share_delete(client, pages, serve):
    serve([])
    save(client)
    save(client, "Harbor")
    assert change(client, "rename").status_code == 400  # to no name
    pk = SavedView.objects.get(name="Reno").pk
    assert client.post(f"/views/{pk}/", {"change": "rename", "name": "Harbor"}).status_code == 400
    assert client.post(f"/views/{pk}/", {"change": "rename", "name": " Reno now "}).status_code == 302
    other = Client()
    assert "Reno now" not in Reader(other).open("/views/").text
    assert change(client, "share", "Reno now").status_code == 302
    assert "Reno now" in Reader(other).open("/views/").text
    assert change(client, "unshare", "Reno now").status_code == 302
    assert "Reno now" not in Reader(other).open("/views/").text
    assert change(client, "delete", "Reno now").status_code == 302
    assert "Reno now" not in pages.open("/views/").text
    assert change(client, "burn", "Harbor").status_code == 400
    gone = client.post("/views/999999/", {"change": "delete"})
    assert gone.status_code == 404
    assert "This view is no longer there" in gone.content.decode()
    assert client.get("/views/999999/")["Location"] == "/views/", "opened again after an error"


def test_without_login_views_belong_to_the_browser_and_end_with_its_session(client, pages, serve):
    serve([])
    save(client)
    assert "Reno" not in Reader(Client()).open("/views/").text
    assert client.cookies["sessionid"]["max-age"] == person.YEAR
    Session.objects.all().delete()
    assert not SavedView.objects.exists()
    assert "There are none yet" in pages.open("/views/").text


def test_with_login_views_belong_to_the_person_on_every_browser(log_in, serve):
    serve([])
    save(log_in("anna", "viewer"))
    assert "Reno" in Reader(log_in("anna", "viewer")).open("/views/").text
    assert "Reno" not in Reader(log_in("ben", "viewer")).open("/views/").text


@pytest.mark.parametrize(
    ("roles", "may"),
    [
        (["viewer"], "read tickets"),
        (["sharer"], "read tickets, write notes, share views"),
        (["admin"], "read tickets, export them and look up many, write notes, share views, manage people"),
    ],
)
def test_the_menu_says_what_somebody_may_do(log_in, serve, roles, may):
    serve([])
    text = Reader(log_in("anna", *roles)).open("/views/").text
    assert f"You may {may}." in text
    assert ("To do more, ask an administrator" in text) is (roles != ["admin"])


def test_sharing_needs_the_right_and_others_cannot_change_what_is_shared(log_in, serve):
    serve([])
    viewer, sharer, admin = log_in("anna", "viewer"), log_in("ben", "sharer", "viewer"), log_in("eve", "admin")
    refused = save(viewer, shared="1")
    assert refused.status_code == 403
    assert "may not share views" in refused.content.decode()
    save(viewer)
    assert change(viewer, "share").status_code == 403
    assert save(sharer, "Till line", shared="1").status_code == 302
    assert "shared by ben" in Reader(viewer).open("/views/").text
    for what in ("unshare", "delete"):
        assert change(viewer, what, "Till line").status_code == 403
    pk = SavedView.objects.get(name="Till line").pk
    assert viewer.post(f"/views/{pk}/", {"change": "rename", "name": "Mine now"}).status_code == 403
    assert admin.post(f"/views/{pk}/", {"change": "rename", "name": "Mine now"}).status_code == 403
    assert change(admin, "unshare", "Till line").status_code == 302
    assert viewer.post(f"/views/{pk}/", {"change": "default"}).status_code == 404


def test_changes_of_shared_views_are_in_the_audit_trail(log_in, serve):
    serve([])
    sharer = log_in("ben", "sharer", "viewer")
    save(sharer, "own")
    save(sharer, "ours", "location=loc_a", shared="1")
    change(sharer, "unshare", "ours")
    change(sharer, "delete", "own")
    events = Event.objects.filter(kind=Kind.VIEW_CHANGED).order_by("pk")
    assert [(event.subject, event.facts["change"]) for event in events] == [
        ("ours", "saved"),
        ("ours", "no longer shared"),
    ]
    assert events[0].facts["filters"] == {"location": "loc_a"}


def test_the_dashboard_begins_with_the_default_view_and_the_list_stays_what_its_address_says(client, pages, serve):
    serve([made(1)])
    assert client.get("/").url == "/tickets/"
    save(client)
    assert 'value="default"' in client.get("/views/").content.decode()
    assert change(client, "default").url == "/views/"
    assert 'value="no_default"' in client.get("/views/").content.decode()
    assert client.get("/").url == f"/tickets/?{QUERY}"
    assert client.get("/tickets/").status_code == 200
    badge = ">start page</span>"
    assert badge in client.get("/views/").content.decode()
    change(client, "no_default")
    assert badge not in client.get("/views/").content.decode()
    assert client.get("/").url == "/tickets/"
    change(client, "default")
    change(client, "delete")
    assert client.get("/").url == "/tickets/"


def test_a_default_view_that_is_no_longer_shared_is_not_begun_with(log_in, serve):
    serve([])
    sharer, viewer = log_in("ben", "sharer", "viewer"), log_in("anna", "viewer")
    save(sharer, shared="1")
    change(viewer, "default")
    assert viewer.get("/").url == f"/tickets/?{QUERY}"
    change(sharer, "unshare")
    assert viewer.get("/").url == "/tickets/"


def test_the_zone_is_remembered_and_every_time_says_it(client, pages, serve):
    serve([made(0)])
    assert "Fri 20 Nov 12:00:00 UTC" in pages.open("/tickets/").text
    response = client.post("/preferences/", {"zone": "America/New_York", "next": "/tickets/?limit=5"})
    assert (response.status_code, response.url) == (302, "/tickets/?limit=5")
    page = pages.open("/tickets/")
    assert "Fri 20 Nov 07:00:00 EST" in page.text
    assert "Times in America/New_York, EST (UTC−05:00)" in page.text
    assert "Fri 20 Nov 2026, 07:00:00 EST" in pages.open("/tickets/tkt_00000/").text
    typed = pages.open("/tickets/?created[gte]=2026-11-20T07:00")
    assert typed.response.url == "/tickets/?created%5Bgte%5D=2026-11-20T07:00:00-05:00"
    client.post("/preferences/", {"zone": ""})
    assert "12:00:00 UTC" in pages.open("/tickets/").text


def test_over_a_clock_change_two_times_that_read_the_same_are_told_apart(client, pages, serve):
    at = [datetime(2026, 11, 1, hour, 30, tzinfo=UTC) for hour in (6, 5)]
    serve([made(number, at=moment) for number, moment in enumerate(at)])
    client.post("/preferences/", {"zone": "America/New_York"})
    text = pages.open("/tickets/").text
    assert "Sun 1 Nov 01:30:00 EST" in text
    assert "Sun 1 Nov 01:30:00 EDT" in text


def test_with_login_the_zone_is_the_persons_on_every_browser(log_in, serve):
    serve([made(0)])
    next_page = "/tickets/?created%5Bgte%5D=2026-11-20T00:00:00Z"
    chosen = log_in("anna", "viewer").post("/preferences/", {"zone": "Asia/Kathmandu", "next": next_page})
    assert chosen.url == next_page.replace("Z", "%2B05:45"), "what was just chosen is in force at once"
    assert "17:45:00 UTC+05:45" in Reader(log_in("anna", "viewer")).open("/tickets/").text
    assert "12:00:00 UTC" in Reader(log_in("ben", "viewer")).open("/tickets/").text


@pytest.mark.parametrize("zone", ["Mars/Olympus", "../etc/passwd", "a\0b", "posix/UTC", "x" * 5000])
def test_a_zone_that_is_none_is_400(client, serve, zone):
    serve([])
    assert client.post("/preferences/", {"zone": zone}).status_code == 400
    assert not Preference.objects.exists()


def test_a_zone_that_this_machine_does_not_know_is_as_if_none_was_chosen(client, pages, serve):
    serve([made(0)])
    client.post("/preferences/", {"zone": "Asia/Kathmandu"})
    Preference.objects.update(zone="Mars/Olympus")
    assert "12:00:00 UTC" in pages.open("/tickets/").text


@pytest.mark.parametrize("url", ["https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_preferences_never_lead_to_another_host(client, url):
    assert client.post("/preferences/", {"theme": "dark", "next": url}).url == "/preferences/"


def test_the_theme_is_a_cookie_that_the_server_writes_into_the_page(client, serve):
    serve([])
    assert "data-bs-theme" not in client.get("/tickets/").content.decode()
    client.post("/preferences/", {"theme": "dark"})
    assert 'data-bs-theme="dark"' in client.get("/tickets/").content.decode()
    client.post("/preferences/", {"theme": "system"})
    assert "data-bs-theme" not in client.get("/tickets/").content.decode()
    client.cookies["theme"] = '"><script>'
    assert "data-bs-theme" not in client.get("/tickets/").content.decode()


@pytest.mark.parametrize(("name", "words"), [(name, words) for name, (words, _) in RANGES.items()])
def test_relative_times_are_one_press_and_stay_in_the_address(serve, pages, name, words):
    serve([])
    page = pages.open("/tickets/?location=loc_a&created[gte]=2026-11-20T09:00:00Z")
    assert f"/tickets/?location=loc_a&range={name}" in page.links
    assert f"Filters: All locations · {words}" in pages.open(f"/tickets/?range={name}").text


def test_a_view_that_is_saved_after_the_session_has_ended_is_kept_to_be_sent_again(log_in, serve):
    serve([])
    browser = log_in("anna", "viewer")
    Session.objects.all().delete()
    response = save(browser, "Reno at noon")
    assert response.status_code == 401
    assert 'name="name" value="Reno at noon"' in response.content.decode()
