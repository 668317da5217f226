"""Triggers that refuse to change or delete audit events, whoever asks; and how `prune_audit` gets past them.

A later migration that makes SQLite build the table anew (most changes of a column) drops them: it has to put them back
with `CREATE`, as 0002 does. A test looks for them in a database that all migrations have made.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.db.backends.base.base import BaseDatabaseWrapper

_WORDS = "audit events are append-only"

_SQLITE = {
    "audit_event_keeps": f"BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
    "audit_event_stays": f"BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, '{_WORDS}'); END",
}

# A session that has set `audit.lifted` in its transaction may delete; nobody may update.
_POSTGRESQL = f"""
CREATE FUNCTION audit_event_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP <> 'UPDATE' AND current_setting('audit.lifted', true) = 'on' THEN
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NULL;
    END IF;
    RAISE EXCEPTION '{_WORDS}';
END $$;
CREATE TRIGGER audit_event_keeps BEFORE UPDATE OR DELETE ON audit_event
    FOR EACH ROW EXECUTE FUNCTION audit_event_refuse();
CREATE TRIGGER audit_event_stays BEFORE TRUNCATE ON audit_event
    FOR EACH STATEMENT EXECUTE FUNCTION audit_event_refuse();
"""


def create(connection: BaseDatabaseWrapper) -> None:
    """Put them in place. Raises NotImplementedError for a database that has none of ours."""
    if connection.vendor == "postgresql":
        statements = [_POSTGRESQL]
    elif connection.vendor == "sqlite":
        statements = [f"CREATE TRIGGER {name} {body}" for name, body in _SQLITE.items()]
    else:
        raise NotImplementedError(f"no triggers for {connection.vendor}: use PostgreSQL or SQLite")
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def drop(connection: BaseDatabaseWrapper) -> None:
    """Take them away, for a migration backwards."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS audit_event_refuse() CASCADE")
            return
        for name in _SQLITE:
            cursor.execute(f"DROP TRIGGER IF EXISTS {name}")


@contextmanager
def lifted(connection: BaseDatabaseWrapper) -> Iterator[None]:
    """A transaction in which events may be deleted. Others never see the table without its triggers.

    On PostgreSQL a mark that ends with the transaction: dropping a trigger would lock out everybody who adds events.
    On SQLite the triggers go and come back in the one transaction that may write at all.
    """
    with transaction.atomic(using=connection.alias):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL audit.lifted = 'on'")
            yield
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL audit.lifted = 'off'")  # where this is part of a longer transaction
        else:
            drop(connection)
            yield
            create(connection)
