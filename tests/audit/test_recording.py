"""What pages tell the trail, what of it is kept, and that no page fails for it."""

import html
import json
import logging
import re
import sqlite3
import time
from collections.abc import Iterator
from contextlib import suppress

import pytest
from axes.signals import user_locked_out
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection, connections
from django.db.utils import load_backend
from django.test import Client, RequestFactory
from django.urls import reverse

from audit import people, recording, trail
from audit.models import Event, Kind
from tests.pages.conftest import NOON, made
from tests.patience import PATIENCE

TICKETS = [made(number) for number in range(120)]


def told(kind: Kind) -> list[Event]:
    return list(Event.objects.filter(kind=kind).order_by("id"))


@pytest.fixture
def ada(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_user("ada", password="analytical engine"))
    return client


def test_who_looked_at_which_ticket(serve, ada):
    serve(TICKETS)
    ada.get("/tickets/tkt_00003/", headers={"X-Request-Id": "from-the-proxy-1"}, REMOTE_ADDR="::1")
    [event] = told(Kind.TICKET_VIEWED)
    assert (event.subject, event.user_name, event.user_id) == ("tkt_00003", "ada", User.objects.get().pk)
    assert (event.address, event.request_id, event.facts) == ("::1", "from-the-proxy-1", {})


def test_a_ticket_that_could_not_be_shown_was_asked_for_all_the_same(serve, ada):
    serve(TICKETS)
    ada.get("/tickets/tkt_none/")
    [event] = told(Kind.TICKET_VIEWED)
    assert (event.subject, event.facts) == ("tkt_none", {"failure": "not_found"})


def test_which_filters_were_searched_with(serve, ada):
    serve(TICKETS)
    ada.get("/tickets/?location=loc_a&created[lt]=2026-11-21T00:00:00Z&limit=7")
    [event] = told(Kind.SEARCHED)
    assert event.facts == {"filters": {"location": "loc_a", "created[lt]": "2026-11-21T00:00:00Z"}, "shown": 7}


@pytest.mark.parametrize(
    ("allowed", "kept"), [(False, {"search_query_length": 16}), (True, {"search_query": "Ada Lovelace’s R"})]
)
def test_the_search_text_is_kept_only_where_it_is_allowed(serve, ada, settings, allowed, kept):
    settings.AUDIT_SEARCH_TEXT = allowed
    serve(TICKETS)
    ada.get("/tickets/", {"search_query": "Ada Lovelace’s R"})
    [event] = told(Kind.SEARCHED)
    assert event.facts["filters"] == kept


def test_pages_appended_to_a_list_are_not_searches_of_their_own(serve, ada):
    serve(TICKETS)
    for headers in ({}, {"HX-Request": "true"}):
        url, pages = "/tickets/", 0
        while url:
            response = ada.get(url, headers=headers if pages else {})
            following = re.search(r'<a rel="next" href="([^"]*)"', response.content.decode())
            url, pages = following and html.unescape(following[1]), pages + 1
        assert pages == 3
    assert len(told(Kind.SEARCHED)) == 2


def test_a_refused_address_is_no_search(serve, ada):
    serve(TICKETS)
    assert ada.get("/tickets/?limit=0").status_code == 400
    assert told(Kind.SEARCHED) == []


def test_a_search_that_failed_says_how(serve, ada, settings):
    serve(TICKETS)
    settings.COPPER_API_URL = "http://127.0.0.1:9/v1"  # nobody listens there
    ada.get("/tickets/")
    [event] = told(Kind.SEARCHED)
    assert event.facts == {"filters": {}, "shown": 0, "failure": "unreachable"}


def test_people_who_are_not_logged_in_have_no_name(serve, client):
    serve(TICKETS)
    client.get("/tickets/")
    [event] = told(Kind.SEARCHED)
    assert (event.user_id, event.user_name) == (None, "")


def test_an_export_says_how_many_rows_left_and_whether_the_file_is_whole(rf, db):
    trail.exported(rf.get("/"), [("location", "loc_a")], file_format="csv", rows=312, complete=False)
    [event] = told(Kind.EXPORTED)
    assert event.facts == {"format": "csv", "filters": {"location": "loc_a"}, "rows": 312, "complete": False}


def test_a_shared_view_that_changed_is_named(rf, db):
    trail.changed_view(rf.get("/"), "Reno, charged twice", "shared", [("search_query", "secret")])
    [event] = told(Kind.VIEW_CHANGED)
    assert event.subject == "Reno, charged twice"
    assert event.facts == {"change": "shared", "filters": {"search_query_length": 6}}


def test_logging_in_failing_to_and_logging_out(db, client):
    User.objects.create_user("ada", password="analytical engine")
    for password in ("difference engine", "analytical engine"):
        client.post(reverse("login"), {"username": "ada", "password": password})
    client.post(reverse("logout"))
    found = [(event.kind, event.user_name, event.facts) for event in Event.objects.order_by("id")]
    assert found == [(Kind.LOGIN_FAILED, "ada", {}), (Kind.LOGGED_IN, "ada", {}), (Kind.LOGGED_OUT, "ada", {})]
    assert all(event.request_id for event in Event.objects.all())


def test_a_failed_log_in_is_of_the_name_that_was_typed_not_of_who_sits_there(ada):
    request = RequestFactory().post("/login/")
    request.user = User.objects.get()
    people.login_failed(credentials={"username": "grace"}, request=request)
    assert told(Kind.LOGIN_FAILED)[0].user_name == "grace"


@pytest.mark.parametrize("credentials", [{}, {"username": None}, {"nonce": "x"}, {"username": "x" * 5000}])
def test_whatever_was_typed_a_failed_log_in_is_recorded(db, credentials):
    people.login_failed(credentials=credentials)
    assert len(told(Kind.LOGIN_FAILED)) == 1


def test_somebody_who_is_locked_out_is_recorded(rf, db):
    user_locked_out.send("axes", request=rf.post("/login/"), username="ada", ip_address="10.0.0.9")
    [event] = told(Kind.LOCKED_OUT)
    assert event.user_name == "ada"


@pytest.mark.parametrize("odd", ["\0", "a\nb", "\x1b[31m", "\ud800", "\u2028", "x" * 10_000])
def test_odd_texts_are_kept_marked_and_cut(any_database, odd):
    assert recording.record(None, Kind.VIEW_CHANGED, subject=odd, user_name=odd, change=odd, filters={odd: [odd]})
    [event] = told(Kind.VIEW_CHANGED)
    assert len(event.facts["change"]) <= recording.MAX_TEXT
    assert not {"\0", "\n", "\x1b", "\ud800", "\u2028"} & set(event.subject + event.user_name + event.facts["change"])


def test_each_event_is_a_line_in_the_log_as_well(serve, ada, caplog):
    serve(TICKETS)
    with caplog.at_level(logging.INFO, logger="audit"):
        ada.get("/tickets/tkt_00003/")
    [line] = [record.facts for record in caplog.records if record.name == "audit"]
    assert (line["kind"], line["subject"], line["user_name"]) == ("ticket_viewed", "tkt_00003", "ada")
    assert json.dumps(line)


@pytest.fixture
def file_database(tmp_path, django_db_blocker, monkeypatch) -> Iterator[str]:
    """The default connection is one to a SQLite file, with all migrations applied."""
    path = str(tmp_path / "db.sqlite3")
    usual = connections["default"]
    default = connections.databases["default"]
    settings = default | {"NAME": path, "OPTIONS": default["OPTIONS"] | {"timeout": PATIENCE}}
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    monkeypatch.setattr(recording, "_rests_until", 0.0)
    with django_db_blocker.unblock():
        call_command("migrate", verbosity=0)
        yield path
        connection.close()
        connections["default"] = usual


def read_only(path: str) -> None:
    connection.cursor().execute("PRAGMA query_only = ON")


def full(path: str) -> None:
    pages = connection.cursor().execute("PRAGMA page_count").fetchone()[0]
    connection.cursor().execute(f"PRAGMA max_page_count = {pages}")
    with suppress(OperationalError):
        while True:  # until what is left in the last pages is used up
            Event(at=NOON, kind=Kind.SEARCHED).save()


def locked(path: str) -> sqlite3.Connection:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    return other


@pytest.mark.parametrize("fault", [read_only, full, locked])
def test_a_database_that_takes_no_event_fails_no_page(file_database, serve, caplog, fault):
    serve(TICKETS)
    client = Client()
    client.force_login(User.objects.create_user("ada"))
    held = fault(file_database)
    rows, lost = Event.objects.count(), recording.lost._value.get()
    started = time.monotonic()
    with caplog.at_level(logging.INFO, logger="audit"):
        response = client.get("/tickets/")
    assert (response.status_code, response.content.count(b"data-ticket-id")) == (200, 50)
    assert b"ada" in response.content
    assert time.monotonic() - started < PATIENCE  # that of all else
    assert Event.objects.count() == rows
    assert recording.lost._value.get() == lost + 1
    lines = [record.facts["kind"] for record in caplog.records if record.name == "audit" and hasattr(record, "facts")]
    assert lines[-1] == "searched"
    if held is not None:
        held.close()
        client.get("/tickets/")
        assert Event.objects.count() == rows + 1


def test_a_database_that_fails_slowly_is_left_alone_for_a_moment(db, monkeypatch):
    clock = [100.0]
    tries = []

    def fail(*_: object, **__: object) -> None:
        tries.append(clock[0])
        clock[0] += recording.SLOW * 2
        raise OperationalError

    monkeypatch.setattr(recording.time, "monotonic", lambda: clock[0])
    monkeypatch.setattr(recording, "_rests_until", 0.0)
    monkeypatch.setattr(Event, "save", fail)
    for _ in range(3):
        assert recording.record(None, Kind.SEARCHED) is False
    assert tries == [100.0]
    clock[0] += recording.REST
    recording.record(None, Kind.SEARCHED)
    assert len(tries) == 2
    monkeypatch.setattr(recording, "_rests_until", 0.0)


def test_who_asks_cannot_be_found_out_and_the_event_is_still_told(rf, db):
    class NotNow:
        @property
        def is_authenticated(self) -> bool:
            raise OperationalError

    request = rf.get("/")
    request.user = NotNow()
    assert recording.record(request, Kind.SEARCHED)


def test_guessing_until_locked_out_is_all_in_the_trail(db, client, settings):
    settings.LOGIN_HASHES_PER_SECOND, settings.AXES_FAILURE_LIMIT = 1000, 3
    User.objects.create_user("ada", password="analytical engine")
    for _ in range(3):
        client.post(reverse("login"), {"username": "ada", "password": "wrong"})
    assert {event.user_name for event in told(Kind.LOGIN_FAILED)} == {"ada"}
    assert {event.user_name for event in told(Kind.LOCKED_OUT)} == {"ada"}


@pytest.mark.parametrize("error", [InterfaceError("connection already closed"), TypeError("no JSON"), OSError("gone")])
def test_whatever_adding_an_event_raises_the_page_is_served(serve, ada, monkeypatch, error):
    def fails(*_: object, **__: object) -> None:
        raise error

    serve([made(1)])
    monkeypatch.setattr(Event, "save", fails)
    lost = recording.lost._value.get()
    assert ada.get("/tickets/").status_code == 200
    assert recording.lost._value.get() == lost + 1


def test_an_event_in_a_file_is_one_statement_which_commits_itself(any_database):
    """In PostgreSQL it takes a transaction, in which the lock is waited for less."""
    with connection.execute_wrapper(lambda run, sql, *rest: asked.append(sql.split()[0]) or run(sql, *rest)):
        asked = []
        recording.record(None, Kind.LOGGED_OUT, subject="once")
    assert asked == {"sqlite": ["INSERT"], "postgresql": ["SET", "INSERT"]}[any_database]
    assert not connection.in_atomic_block
    other = load_backend(connection.settings_dict["ENGINE"]).DatabaseWrapper(connection.settings_dict, "default")
    with other.cursor() as cursor:
        cursor.execute("SELECT subject FROM audit_event")
        assert cursor.fetchall() == [("once",)]
    other.close()
