"""The audit trail in the database of the tests, and in a real PostgreSQL where there is one."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from urllib.parse import urlsplit

import psycopg
import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection, connections
from django.db.utils import load_backend
from django.test import Client
from environ import Env

from audit import triggers
from tests import postgres_server
from tests.pages.conftest import clock, no_answers_kept, pages, serve  # noqa: F401 - fixtures

NOTHING = "DROP SCHEMA public CASCADE; CREATE SCHEMA public"


@pytest.fixture
def auditor(db) -> Client:
    """Somebody who may see the trail."""
    user = User.objects.create_user("ada", password="analytical engine")
    user.user_permissions.add(Permission.objects.get(codename="view_event"))
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """An empty database, made for this run and dropped after it."""
    with ExitStack() as stack:
        try:
            url = stack.enter_context(postgres_server.empty_database())
        except postgres_server.NoPostgresError as error:
            pytest.skip(str(error))
        yield url
        with psycopg.connect(url) as own:
            own.execute(NOTHING)


@pytest.fixture
def postgres(postgres_url: str, django_db_blocker) -> Iterator[None]:
    """The default connection is one to PostgreSQL, with all migrations applied, once in a run: a test leaves only rows behind,
    and they are removed, as Django does it after a test with real transactions on SQLite.
    """
    settings = connections.databases["default"] | Env.db_url_config(postgres_url) | {"OPTIONS": {}, "TEST": {}}
    settings["ENGINE"] = "dashboard.database.postgresql"
    usual = connections["default"]
    assert urlsplit(postgres_url).path.strip("/") == settings["NAME"]
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    with django_db_blocker.unblock():
        try:
            if not connection.introspection.table_names():
                call_command("migrate", verbosity=0)
            yield
        finally:
            connection.close()  # what the test left of its transaction and its settings
            _remove_rows()
            connection.close()
            connections["default"] = usual


def _remove_rows() -> None:
    try:
        with triggers.lifted(connection):
            call_command("flush", verbosity=0, interactive=False)
    except Exception:  # the tables are not as they were: the next test has them anew
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute(NOTHING)
        raise


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, transactional_db: None) -> str:
    """The tests' own SQLite with real transactions (which has to be asked for here: pytest-django looks no further), and
    PostgreSQL.
    """
    if request.param == "postgresql":
        request.getfixturevalue("postgres")
    assert connection.vendor == request.param
    return request.param


@pytest.fixture
def events() -> Callable[..., list[object]]:
    """Adds events of these ages, in days."""
    from datetime import timedelta

    from django.utils import timezone

    from audit.models import Event, Kind

    def add(*ages: float, **values: object) -> list[object]:
        made = []
        for age in ages:
            event = Event(**{"at": timezone.now() - timedelta(days=age), "kind": Kind.TICKET_VIEWED, **values})
            event.save()
            made.append(event)
        return made

    return add
