"""Commands that remove what is older than so many days, and leave events that say so."""

import time
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
AT_ONCE = 5_000  # rows in one transaction: SQLite lets nobody else in meanwhile, and a page waits for 1.5 s


class Prune(BaseCommand):
    """To be run once a day. A command says what it removes, and how."""

    things: str  # their plural
    setting: str  # the days that they are kept; 0: for ever
    kind: Kind  # the events that are left

    def older_than(self, before: datetime) -> "models.QuerySet[Any]":
        """Those that are too old."""
        raise NotImplementedError

    def may_remove(self) -> AbstractContextManager[object]:
        """What some of them are removed in: all of these and their event, or none."""
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
        """Do it. Raises CommandError for days that make no sense, and where an event was not taken: then the rest stays."""
        if not 0 <= days <= MOST_DAYS:
            raise CommandError(f"--days must be from 0 to {MOST_DAYS}.")
        if days == 0:
            self.stdout.write(f"{self.things.capitalize()} are kept for ever ({self.setting}=0): nothing was removed.")
            return
        before = timezone.now() - timedelta(days=days)
        if dry_run:
            self.stdout.write(f"{self.older_than(before).count()} {self.things} are older than {days} days.")
            return
        rows = 0
        while removed := self._remove_some(before, days, rows):
            rows += removed
        self.stdout.write(f"{rows} {self.things} older than {days} days were removed.")

    def _remove_some(self, before: datetime, days: int, so_far: int) -> int:
        """Remove the oldest, and give how many; then leave the database to others for as long as that took."""
        began = time.monotonic()
        name = type(self).__module__.rpartition(".")[2]
        # By the index of times: found at once in a table of millions.
        last = self.older_than(before).order_by("at").values_list("at", flat=True)[AT_ONCE - 1 : AT_ONCE].first()
        until = last + timedelta(microseconds=1) if last else before
        with self.may_remove():
            rows, _ = self.older_than(until).delete()
            if rows and not record(None, self.kind, user_name=name, rows=rows, before=before.isoformat(), days=days):
                gone = f"{so_far} were" if so_far else "nothing was"
                raise CommandError(f"The database did not take the event that says so: {gone} removed.")
        if rows >= AT_ONCE:
            time.sleep(time.monotonic() - began)
        return rows
