"""`manage.py export_tickets`: all tickets that match, into a file or to standard output, for cron."""

import logging
import signal
import sys
import tempfile
from argparse import ArgumentParser
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from audit import trail
from audit.recording import NotRecordedError
from tickets_app.copper.errors import CopperError
from tickets_app.copper.query import FILTERS, TicketQuery
from tickets_app.database import let_go
from tickets_app.display import failures, property_paths
from tickets_app.export.export import BrokenOffError, EndedError, Export
from tickets_app.export.writers import STREAMED, Lines, lines_of
from tickets_app.filters.form import TicketFilterForm
from tickets_app.filters.links import RANGE
from tickets_app.filters.query_string import Parameters
from tickets_app.long_runs.progress import Run, State
from tickets_app.long_runs.wording import run_view

WIDTH = 30  # characters of the bar
UNRECORDED = (
    "No file was made: it could not be recorded, since the database takes nothing now. "
    "Bring the database back, or set AUDIT_REQUIRED=false."
)
_TIME = "such as 2026-11-20 or 2026-11-20T18:00, in TIME_ZONE unless it says another"
HELP = {
    "location": "Copper’s id of a location",
    "search_query": "tickets whose reference matches",
    "created[gte]": f"at this time or later, {_TIME}",
    "created[gt]": "later than this",
    "created[lte]": "at this time or earlier; a day: until its end",
    "created[lt]": "earlier than this; a day: until its end",
    RANGE: "instead of times: today, yesterday, 7d, this-month, …",
}


class Command(BaseCommand):
    """Exit status 0 only for a file that is complete; else a line on standard error says what is missing."""

    help = "Write all tickets that match, newest first, to a file or to standard output."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """The same filters as the list's address."""
        parser.add_argument("--format", choices=[*STREAMED, "xlsx"], default="csv")
        parser.add_argument(
            "--output", default="-", help="a file, which appears when it is complete; -: standard output"
        )
        columns = "of a CSV or Excel file, such as created,reference,metadata.table; none: all"
        parser.add_argument("--columns", default="", help=columns)
        parser.add_argument("--bom", action="store_true", help="mark a CSV as UTF-8, for Excel")
        for name in (*FILTERS.values(), RANGE):
            parser.add_argument(f"--{name}", default="", metavar="VALUE", dest=name, help=HELP[name])

    def handle(self, *_: Any, **given: Any) -> None:
        """Export. Raises CommandError for bad input and for a file that is not complete."""
        _log_to_standard_error()
        query, columns = self._query(given), self._columns(given["columns"])
        _check_format(given)
        _check_output(given["output"], given["format"])
        about = {"filters": query.filters(), "file_format": given["format"]}
        _begin(about)
        zone = ZoneInfo(settings.TIME_ZONE)
        with _asked_to_stop() as stopped:
            try:
                export = Export(
                    query,
                    given["format"],
                    columns=columns,
                    words=lambda error: failures.describe(error, zone).heading,
                    tell=self._bar,
                    cancelled=stopped,
                )
            except (CopperError, EndedError) as error:
                trail.exported(None, **about, rows=0, complete=False)
                raise CommandError(f"No file was made: {_why(error, zone)}") from None
            self._end(export, about, _failure(export, columns, given))

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

    def _end(self, export: Export, about: dict[str, Any], failure: str | None) -> None:
        run, complete = export.run, export.complete and failure is None
        trail.exported(None, **about, rows=run.rows, complete=complete)
        if failure and not run.rows:
            raise CommandError(failure)
        if self.stderr.isatty():
            self.stderr.write("")
        if not complete:
            raise CommandError(f"INCOMPLETE after {run.rows} rows: {failure or run.failure}", returncode=3)
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


@contextmanager
def _asked_to_stop() -> Iterator[Callable[[], bool]]:
    """Whether Ctrl-C or SIGTERM asked for the end, which then is one like any other. A second one ends at once, as ever."""
    asked: list[int] = []
    handlers = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    former = {number: handler for number, handler in handlers.items() if handler is not signal.SIG_IGN}

    def restore() -> None:
        for number, handler in former.items():
            signal.signal(number, handler)

    def ask(number: int, _frame: object) -> None:
        asked.append(number)
        restore()

    for number in former:
        signal.signal(number, ask)
    try:
        yield lambda: bool(asked)
    finally:
        restore()


def _begin(about: dict[str, Any]) -> None:
    """Raise CommandError where what has to be recorded could not be. The connection goes: the file may take hours."""
    try:
        trail.begins_to_export(None, **about)
    except NotRecordedError:
        raise CommandError(UNRECORDED) from None
    let_go()


def _check_format(given: dict[str, Any]) -> None:
    """Raise CommandError for an option that the format has no use for: whoever gave it would get another file than they think."""
    if given["columns"] and given["format"] == "ndjson":
        raise CommandError("--columns is for CSV and Excel: NDJSON has each ticket as Copper sent it. Leave it out.")
    if given["bom"] and given["format"] != "csv":
        raise CommandError("--bom is for CSV. Leave it out, or choose --format csv.")


def _why(error: CopperError | EndedError, zone: ZoneInfo) -> str:
    return f"{failures.describe(error, zone).heading} ({error})." if isinstance(error, CopperError) else str(error)


def _check_output(output: str, file_format: str) -> None:
    """Raise CommandError where a whole export would be for nothing."""
    path = Path(output)
    if output == "-" or _is_no_file(path):
        if file_format == "xlsx":
            raise CommandError("An Excel file needs a file as --output: it is written in several places at once.")
        if output == "-" and sys.stdout is None:
            raise CommandError("Standard output is closed.")
    elif path.is_dir():
        raise CommandError(f"{output} is a folder. Name a file in it.")


def _is_no_file(path: Path) -> bool:
    """A device or a pipe: what is there is written to, and nothing takes its place."""
    return path.exists() and not path.is_file() and not path.is_dir()


def _failure(export: Export, columns: tuple[property_paths.Path, ...], given: dict[str, Any]) -> str | None:
    """Write the file. Why that could not be, if so."""
    output = given["output"]
    try:
        if given["format"] == "xlsx":
            _workbook(export, Path(output).resolve())
        else:
            _lines(export, lines_of(given["format"], columns, bom=given["bom"]), output)
    except OSError as error:
        export.close()
        return f"{'Standard output' if output == '-' else output} cannot be written ({error.strerror})."
    return None


def _written(export: Export, lines: Lines, file: BinaryIO) -> None:
    try:
        with closing(export.stream(lines)) as parts:
            for part in parts:
                file.write(part)
    except BrokenOffError:
        pass  # the last line says that it is not complete, and so does the exit status
    file.flush()


def _workbook(export: Export, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".copper-tickets-") as folder:
        part = Path(folder) / path.name
        export.workbook(part)
        made = part.exists() and export.state is not State.CANCELLED  # not where the disk is full
        export.finish(part if made else None)
        if made:
            part.replace(path if export.complete else _named_incomplete(path))


def _log_to_standard_error() -> None:
    """Standard output is for the file."""
    for handler in logging.getLogger().handlers:
        if isinstance(handler, logging.StreamHandler):
            handler.setStream(sys.stderr)


def _lines(export: Export, lines: Lines, output: str) -> None:
    """Standard output, what is there and no file, or a file that has another name until it is complete."""
    path = Path(output)
    if output == "-" or _is_no_file(path):
        place = sys.stdout.fileno() if output == "-" else path
        with open(place, "wb", closefd=output != "-") as file:  # a descriptor has no path of its own
            _written(export, lines, file)
        return
    path = path.resolve()  # a link stays one
    part = _named_incomplete(path)
    with part.open("wb") as file:
        _written(export, lines, file)
    if export.complete:
        part.replace(path)


def _named_incomplete(path: Path) -> Path:
    return path.with_name(f"{path.name}.INCOMPLETE")
