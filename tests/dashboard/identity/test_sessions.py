"""Sessions end by themselves, and what was pressed then leads to a whole log-in page and back."""

import os
import subprocess
import sys
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.test import Client
from django.utils import timezone

from dashboard.identity import session_store
from tests.dashboard.identity.conftest import PROJECT, log_in
from tests.pages.conftest import made

THEN = datetime.fromisoformat("2026-11-24T09:00:00+00:00")
HERE = "/password/changed/"


@pytest.fixture
def clock():
    with time_machine.travel(THEN, tick=False) as traveller:
        yield traveller


def is_in(client: Client) -> bool:
    return client.get(HERE).status_code == 200


def test_a_session_ends_after_an_hour_without_a_request(clock, logged_in):
    client = logged_in("anna")
    clock.shift(timedelta(minutes=60))
    assert is_in(client)
    clock.shift(timedelta(minutes=60, seconds=1))
    assert not is_in(client)
    assert Session.objects.count() == 0, "and its key is dead"


def test_requests_keep_it_alive_but_not_for_longer_than_half_a_day(clock, logged_in):
    client = logged_in("anna")
    for _ in range(24):
        clock.shift(timedelta(minutes=30))
        assert is_in(client)
    clock.shift(timedelta(seconds=1))
    assert not is_in(client)


def test_the_times_are_settings(clock, logged_in, settings):
    settings.SESSION_IDLE_MINUTES, settings.SESSION_MAX_HOURS = 5, 1
    client = logged_in("anna")
    clock.shift(timedelta(minutes=5, seconds=1))
    assert not is_in(client)
    log_in(client)
    for _ in range(12):
        clock.shift(timedelta(minutes=5))
        assert is_in(client)
    clock.shift(timedelta(seconds=1))
    assert not is_in(client)


def test_what_a_page_asks_for_by_itself_does_not_keep_it_alive(clock, logged_in, serve):
    serve([made(1)])
    client = logged_in("anna", "viewer")
    for _ in range(6):
        clock.shift(timedelta(minutes=10))
        assert client.get("/tickets/", headers={"X-By-Itself": "true"}).status_code == 200
    clock.shift(timedelta(seconds=1))
    assert client.get("/tickets/", headers={"X-By-Itself": "true"}).status_code == 302


def test_a_log_in_before_the_first_request_of_a_process_begins_a_session_too():
    code = (
        "import django; django.setup(); from django.contrib.auth.signals import user_logged_in as signal; "
        "from django.http import HttpRequest; request = HttpRequest(); request.session = {}; "
        "from types import SimpleNamespace as User; user = User(get_username=lambda: 'anna', save=lambda **_: None); "
        "signal.send_robust(User, request=request, user=user); print(sorted(request.session))"
    )
    env = {**os.environ, "DJANGO_SETTINGS_MODULE": "tests.settings"}
    done = subprocess.run([sys.executable, "-c", code], env=env, cwd=PROJECT, capture_output=True, text=True)
    assert done.stdout.splitlines()[-1:] == ["['began', 'seen']"], done.stderr


def test_a_session_without_times_has_ended(client, person):
    client.force_login(person("anna"), backend="dashboard.identity.backends.Accounts")
    session = client.session
    del session["began"], session["seen"]
    session.save()
    assert not is_in(client)


def test_show_more_after_the_end_leads_to_a_whole_log_in_page_and_back_to_the_same_place(clock, logged_in, serve):
    sandbox = serve([made(number) for number in range(30)])
    client = logged_in("anna", "viewer")
    place = "/tickets/?location=loc_a&limit=10"
    assert client.get(place).status_code == 200
    clock.shift(timedelta(hours=2))
    asked = len(sandbox.ledger)
    more = client.get(
        f"{place}&starting_after=tkt_00009",
        headers={"HX-Request": "true", "HX-Current-URL": f"http://testserver{place}"},
    )
    assert (more.status_code, more.content) == (401, b"")
    assert len(sandbox.ledger) == asked
    login = more["HX-Redirect"]
    assert parse_qs(urlsplit(login).query)["next"] == [place]
    page = client.get(login)
    assert b"<html" in page.content
    back = log_in(client, next=page.context["next"])
    assert back["Location"] == place
    assert client.get(place).status_code == 200


def test_a_search_that_was_typed_after_the_end_is_what_comes_after_the_log_in(clock, logged_in, serve):
    serve([made(number) for number in range(3)])
    client = logged_in("anna", "viewer")
    clock.shift(timedelta(hours=2))
    typed = "/tickets/?range=7d&search_query=4417"
    headers = {
        "HX-Request": "true",
        "HX-Boosted": "true",
        "HX-Current-URL": "http://testserver/tickets/?range=7d",
    }
    login = client.get(typed, headers=headers)["HX-Redirect"]
    assert parse_qs(urlsplit(login).query)["next"] == [typed]


def test_a_page_writes_at_most_once_a_minute(clock, logged_in):
    client = logged_in("anna")

    def writes() -> int:
        with _Queries() as seen:
            client.get(HERE)
        return seen.writes

    clock.shift(timedelta(seconds=59))
    assert writes() == 0
    clock.shift(timedelta(seconds=1))
    assert writes() > 0
    assert writes() == 0


class _Queries:
    """Counts what is written to the database."""

    def __enter__(self):
        self.writes = 0
        self._wrapper = connection.execute_wrapper(self._count)
        self._wrapper.__enter__()
        return self

    def __exit__(self, *error):
        return self._wrapper.__exit__(*error)

    def _count(self, execute, sql, params, many, context):
        self.writes += sql.startswith(("INSERT", "UPDATE", "DELETE"))
        return execute(sql, params, many, context)


def read_only(execute, sql, params, many, context):
    if sql.startswith(("INSERT", "UPDATE", "DELETE")):
        raise DatabaseError("attempt to write a readonly database")
    return execute(sql, params, many, context)


def test_a_database_that_takes_no_writes_stops_no_page(clock, logged_in):
    client = logged_in("anna")
    with connection.execute_wrapper(read_only):
        clock.shift(timedelta(minutes=30))
        assert is_in(client)
        clock.shift(timedelta(minutes=31))
        assert client.get(HERE).status_code == 302, "a session that has ended has ended"


def test_a_session_that_was_ended_meanwhile_is_not_brought_back(clock, logged_in):
    client = logged_in("anna")
    clock.shift(timedelta(minutes=5))

    def gone_once_it_was_read(execute, sql, params, many, context):
        found = execute(sql, params, many, context)
        if sql.startswith("SELECT") and "auth_user" in sql:
            context["connection"].cursor().execute("DELETE FROM django_session")
        return found

    with connection.execute_wrapper(gone_once_it_was_read):
        assert client.get(HERE).status_code == 200
    assert Session.objects.count() == 0
    assert not is_in(client)


def test_those_that_ended_are_cleared_a_few_at_a_time_and_others_have_the_database_in_between(db, monkeypatch):
    def sessions(name: str, number: int, ends: timedelta) -> None:
        Session.objects.bulk_create(
            Session(session_key=f"{name}{one}", session_data="", expire_date=timezone.now() + ends)
            for one in range(number)
        )

    left = []
    monkeypatch.setattr(session_store, "CLEARED_AT_ONCE", 2)
    monkeypatch.setattr(session_store.time, "sleep", lambda _seconds: left.append(Session.objects.count()))
    sessions("ended", 5, -timedelta(hours=1))
    sessions("goes-on", 2, timedelta(hours=1))
    call_command("clearsessions")
    assert left == [5, 3]
    assert {session.session_key for session in Session.objects.all()} == {"goes-on0", "goes-on1"}
