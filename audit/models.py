"""One table: what happened. Rows are added; triggers in the database refuse everything else (audit/triggers.py)."""

from typing import Any, NoReturn

from django.db import connection, models


class AppendOnlyError(TypeError):
    """Code tried to change or delete what happened."""


def _refuse(*_: object, **__: object) -> NoReturn:
    raise AppendOnlyError("audit events are only added; `manage.py prune_audit` alone removes old ones")


class Kind(models.TextChoices):
    """What a person did, or what was done for the trail itself."""

    TICKET_VIEWED = "ticket_viewed", "Looked at a ticket"
    SEARCHED = "searched", "Opened a list"
    EXPORT_BEGUN = "export_begun", "Began to export tickets"
    EXPORTED = "exported", "Exported tickets"
    LOOKED_UP = "looked_up", "Looked up many references"
    VIEW_CHANGED = "view_changed", "Changed a shared view"
    NOTE_WRITTEN = "note_written", "Wrote a note"
    NOTE_REMOVED = "note_removed", "Removed a note"
    NOTES_SEARCHED = "notes_searched", "Searched notes"
    NOTES_PRUNED = "notes_pruned", "Removed old notes"
    LOGGED_IN = "logged_in", "Logged in"
    LOGIN_FAILED = "login_failed", "Failed to log in"
    LOGGED_OUT = "logged_out", "Logged out"
    LOCKED_OUT = "locked_out", "Was locked out"
    AUDIT_EXPORTED = "audit_exported", "Exported the audit trail"
    AUDIT_PRUNED = "audit_pruned", "Removed old audit events"


class EventSet(models.QuerySet["Event"]):
    """Reads, and adds one at a time."""

    update = delete = bulk_update = bulk_create = _raw_delete = _refuse


_INSERT = (
    "INSERT INTO audit_event (at, kind, user_id, user_name, address, request_id, subject, facts) "
    "VALUES (%(at)s, %(kind)s, %(user_id)s, %(user_name)s, %(address)s, %(request_id)s, %(subject)s, %(facts)s)"
)


class Event(models.Model):
    """Something that happened. It stands for itself: no user or ticket has to exist any more for it to be read."""

    at = models.DateTimeField(db_index=True)
    kind = models.CharField(
        max_length=32, db_index=True
    )  # a Kind; no choices here, so that a new one needs no migration
    user_id = models.BigIntegerField(null=True)  # no foreign key: deleting a user must not touch what happened
    user_name = models.CharField(max_length=150, blank=True, db_index=True)
    address = models.CharField(max_length=45, blank=True)  # of the machine the request came from
    request_id = models.CharField(max_length=64, blank=True)
    subject = models.CharField(max_length=300, blank=True, db_index=True)  # a ticket's id, a shared view's name
    facts = models.JSONField(default=dict)

    objects = EventSet.as_manager()

    class Meta:
        default_permissions = ("view",)
        ordering = ("-id",)
        verbose_name = "audit event"

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M:%S} {self.kind} {self.user_name}"

    def save(self, *_: object, **__: object) -> None:
        """Add it. Raises AppendOnlyError for one that is there already.

        By a statement that is always the same: put together by Django it takes as long again as to be carried out, and
        every ticket that is opened waits for it (docs/decisions/0077-rendering.md).
        """
        if not self._state.adding:
            _refuse()
        fields = [field for field in self._meta.concrete_fields if not field.primary_key]
        values = {field.attname: field.get_db_prep_save(getattr(self, field.attname), connection) for field in fields}
        with connection.cursor() as cursor:
            if connection.vendor == "sqlite":  # which commits a statement with RETURNING only when its answer was read
                cursor.execute(_INSERT, values)
                self.pk = cursor.lastrowid
            else:
                cursor.execute(f"{_INSERT} RETURNING id", values)
                self.pk = cursor.fetchone()[0]
        self._state.adding = False

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse."""
        _refuse()
