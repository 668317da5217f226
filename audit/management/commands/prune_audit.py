"""`manage.py prune_audit`: remove audit events that are older than AUDIT_RETENTION_DAYS. Nothing else may remove any."""

from contextlib import AbstractContextManager
from datetime import datetime

from django.db import connection, models

from audit import triggers
from audit.models import Event, Kind
from audit.pruning import Prune


class Command(Prune):
    """The one that may."""

    things, setting, kind = "audit events", "AUDIT_RETENTION_DAYS", Kind.AUDIT_PRUNED

    def older_than(self, before: datetime) -> "models.QuerySet[Event]":
        """By Django's own set of rows: Event's refuses."""
        return models.QuerySet(Event).filter(at__lt=before)

    def may_remove(self) -> AbstractContextManager[object]:
        """Without what keeps the database from removing any."""
        return triggers.lifted(connection)
