"""Events are added, and removed by `prune_audit` alone: by no code, and by no statement in the database."""

from contextlib import suppress
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from audit import pruning, recording, triggers
from audit.models import AppendOnlyError, Event, Kind


def sql(statement: str) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


CODE = {
    "save": lambda event: event.save(),
    "save as new": lambda event: Event.objects.get(pk=event.pk).save(force_insert=True),
    "delete": lambda event: event.delete(),
    "update": lambda event: Event.objects.update(user_name="somebody else"),
    "filtered update": lambda event: Event.objects.filter(pk=event.pk).update(user_name="somebody else"),
    "filtered delete": lambda event: Event.objects.filter(pk=event.pk).delete(),
    "delete all": lambda event: Event.objects.all().delete(),
    "bulk update": lambda event: Event.objects.bulk_update([event], ["user_name"]),
    "bulk create over": lambda event: Event.objects.bulk_create([event], update_conflicts=True),
    "update or create": lambda event: Event.objects.update_or_create(pk=event.pk, defaults={"user_name": "x"}),
}


@pytest.mark.parametrize("how", CODE)
def test_no_code_changes_or_deletes_an_event(db, events, how):
    [event] = events(1, user_name="ada")
    event.user_name = "somebody else"
    with pytest.raises(AppendOnlyError):
        CODE[how](event)
    assert list(Event.objects.values_list("user_name", flat=True)) == ["ada"]


STATEMENTS = ["UPDATE audit_event SET user_name = 'x'", "DELETE FROM audit_event"]


def test_no_statement_changes_or_deletes_an_event(any_database, events):
    events(1, 400, user_name="ada")
    more = ["TRUNCATE audit_event"] if any_database == "postgresql" else []
    for statement in STATEMENTS + more:
        with pytest.raises(DatabaseError, match="append-only"):
            sql(statement)
    assert list(Event.objects.values_list("user_name", flat=True)) == ["ada", "ada"]


def test_flush_does_not_empty_the_trail(postgres, events):
    events(1)
    with pytest.raises(CommandError):
        call_command("flush", interactive=False, verbosity=0)
    assert Event.objects.count() == 1


def prune(**options: object) -> str:
    said = StringIO()
    call_command("prune_audit", stdout=said, **options)
    return said.getvalue().strip()


def test_prune_removes_what_is_too_old_and_says_so_in_the_trail(any_database, events, settings):
    settings.AUDIT_RETENTION_DAYS = 30
    events(0, 29.9, 30.1, 400)
    assert prune() == "2 audit events older than 30 days were removed."
    assert Event.objects.filter(kind=Kind.TICKET_VIEWED).count() == 2
    [said] = Event.objects.filter(kind=Kind.AUDIT_PRUNED)
    assert (said.user_name, said.facts["rows"], said.facts["days"]) == ("prune_audit", 2, 30)


def test_many_are_removed_a_few_at_a_time_with_an_event_for_each(any_database, events, monkeypatch):
    monkeypatch.setattr(pruning, "AT_ONCE", 2)
    events(5, 300, 301, 302)
    events(*5 * [0], at=timezone.now() - timedelta(days=400))  # those of one moment go together
    transactions = []
    monkeypatch.setattr(triggers, "lifted", lambda of, lifted=triggers.lifted: transactions.append(of) or lifted(of))
    assert prune(days=30) == "8 audit events older than 30 days were removed."
    told = Event.objects.filter(kind=Kind.AUDIT_PRUNED).order_by("id")
    assert [event.facts["rows"] for event in told] == [5, 2, 1]
    assert len(transactions) == 4, "the last one finds nothing"
    assert Event.objects.filter(kind=Kind.TICKET_VIEWED).count() == 1


@pytest.mark.parametrize("days", [-1, 36_501, 99_999_999])
@pytest.mark.parametrize("command", ["prune_audit", "prune_notes"])
def test_days_that_make_no_sense_are_refused(db, command, days):
    with pytest.raises(CommandError, match="--days must be from 0 to 36500"):
        call_command(command, days=days)


def test_after_a_prune_the_rest_is_as_safe_as_before(any_database, events):
    events(1, 400)
    prune(days=30)
    for statement in STATEMENTS:
        with pytest.raises(DatabaseError, match="append-only"):
            sql(statement)
    assert Event.objects.count() == 2


def test_a_prune_that_breaks_off_leaves_events_and_triggers_as_they_were(any_database, events):
    events(1, 400)
    with suppress(RuntimeError), triggers.lifted(connection):
        sql("DELETE FROM audit_event")
        raise RuntimeError
    assert Event.objects.count() == 2
    with pytest.raises(DatabaseError, match="append-only"):
        sql("DELETE FROM audit_event")


def test_even_a_prune_cannot_change_an_event(postgres, events):
    events(1)
    with pytest.raises(DatabaseError, match="append-only"), triggers.lifted(connection):
        sql("UPDATE audit_event SET user_name = 'x'")


def test_while_a_prune_runs_others_may_not_delete(postgres, postgres_url, events):
    import psycopg

    events(400)
    refused = pytest.raises(psycopg.DatabaseError, match="append-only")
    with triggers.lifted(connection), psycopg.connect(postgres_url) as other, refused:
        other.execute("DELETE FROM audit_event")


def test_what_cannot_be_recorded_is_not_pruned(db, events, monkeypatch):
    monkeypatch.setattr(pruning, "record", lambda *_, **__: False)
    events(400)
    with pytest.raises(CommandError, match="nothing was removed"):
        prune(days=30)
    assert Event.objects.count() == 1


@pytest.mark.parametrize(("options", "words"), [({"days": 0}, "for ever"), ({"days": 30, "dry_run": True}, "1 audit")])
def test_nothing_is_removed_where_nothing_shall_be(db, events, options, words):
    events(1, 400)
    assert words in prune(**options)
    assert Event.objects.count() == 2


def test_a_failing_insert_inside_a_longer_transaction_leaves_that_usable(postgres, monkeypatch):
    """PostgreSQL refuses everything after a failed statement: the event has to fail in a part of its own."""
    from audit.recording import record

    before = recording.lost._value.get()
    with transaction.atomic():
        monkeypatch.setattr("audit.recording.clean", lambda text, most=0: "x" * 1000)
        assert record(None, Kind.LOGGED_IN) is False
        assert Event.objects.count() == 0
    assert recording.lost._value.get() == before + 1
