"""`manage.py prune_notes`: remove notes that are older than NOTES_RETENTION_DAYS, of all accounts and modes."""

from argparse import ArgumentParser
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from audit.models import Kind
from audit.recording import record
from tickets_app.models import Note

MOST_DAYS = 36_500  # a hundred years


class Command(BaseCommand):
    """Remove what is too old, and leave an event that says so."""

    help = "Removes notes older than NOTES_RETENTION_DAYS (0: none). To be run once a day (docs/deploy.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another number of days, or only count."""
        parser.add_argument("--days", type=int, default=settings.NOTES_RETENTION_DAYS, help="keep so many days")
        parser.add_argument("--dry-run", action="store_true", help="only say how many would go")

    def handle(self, *_args: Any, days: int, dry_run: bool, **_options: Any) -> None:
        """Do it."""
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be from 0 to {MOST_DAYS}.")
        if days == 0:
            self.stdout.write("Notes are kept for ever (NOTES_RETENTION_DAYS=0): nothing was removed.")
            return
        before = timezone.now() - timedelta(days=days)
        old = Note.objects.filter(at__lt=before)
        if dry_run:
            self.stdout.write(f"{old.count()} notes are older than {days} days.")
            return
        with transaction.atomic():
            rows, _ = old.delete()
            if rows and not _recorded(rows, before, days):
                raise CommandError("The database did not take the event that says so: nothing was removed.")
        self.stdout.write(f"{rows} notes older than {days} days were removed.")


def _recorded(rows: int, before: datetime, days: int) -> bool:
    name = "prune_notes"
    return record(None, Kind.NOTES_PRUNED, user_name=name, rows=rows, before=before.isoformat(), days=days)
