"""The pages of the audit trail, for those who may see it."""

from functools import partial

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_safe

from audit.models import Kind
from audit.recording import record_given_out
from tickets_app.audit_pages import files
from tickets_app.audit_pages.form import EventFilterForm
from tickets_app.audit_pages.rows import row
from tickets_app.display import person
from tickets_app.filters.query_string import read_or_say
from tickets_app.rights import AUDIT, needs

ROWS = 50  # on a page


@needs(AUDIT)
@require_safe
def event_list(request: HttpRequest) -> HttpResponse:
    """The events, newest first."""
    form, problem = _form(request)
    context: dict[str, object] = {"form": form, "problem": problem, "zone": person.zone_of(request).key}
    if not form.is_valid():
        return render(request, "tickets/audit_pages/event_list.html", context, status=400)
    if form.has_words:
        return HttpResponseRedirect(form.address(request.path, form.cleaned_data["before"]))
    found = list(form.events()[: ROWS + 1])
    more = len(found) > ROWS
    path = reverse("audit:list")
    context |= {
        "events": [row(event, person.zone_of(request)) for event in found[:ROWS]],
        "next_url": form.address(path, before=found[ROWS - 1].pk) if more else None,
        "top_url": form.address(path) if form.cleaned_data["before"] else None,
        "files": [(name, form.address(reverse(f"audit:export_{name}"))) for name in files.FORMATS],
        "search_text": settings.AUDIT_SEARCH_TEXT,
        "retention": settings.AUDIT_RETENTION_DAYS,
    }
    return render(request, "tickets/audit_pages/event_list.html", context)


@needs(AUDIT)
@require_GET
def event_export(request: HttpRequest, file_format: str) -> HttpResponseBase:
    """All matching events as a file."""
    form, problem = _form(request)
    if not form.is_valid():
        context = {"form": form, "problem": problem, "zone": person.zone_of(request).key}
        return render(request, "tickets/audit_pages/event_list.html", context, status=400)
    done = partial(_exported, request, file_format, form.given)
    response = StreamingHttpResponse(
        files.lines(form.events(), file_format, done), content_type=files.FORMATS[file_format][0]
    )
    response["Content-Disposition"] = f'attachment; filename="audit.{file_format}"'
    return response


def _exported(request: HttpRequest, file_format: str, filters: dict[str, str], rows: int, complete: bool) -> None:
    record_given_out(request, Kind.AUDIT_EXPORTED, format=file_format, filters=filters, rows=rows, complete=complete)


def _form(request: HttpRequest) -> tuple[EventFilterForm, str]:
    """The form of an address, and what is wrong with the address itself."""
    parameters, problem = read_or_say(request.META.get("QUERY_STRING", ""))
    form = EventFilterForm(parameters, zone=person.zone_of(request))
    if problem:
        form.add_error(None, problem)
    return form, problem
