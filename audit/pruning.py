"""Commands that remove what is older than so many days, and leave an event that says so."""

from argparse import ArgumentParser
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import models, transaction
from django.utils import timezone

from audit.models import Kind
from audit.recording import record

MOST_DAYS = 36_500  # a hundred years


class Prune(BaseCommand):
    """To be run once a day. A command says what it removes, and how."""

    things: str  # their plural
    setting: str  # the days that they are kept; 0: for ever
    kind: Kind  # the event that is left

    def older_than(self, before: datetime) -> "models.QuerySet[Any]":
        """Those that are too old."""
        raise NotImplementedError

    def may_remove(self) -> AbstractContextManager[object]:
        """What they are removed in: all of them and the event, or none."""
        return transaction.atomic()

    @property
    def help(self) -> str:  # type: ignore[override]  # a text in Django's stubs
        """What `--help` says."""
        return f"Removes {self.things} older than {self.setting} (0: none). To be run once a day (docs/deploy.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take another number of days, or only count."""
        parser.add_argument("--days", type=int, default=getattr(settings, self.setting), help="keep so many days")
        parser.add_argument("--dry-run", action="store_true", help="only say how many would go")

    def handle(self, *_args: Any, days: int, dry_run: bool, **_options: Any) -> None:
        """Do it. Raises CommandError for days that make no sense, and where the event was not taken: then nothing goes."""
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be from 0 to {MOST_DAYS}.")
        if days == 0:
            self.stdout.write(f"{self.things.capitalize()} are kept for ever ({self.setting}=0): nothing was removed.")
            return
        before = timezone.now() - timedelta(days=days)
        old = self.older_than(before)
        if dry_run:
            self.stdout.write(f"{old.count()} {self.things} are older than {days} days.")
            return
        name = type(self).__module__.rpartition(".")[2]
        with self.may_remove():
            rows, _ = old.delete()
            if rows and not record(None, self.kind, user_name=name, rows=rows, before=before.isoformat(), days=days):
                raise CommandError("The database did not take the event that says so: nothing was removed.")
        self.stdout.write(f"{rows} {self.things} older than {days} days were removed.")
