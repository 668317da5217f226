"""`manage.py prune_notes`: remove notes that are older than NOTES_RETENTION_DAYS, of all accounts and modes."""

from datetime import datetime

from django.db import models

from audit.models import Kind
from audit.pruning import Prune
from tickets_app.models import Note


class Command(Prune):
    """Those of whoever wrote them."""

    things, setting, kind = "notes", "NOTES_RETENTION_DAYS", Kind.NOTES_PRUNED

    def older_than(self, before: datetime) -> "models.QuerySet[Note]":
        """By when they were written."""
        return Note.objects.filter(at__lt=before)
