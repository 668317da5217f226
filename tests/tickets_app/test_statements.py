"""Models from a statement that is always the same are those that Django's own reading gives, on either database."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.models import User
from django.db import connection

from tests.audit.conftest import any_database, postgres, postgres_url  # noqa: F401 - fixtures
from tickets_app.models import Note, Preference
from tickets_app.statements import found, found_beside

AT = datetime(2026, 11, 20, 19, 5, 33, 123456, tzinfo=UTC)


@pytest.fixture
def kept(any_database):  # noqa: F811 - the fixture
    maria = User.objects.create(username="maria", is_staff=True, is_active=False, last_login=AT)
    Preference.objects.create(user=maria, zone="America/Los_Angeles")
    for ticket in ("tkt_0001", "tkt_0002"):
        Note.objects.create(
            account="", live=ticket == "tkt_0001", ticket=ticket, user_id=maria.pk, author="maria", at=AT, text="é"
        )


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("model", [User, Preference, Note])
def test_they_are_what_django_reads_to_the_last_field(model):
    usual = list(model.objects.order_by("pk"))
    ours = found(model, f"SELECT * FROM {model._meta.db_table} ORDER BY id", [])
    assert usual
    for one, other in zip(ours, usual, strict=True):
        values = [
            [(type(value), value) for name, value in sorted(vars(it).items()) if name != "_state"]
            for it in (one, other)
        ]
        assert values[0] == values[1]
        assert (one._state.adding, one._state.db) == (other._state.adding, other._state.db)


@pytest.mark.usefixtures("kept")
def test_columns_may_stand_in_any_order_in_their_table():
    """PostgreSQL puts what a migration adds behind all others."""
    columns = [field.column for field in reversed(User._meta.concrete_fields)]
    [maria] = found(User, f"SELECT {', '.join(columns)} FROM auth_user WHERE username = %s", ["maria"])
    assert (maria.username, maria.is_staff, maria.is_active, maria.last_login) == ("maria", True, False, AT)


@pytest.mark.usefixtures("kept")
def test_what_is_joined_is_found_beside_it_or_nothing():
    User.objects.create(username="noor")
    statement = (
        "SELECT auth_user.*, NULL AS beside, tickets_app_preference.* FROM auth_user"
        " LEFT JOIN tickets_app_preference ON tickets_app_preference.user_id = auth_user.id ORDER BY auth_user.id"
    )
    (maria, hers), (noor, his) = found_beside(User, Preference, statement, [])
    assert (maria, hers) == (User.objects.get(username="maria"), Preference.objects.get())
    assert (maria.username, maria.last_login, hers.zone) == ("maria", AT, "America/Los_Angeles")
    assert (noor.username, his) == ("noor", None)


@pytest.mark.usefixtures("any_database")
def test_nothing_is_found_by_one_statement():
    with connection.execute_wrapper(lambda run, sql, *rest: asked.append(sql) or run(sql, *rest)):
        asked = []
        assert found(User, "SELECT * FROM auth_user WHERE id = %s", [404]) == []
    assert len(asked) == 1
