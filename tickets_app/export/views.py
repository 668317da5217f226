"""Taking tickets away: the files, and how each of them goes. The page that offers them is page.py."""

from collections.abc import Callable, Generator
from contextlib import ExitStack
from datetime import UTC, datetime
from io import BufferedReader
from pathlib import Path as FilePath
from typing import Any, Self

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.http.response import HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.database import let_go
from tickets_app.display import failures, person
from tickets_app.display.came_from import page_before
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment, with_retry_after
from tickets_app.export import room, waiting
from tickets_app.export.export import BrokenOffError, EndedError, Export
from tickets_app.export.wanted import BadAddressError, Wanted, read, refuse
from tickets_app.export.writers import Notes, Workbook, lines_of
from tickets_app.gateway import shutdown
from tickets_app.long_runs import places
from tickets_app.long_runs.places import InLine, Place
from tickets_app.long_runs.progress import Run, State, Watched, owner_of
from tickets_app.long_runs.reader import Reader
from tickets_app.long_runs.unsent import close_unless_sent
from tickets_app.long_runs.wording import run_view
from tickets_app.notes import store as notes
from tickets_app.rights import EXPORT, needs


@needs(EXPORT)
@require_GET
@vary_on_headers("HX-Request", "Accept")
def export_lines(request: HtmxHttpRequest, file_format: str) -> HttpResponseBase:
    """Everything that matches as CSV or NDJSON, sent while it is found."""
    return _in_turn(request, lambda wanted, place: _lines(request, wanted, place, file_format))


@needs(EXPORT)
@require_GET
@vary_on_headers("HX-Request", "Accept")
def export_workbook(request: HtmxHttpRequest) -> HttpResponseBase:
    """Everything that matches as an Excel file, sent when all of it is there; else a page that says what happened."""
    return _in_turn(request, lambda wanted, place: _workbook(request, wanted, place))


def _in_turn(request: HtmxHttpRequest, make: Callable[[Wanted, Place], HttpResponseBase]) -> HttpResponseBase:
    """What is made when there is a place for it; a page that waits for one; or why there is no file."""
    try:
        wanted = read(request)
        if request.htmx and wanted.token:  # the page that waits names what it waits for
            return waiting.poll(request, wanted.token)
        place = waiting.place_for(request)
        if isinstance(place, InLine):
            return waiting.page(request, place, wanted)
        with ExitStack() as unless_sent:
            unless_sent.callback(place.give_back)
            response = make(wanted, place)
            if response.streaming:
                close_unless_sent(request, response)
                unless_sent.pop_all()  # the place is given back when all was sent
            return response
    except BadAddressError as error:
        return refuse(request, error)
    except CopperError as error:
        return _failed(request, error)
    except EndedError as error:
        return _ended(request, error)


def _lines(request: HttpRequest, wanted: Wanted, place: Place, file_format: str) -> HttpResponseBase:
    lines = lines_of(file_format, wanted.columns, bom=wanted.bom, notes=_notes(wanted))
    reader = Reader(request)
    export = _begin(request, wanted, file_format, place, reader)

    ended = ExitStack()  # in this order from below: the trail may wait for its database, and nobody else for that
    ended.callback(_tell_trail, request, wanted, export, file_format)
    ended.callback(place.give_back)
    ended.callback(export.close)
    reader.begins()
    response = StreamingHttpResponse(_Sent(export.stream(lines), ended.close), content_type=lines.content_type)
    return _as_file(request, response, file_format)


def _workbook(request: HttpRequest, wanted: Wanted, place: Place) -> HttpResponseBase:
    export = _begin(request, wanted, "xlsx", place, Reader(request))
    let_go()
    try:
        return _whole(request, wanted, place, export)
    except Exception:
        export.failed()
        raise


def _whole(request: HttpRequest, wanted: Wanted, place: Place, export: Export) -> HttpResponseBase:
    folder = room.folder()
    path = FilePath(folder.name) / "tickets.xlsx"
    try:
        with place.kept():  # a large sheet is put together in one go, which may take longer than a place is kept
            usable = export.workbook(path)
        whole = export.state is State.RUNNING
        export.finish(path if usable else None)
        _tell_trail(request, wanted, export, "xlsx")
        if not usable:
            return _broke_off(request, wanted, export)
        file = ExitStack()  # what is left to do when it was sent
        file.callback(place.give_back)
        parts = _parts(file.enter_context(path.open("rb")), export, place, Reader(request))
        sent = _Sent(parts, file.close)
        response = StreamingHttpResponse(sent, content_type=Workbook.content_type)
        response["Content-Length"] = str(path.stat().st_size)
        return _as_file(request, response, "xlsx", mark="" if whole else "-INCOMPLETE")
    finally:
        folder.cleanup()  # what is open can still be sent


def _parts(file: BufferedReader, export: Export, place: Place, reader: Reader) -> Generator[bytes, None, None]:
    """A file of the disk, as its reader takes it. Raises BrokenOffError where they are too slow, or the server stops."""
    reader.begins()
    while part := file.read(65_536):
        place.keep()  # also where the reader is so quick that it is never asked whether to end
        if not reader.takes(file.tell() - len(part), lambda: place.keep() or shutdown.now()):
            export.broke_off()
            raise BrokenOffError("while it was sent")
        yield part


@needs(EXPORT)
@require_safe
@vary_on_headers(*FORMS)
def export_run(request: HtmxHttpRequest, token: str) -> HttpResponse:
    """How an export goes, or how it ended."""
    run = Watched(owner_of(request), token).get()
    view = run_view(run, person.zone_of(request), datetime.now(UTC)) if run else None
    template = "tickets/export/_export_run.html" if is_fragment(request) else "tickets/export/export_run.html"
    return render(request, template, {"run": view, "token": token, "before": page_before(request)})


@needs(EXPORT)
@require_POST
def export_cancel(request: HtmxHttpRequest, token: str) -> HttpResponse:
    """Ask an export to end."""
    watched = Watched(owner_of(request), token)
    watched.cancel()
    places.leave(request)
    if watched.get() is None:
        watched.put(Run.never_begun("Nothing was made: you left the line."))
    return HttpResponseRedirect(reverse("tickets:export_run", args=[token]), status=303)


def _begin(request: HttpRequest, wanted: Wanted, file_format: str, place: Place, reader: Reader) -> Export:
    about = _of_the_trail(wanted, file_format)
    trail.begins_to_export(request, **about)
    watched = Watched(owner_of(request), wanted.token)
    zone = person.zone_of(request)
    try:
        return Export(
            wanted.query,
            file_format,
            columns=wanted.columns,
            notes=_notes(wanted),
            words=lambda error: failures.describe(error, zone).heading + ".",
            tell=watched.put,
            cancelled=lambda: place.keep() or watched.cancelled,
            left=lambda: reader.left,
            takes=reader.takes,
        )
    except (CopperError, EndedError):
        trail.exported(request, **about, rows=0, complete=False)
        raise


def _notes(wanted: Wanted) -> Notes | None:
    return notes.cells if wanted.notes else None


class _Sent:
    """The parts of a file; when it ended, however it did, the audit trail is told: also where nothing of it was taken.

    A generator that was not begun would not be told that it is closed. The page's connection to the database is let go of.
    """

    def __init__(self, parts: Generator[bytes, None, None], ended: Callable[[], object]) -> None:
        self._parts, self._ended = parts, ended
        self._begun = self._told = False

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> bytes:
        if not self._begun:
            self._begun = True
            let_go()
        try:
            return next(self._parts)
        except BaseException:  # the end of it, too
            self.close()
            raise

    def close(self) -> None:
        """Nothing more is taken."""
        self._parts.close()
        if not self._told:
            self._told = True
            self._ended()


def _tell_trail(request: HttpRequest, wanted: Wanted, export: Export, file_format: str) -> None:
    trail.exported(request, **_of_the_trail(wanted, file_format), rows=export.rows, complete=export.complete)


def _of_the_trail(wanted: Wanted, file_format: str) -> dict[str, Any]:
    """Which file it is about."""
    filters = [*wanted.query.filters(), *wanted.query.place()]
    return {"filters": filters, "file_format": file_format, "notes": wanted.notes and file_format != "ndjson"}


def _as_file(request: HttpRequest, response: HttpResponseBase, file_format: str, mark: str = "") -> HttpResponseBase:
    name = f"tickets-{datetime.now(person.zone_of(request)):%Y-%m-%d-%H%M}{mark}.{file_format}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _failed(request: HttpRequest, error: CopperError) -> HttpResponse:
    failure = failures.describe(error, person.zone_of(request))
    context = {"heading": failure.heading, "advice": f"No file was made. {failure.advice}"}
    return with_retry_after(render(request, "error.html", context, status=failure.status), failure)


def _ended(request: HttpRequest, error: EndedError) -> HttpResponse:
    context = {"heading": "No file was made", "advice": f"{error} Nothing had come from Copper by then."}
    return render(request, "error.html", context, status=503)


def _broke_off(request: HttpRequest, wanted: Wanted, export: Export) -> HttpResponse:
    advice = (
        f"{export.failure} An Excel file is made whole or not at all: no file was made after {export.rows:,} tickets."
    )
    status = 507 if export.failure == room.WORDS else 502
    return render(request, "error.html", {"heading": "The export broke off", "advice": advice}, status=status)
