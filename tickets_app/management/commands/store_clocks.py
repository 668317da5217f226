"""`manage.py store_clocks`: the stores’ clocks as CSV, taken over from a file or written out; for sites without log-in."""

import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from tickets_app.gateway import tickets as gateway
from tickets_app.models import LocationClock
from tickets_app.stores import table
from tickets_app.stores.table import BadTableError, Known


class Command(BaseCommand):
    """Without a file it writes all of them; with one it takes the whole file over, or nothing of it."""

    help = "Write the stores’ clocks as CSV (location,zone,turns_over), or take over those of a file."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The file, if any."""
        parser.add_argument("file", nargs="?", help="a CSV to take over; -: standard input; none: write what there is")

    def handle(self, *_: Any, **given: Any) -> None:
        """Read or write. Raises CommandError with every line that is wrong."""
        if given["file"] is None:
            self.stdout.write(table.write(LocationClock.objects.all()), ending="")
            return
        names = gateway.location_names(refresh=True, patience=gateway.NAMES_LONGEST)
        try:
            clocks = table.read(_text(given["file"]), Known.of(names))
        except BadTableError as bad:
            raise CommandError("\n".join(["Nothing was imported.", *bad.problems])) from None
        table.take_over(clocks)
        self.stderr.write(f"Imported: {len(clocks)}. Processes that run know it within 15 seconds.")


def _text(file: str) -> str:
    """What the file holds. Raises CommandError where it cannot be read."""
    try:
        content = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
        return content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read as text in UTF-8: {error}") from error
