"""The database killed, frozen, read-only, its audit table locked; SQLite locked or full: every answer is a page of ours."""

import time
from contextlib import contextmanager

import psycopg
import pytest
from django.contrib.auth.models import Group, User
from django.db import connection
from django.test import Client

from tests import caches
from tests.dashboard.database.conftest import full, locked
from tests.pages.conftest import made
from tickets_app.models import LocationClock
from tickets_app.stores import clocks

pytestmark = pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # sockets that the fault tore

LOOK_UP = {"references": "R-1\nR-2", "range": "30d"}
ADDRESSES = {
    "list": ("get", "/tickets/", {}),
    "search": ("get", "/tickets/?search_query=R-1&range=30d", {}),
    "ticket": ("get", "/tickets/tkt_00001/", {}),
    "log-in": ("post", "/login/", {"username": "ada", "password": "wrong"}),
    "look-up": ("post", "/tickets/lookup/", LOOK_UP),
    "export page": ("get", "/tickets/export/", {}),
    "export": ("get", "/tickets/export.csv", {}),
    "saved views": ("get", "/views/", {}),
    "a new view": ("post", "/views/", {"name": "Reno, today", "query": "range=30d"}),
    "audit": ("get", "/audit/", {}),
    "admin": ("get", "/admin/", {}),
    "health": ("get", "/healthz", {}),
    "readiness": ("get", "/readyz", {}),
}
WITHOUT_DATABASE = {"health"}
PATIENT = 30.0  # seconds; a page that is held back by the fault never comes


@contextmanager
def killed(server):
    server.kill()
    try:
        yield
    finally:
        server.start()


@contextmanager
def frozen(server):
    server.freeze()
    try:
        yield
    finally:
        server.thaw()


@contextmanager
def read_only(server):
    server.run("ALTER SYSTEM SET default_transaction_read_only = on")
    server.run("SELECT pg_reload_conf()")
    try:
        yield
    finally:
        with psycopg.connect(server.url, autocommit=True) as own:
            own.execute("SET default_transaction_read_only = off")
            own.execute("ALTER SYSTEM RESET default_transaction_read_only")
            own.execute("SELECT pg_reload_conf()")


@contextmanager
def audit_locked(server):
    with psycopg.connect(server.url) as own:
        own.execute("LOCK TABLE audit_event IN ACCESS EXCLUSIVE MODE")
        yield
        own.rollback()


@contextmanager
def without_tables(server):
    """As before its first migration, and while it is restored."""
    server.run("ALTER SCHEMA public RENAME TO elsewhere")
    server.run("CREATE SCHEMA public")
    try:
        yield
    finally:
        server.run("DROP SCHEMA public")
        server.run("ALTER SCHEMA elsewhere RENAME TO public")


@contextmanager
def without_rights(server):
    """As after it was restored by somebody else than its owner."""
    server.run("CREATE ROLE nobody")
    server.run("GRANT nobody TO postgres")
    server.run("ALTER ROLE postgres SET role = nobody")
    try:
        yield
    finally:
        with psycopg.connect(server.url, autocommit=True) as own:
            own.execute("RESET ROLE")
            own.execute("SET ROLE postgres")
            own.execute("ALTER ROLE postgres RESET role")
            own.execute("DROP ROLE nobody")


def asked(client: Client, name: str):
    """What an address answers, and the seconds that it took."""
    method, address, data = ADDRESSES[name]
    started = time.monotonic()
    response = getattr(client, method)(address, data) if data else client.get(address)
    if response.streaming:
        b"".join(response)  # an export keeps its place until it was read
    connection.close()  # as at the end of each request on a server; the test client keeps it
    return response, time.monotonic() - started


@pytest.fixture
def ada(settings):
    """Somebody who may do everything; her client."""

    def make() -> Client:
        user = User.objects.create_user("ada", password="analytical engine", is_staff=True, is_superuser=True)
        user.groups.set(Group.objects.all())
        client = Client(raise_request_exception=False)
        client.force_login(user)
        return client

    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = True
    caches.clear()
    return make


def holds(client: Client, fault) -> dict[str, int]:
    """The statuses of all addresses during the fault. Every one is a whole page of ours, in time; afterwards all is well."""
    assert asked(client, "list")[0].status_code == 200
    statuses = {}
    with fault:
        for name in ADDRESSES:
            response, seconds = asked(client, name)
            statuses[name] = response.status_code
            assert seconds < PATIENT
            if name in {"health", "readiness"}:
                continue
            page = b"".join(response.streaming_content) if response.streaming else response.content
            assert response.status_code in {200, 302, 503}, (name, response.status_code)
            if response.status_code == 503:
                assert b"</html>" in page, name
                assert b"Try again" in page, name
                assert int(response["Retry-After"]) > 0
                assert b"Quote this number" in page
    for name in ("list", "search", "ticket", "saved views", "audit"):
        assert asked(client, name)[0].status_code == 200, name
    return statuses


@pytest.mark.parametrize("fault", [killed, frozen])
def test_without_its_database_every_page_says_so(postgres_of_its_own, serve, ada, fault):
    serve([made(number) for number in range(3)])
    statuses = holds(ada(), fault(postgres_of_its_own))
    assert {name for name, status in statuses.items() if status == 503} == set(ADDRESSES) - WITHOUT_DATABASE


@pytest.mark.parametrize("fault", [without_tables, without_rights])
def test_one_that_answers_and_is_not_ready_is_as_one_that_is_away(postgres_of_its_own, serve, ada, fault):
    serve([made(number) for number in range(3)])
    statuses = holds(ada(), fault(postgres_of_its_own))
    refused = {name for name, status in statuses.items() if status == 503}
    assert (
        refused | {"readiness"} == set(ADDRESSES) - WITHOUT_DATABASE
    )  # which asks no table once all migrations were there


@pytest.mark.parametrize("fault", [read_only, audit_locked])
def test_what_cannot_be_recorded_is_not_shown(postgres_of_its_own, serve, ada, fault):
    serve([made(number) for number in range(3)])
    statuses = holds(ada(), fault(postgres_of_its_own))
    refused = {name for name, status in statuses.items() if status == 503}
    assert {"list", "search", "ticket", "look-up", "export"} <= refused
    assert not {"health", "readiness", "saved views" if fault is audit_locked else "health"} & refused


@pytest.mark.parametrize("fault", [read_only, audit_locked])
def test_it_is_shown_where_a_setting_says_so(postgres_of_its_own, serve, ada, settings, fault):
    serve([made(number) for number in range(3)])
    client = ada()
    settings.AUDIT_REQUIRED = False
    statuses = holds(client, fault(postgres_of_its_own))
    assert {statuses[name] for name in ("list", "search", "ticket", "look-up", "export", "export page")} == {200}


def test_sqlite_that_is_locked_is_waited_for_only_so_long(sqlite_of_its_own, serve, ada):
    serve([made(number) for number in range(3)])
    statuses = holds(ada(), locked(sqlite_of_its_own))
    refused = {name for name, status in statuses.items() if status == 503}
    assert (
        refused | {"readiness"} == set(ADDRESSES) - WITHOUT_DATABASE
    )  # which asks no table once all migrations were there


def test_sqlite_whose_disk_is_full_shows_nothing_that_it_cannot_record(sqlite_of_its_own, serve, ada):
    serve([made(number) for number in range(3)])
    statuses = holds(ada(), full(sqlite_of_its_own))
    refused = {name for name, status in statuses.items() if status == 503}
    assert {"list", "search", "ticket", "look-up", "export"} <= refused
    assert not {"health", "readiness", "saved views"} & refused


def test_what_was_typed_is_kept_while_the_disk_is_full(sqlite_of_its_own, serve, ada):
    serve([made(number) for number in range(3)])
    client = ada()
    asked(client, "list")
    with full(sqlite_of_its_own):
        page = asked(client, "look-up")[0].content.decode()
    assert 'name="references" value="R-1\nR-2"' in page
    assert "tkt_00001" in client.post("/tickets/lookup/", LOOK_UP).content.decode()


def test_what_was_typed_is_on_the_page_and_can_be_sent_again(postgres_of_its_own, serve, ada):
    serve([made(number) for number in range(3)])
    client = ada()
    with frozen(postgres_of_its_own):
        page = asked(client, "look-up")[0].content.decode()
        password = asked(client, "log-in")[0].content.decode()
    assert 'name="references" value="R-1\nR-2"' in page
    assert 'action="/tickets/lookup/"' in page
    assert "wrong" not in password
    assert "tkt_00001" in client.post("/tickets/lookup/", LOOK_UP).content.decode()


def test_where_nobody_logs_in_lists_and_tickets_come_without_the_database(postgres_of_its_own, serve, settings):
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = False
    serve([made(number) for number in range(3)])
    client = Client(raise_request_exception=False)
    client.post("/preferences/", {"theme": "dark"})
    client.cookies["sessionid"] = "a" * 32
    with frozen(postgres_of_its_own):
        page = asked(client, "list")[0]
        assert (page.status_code, page.content.count(b"data-ticket-id")) == (200, 3)
        assert "does not answer" in page.content.decode()
        assert asked(client, "ticket")[0].status_code == 200
        assert asked(client, "saved views")[0].status_code == 503
        ready = asked(client, "readiness")[0]
        assert (ready.status_code, ready.json()["degraded"]) == (200, ["database"])


def test_a_list_of_one_location_comes_without_its_clock_and_says_so(postgres_of_its_own, serve, settings):
    settings.LOGIN_REQUIRED = settings.AUDIT_REQUIRED = False
    serve([made(number) for number in range(3)])
    client = Client(raise_request_exception=False)
    location = "/tickets/?location=loc_a"
    with frozen(postgres_of_its_own):
        page = client.get(location)
        assert (page.status_code, page.content.count(b"data-ticket-id")) == (200, 3)
        assert "The zone of Reno cannot be read just now. Days are in UTC." in page.content.decode()
        assert "zone not set" not in page.content.decode()
        refused = client.get("/tickets/?location=loc_a&business_day=2026-11-20")
        assert (refused.status_code, "does not answer" in refused.content.decode()) == (503, True)
    clocks.forget_soon()
    LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)
    assert "Days are Reno’s" in client.get(location).content.decode()
    clocks.forget_soon()
    with frozen(postgres_of_its_own):
        assert "Days are Reno’s" in client.get(location).content.decode(), "what was known goes on being so"
