"""`manage.py export_tickets`: all tickets that match, into a file or to standard output, for cron."""

import logging
import sys
import tempfile
from argparse import ArgumentParser
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.copper.query import FILTERS, TicketQuery
from tickets_app.display import failures, property_paths
from tickets_app.export.export import BrokenOffError, Export
from tickets_app.export.writers import CsvLines, Lines, NdjsonLines
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.links import RANGE
from tickets_app.filters.query_string import Parameters
from tickets_app.long_runs.progress import Run
from tickets_app.long_runs.wording import run_view

WIDTH = 30  # characters of the bar


class Command(BaseCommand):
    """Exit status 0 only for a file that is complete; else a line on standard error says what is missing."""

    help = "Write all tickets that match, newest first, to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The same filters as the list's address."""
        parser.add_argument("--format", choices=["csv", "ndjson", "xlsx"], default="csv")
        parser.add_argument(
            "--output", default="-", help="a file, which appears when it is complete; -: standard output"
        )
        parser.add_argument("--columns", default="", help="such as created,reference,metadata.table; none: all")
        parser.add_argument("--bom", action="store_true", help="mark a CSV as UTF-8, for Excel")
        for name in (*FILTERS.values(), RANGE):
            parser.add_argument(f"--{name}", default="", metavar="VALUE", dest=name)

    def handle(self, *_: Any, **given: Any) -> None:
        """Export. Raises CommandError for bad input and for a file that is not complete."""
        _log_to_standard_error()
        query, columns = self._query(given), self._columns(given["columns"])
        output = given["output"]
        if given["format"] == "xlsx" and output == "-":
            raise CommandError("An Excel file needs --output: it is written in several places at once.")
        zone = ZoneInfo(settings.TIME_ZONE)
        try:
            export = Export(
                query,
                given["format"],
                columns=columns,
                words=lambda error: failures.describe(error, zone).heading,
                tell=self._bar,
            )
        except CopperError as error:
            raise CommandError(f"No file was made: {failures.describe(error, zone).heading} ({error}).") from None
        try:
            if given["format"] == "xlsx":
                _workbook(export, Path(output))
            else:
                lines: Lines = CsvLines(columns, bom=given["bom"]) if given["format"] == "csv" else NdjsonLines()
                _lines(export, lines, output)
        except OSError as error:
            raise CommandError(f"{output} cannot be written ({error.strerror}).") from None
        self._end(export, query)

    def _query(self, given: dict[str, Any]) -> TicketQuery:
        values = {name: given[name] for name in (*FILTERS.values(), RANGE) if given[name]}
        form = TicketFilterForm(
            Parameters(values, frozenset()), zone=ZoneInfo(settings.TIME_ZONE), now=datetime.now(UTC)
        )
        if not form.is_valid():
            raise CommandError(" ".join(f"--{name}: {errors[0]}" for name, errors in form.errors.items()))
        return form.query

    def _columns(self, text: str) -> tuple[property_paths.Path, ...]:
        try:
            return property_paths.parse(text) if text else ()
        except ValueError as error:
            raise CommandError(f"--columns: {error}") from None

    def _end(self, export: Export, query: TicketQuery) -> None:
        run = export.run
        trail.exported(None, query.filters(), file_format=run.file_format, rows=run.rows, complete=export.complete)
        if self.stderr.isatty():
            self.stderr.write("")
        if not export.complete:
            raise CommandError(f"INCOMPLETE after {run.rows} rows: {run.failure}", returncode=3)
        tickets = f"{run.rows} {'ticket' if run.rows == 1 else 'tickets'}" if run.rows else "no tickets match"
        times = f" from {run.newest} back to {run.oldest}" if run.newest else ""
        self.stderr.write(f"Complete: {tickets}{times}, SHA-256 {run.sha256}")

    def _bar(self, run: Run) -> None:
        """A bar where the time is bounded, else how far it is; only for a person at a terminal."""
        if not self.stderr.isatty():
            return
        view = run_view(run, ZoneInfo(settings.TIME_ZONE), datetime.now(UTC))
        done = WIDTH if view.complete else round(WIDTH * (view.permille or 0) / 1000)
        bar = f"[{'#' * done}{'.' * (WIDTH - done)}] " if run.low else ""
        self.stderr.write(f"\r\x1b[K{bar}{view.so_far} {view.left}", ending="")
        self.stderr.flush()


def _written(export: Export, lines: Lines, file: BinaryIO) -> None:
    try:
        for part in export.stream(lines):
            file.write(part)
        file.flush()
    except BrokenOffError:
        file.flush()  # the last line says that it is not complete, and so does the exit status


def _workbook(export: Export, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".copper-tickets-") as folder:
        part = Path(folder) / path.name
        export.workbook(part)
        made = part.exists()  # not where the disk is full
        export.finish(part if made else None)
        if made:
            part.replace(path if export.complete else _named_incomplete(path))


def _log_to_standard_error() -> None:
    """Standard output is for the file."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


def _lines(export: Export, lines: Lines, output: str) -> None:
    """Standard output, or a file that has another name until it is complete."""
    if output == "-":
        _written(export, lines, sys.stdout.buffer)
        return
    part = _named_incomplete(Path(output))
    with part.open("wb") as file:
        _written(export, lines, file)
    if export.complete:
        part.replace(output)


def _named_incomplete(path: Path) -> Path:
    return path.with_name(f"{path.name}.INCOMPLETE")
