"""`manage.py prune_audit`: remove audit events that are older than AUDIT_RETENTION_DAYS. Nothing else may remove any."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, models
from django.utils import timezone

from audit import triggers
from audit.models import Event, Kind
from audit.recording import record

MOST_DAYS = 36_500  # a hundred years


class Command(BaseCommand):
    """Remove what is too old, and leave an event that says so."""

    help = "Removes audit events older than AUDIT_RETENTION_DAYS (0: none). To be run once a day (docs/deploy.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another number of days, or only count."""
        parser.add_argument("--days", type=int, default=settings.AUDIT_RETENTION_DAYS, help="keep so many days")
        parser.add_argument("--dry-run", action="store_true", help="only say how many would go")

    def handle(self, *_args: Any, days: int, dry_run: bool, **_options: Any) -> None:
        """Do it."""
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be from 0 to {MOST_DAYS}.")
        if days == 0:
            self.stdout.write("Audit events are kept for ever (AUDIT_RETENTION_DAYS=0): nothing was removed.")
            return
        before = timezone.now() - timedelta(days=days)
        # Django's own set of rows: Event's refuses.
        old: models.QuerySet[Event] = models.QuerySet(Event).filter(at__lt=before)
        if dry_run:
            self.stdout.write(f"{old.count()} audit events are older than {days} days.")
            return
        with triggers.lifted(connection):
            rows, _ = old.delete()
            if rows and not _recorded(rows, before, days):
                raise CommandError("The database did not take the event that says so: nothing was removed.")
        self.stdout.write(f"{rows} audit events older than {days} days were removed.")


def _recorded(rows: int, before: datetime, days: int) -> bool:
    name = "prune_audit"
    return record(None, Kind.AUDIT_PRUNED, user_name=name, rows=rows, before=before.isoformat(), days=days)
