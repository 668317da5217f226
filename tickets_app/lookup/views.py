"""Looking up many references: the page with the form and the result, how it goes meanwhile, and the result as a file."""

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from audit import trail
from tickets_app.copper.errors import CopperError
from tickets_app.display import failures, person
from tickets_app.display.came_from import list_before
from tickets_app.display.request import FORMS, HtmxHttpRequest, is_fragment, with_retry_after
from tickets_app.filters import links
from tickets_app.filters.damaged import Mending, mending
from tickets_app.filters.query_string import Parameters, read_or_say, read_query_string
from tickets_app.gateway import tickets as gateway
from tickets_app.long_runs import places
from tickets_app.long_runs.places import InLine
from tickets_app.long_runs.progress import Watched, begin, owner_of
from tickets_app.long_runs.reader import Reader
from tickets_app.long_runs.wording import run_view
from tickets_app.lookup import kept
from tickets_app.lookup.amount_fields import fields_of, remember, remembered
from tickets_app.lookup.form import NAMES, LookupForm, as_drawn
from tickets_app.lookup.lookup import Lookup
from tickets_app.lookup.references import FILE
from tickets_app.lookup.result import Told
from tickets_app.models import KeptLookup
from tickets_app.receipt import words as receipt
from tickets_app.rights import EXPORT, needs, staying

DO, GO_ON, FURTHER, DOWNLOAD = "do", "go_on", "further", "download"  # what a button of the result asks for
STATE, TOKEN, RESULT = "state", "token", "result"
NOT_KEPT = (
    "This result is not kept, or no longer. A result is kept for the person who looked it up, until they log out, for at most "
    "{hours} hours, and of each person the newest {most}. Look the references up again."
)
UNKNOWN_STATE = (
    "This result cannot be gone on with: it is too old, was made by another version of this dashboard, or for another person. "
    "Look the references up again."
)


@needs(EXPORT)
@staying
@require_http_methods(["GET", "HEAD", "POST"])
def lookup_page(request: HtmxHttpRequest) -> HttpResponse:
    """The form; sent, what was found of the references."""
    if request.method != "POST":
        return _offer(request)
    if DO in request.POST:
        return _go_on(request, request.POST[DO])
    zone, now = person.zone_of(request), datetime.now(UTC)
    form = LookupForm(
        as_drawn(_parameters(request), zone, now),
        request.FILES.get(FILE),
        kept=kept.file(request, request.POST.get(kept.NAME, "")),
        zone=zone,
        now=now,
    )
    if not form.is_valid():
        form.keep_file()
        return _page(request, form, status=413 if form.too_much else 400)
    lookup = form.lookup
    failure = _look(request, lookup)
    _tell_trail(request, lookup, _failure(failure))
    response = _result(request, form, lookup, failure)
    remember(response, lookup.listed)
    return response


@needs(EXPORT)
@require_safe
def lookup_result(request: HtmxHttpRequest, result: str) -> HttpResponse:
    """A result at its own address: for the session in which it was looked up."""
    state = kept.result(request, result)
    lookup = _loaded(request, state) if state else None
    if state is None or lookup is None:
        words = NOT_KEPT.format(hours=settings.SESSION_MAX_HOURS, most=kept.OF_A_SESSION[KeptLookup.RESULT])
        return _page(request, _form(request), problem=words, status=404)
    return _page(request, _form(request, lookup), lookup, state=state, result=result, opened=True)


@needs(EXPORT)
@require_safe
@vary_on_headers(*FORMS)
def lookup_run(request: HtmxHttpRequest, token: str) -> HttpResponse:
    """How far a look-up is, for the page that waits for it."""
    run = Watched(owner_of(request), token).get()
    if run is None and is_fragment(request):
        return HttpResponse(status=204)  # what stands there stays
    return render(
        request,
        "tickets/lookup/_lookup_run.html",
        {"run": run_view(run, person.zone_of(request), datetime.now(UTC)) if run else None},
    )


@needs(EXPORT)
@require_POST
def lookup_cancel(request: HttpRequest, token: str) -> HttpResponse:
    """Ask a look-up to stop: it answers with what it has."""
    Watched(owner_of(request), token).cancel()
    places.leave(request)
    return HttpResponse(status=204)


def _offer(request: HttpRequest) -> HttpResponse:
    parameters, problem = read_or_say(request.META.get("QUERY_STRING", ""))
    form = LookupForm(
        parameters, remembered=remembered(request), zone=person.zone_of(request), now=datetime.now(UTC), sent=False
    )
    status, damaged = 200 if form.is_valid() and not problem else 400, mending(parameters, request.path)
    return _page(request, form, problem=problem, status=status, damaged=damaged)


def _go_on(request: HtmxHttpRequest, wanted: str) -> HttpResponse:
    """Go on with a look-up, or give it as a file."""
    lookup = _loaded(request, request.POST.get(STATE, ""))
    if lookup is None:
        return _page(request, _form(request), problem=UNKNOWN_STATE, status=400)
    if wanted == DOWNLOAD:
        return _download(request, lookup)
    if wanted == FURTHER:
        lookup.look_further_back()
    failure = _look(request, lookup)
    if lookup.complete or wanted == FURTHER:
        _tell_trail(request, lookup, _failure(failure))
    return _result(request, _form(request, lookup), lookup, failure)


def _loaded(request: HttpRequest, state: str) -> Lookup | None:
    """The look-up that was dumped there; None where it was not by this person, by another version, or before any session."""
    longest = timedelta(hours=settings.SESSION_MAX_HOURS)
    try:
        return Lookup.load(signing.loads(state, salt=_salt(request), max_age=longest))
    except (signing.BadSignature, LookupError, TypeError, ValueError):
        return None


def _form(request: HttpRequest, lookup: Lookup | None = None) -> LookupForm:
    """A form that asks for what was looked up, to be changed; without a look-up an empty one."""
    values: dict[str, str] = {}
    if lookup:
        asked = read_query_string(links.export_query(lookup.asked)).values
        values = {name: asked[name] for name in NAMES if name in asked} | fields_of(lookup.texts, lookup.listed)
    form = LookupForm(
        Parameters(values, frozenset()),
        remembered=remembered(request),
        zone=person.zone_of(request),
        now=datetime.now(UTC),
        sent=False,
    )
    form.is_valid()
    return form


def _result(
    request: HtmxHttpRequest, form: LookupForm, lookup: Lookup, stopped: CopperError | InLine | None
) -> HttpResponse:
    """What was found, and where it is kept: the page's own form is led there, so that Back and reload send nothing again."""
    state, before = signing.dumps(lookup.dump(), salt=_salt(request), compress=True), request.POST.get(RESULT, "")
    result = kept.put_result(request, state, lookup.looked_at, before)
    address = reverse("tickets:lookup_result", args=[result]) if result else ""
    if address and TOKEN in request.POST and not request.htmx and stopped is None:
        return HttpResponseRedirect(address, status=303)
    response = _page(request, form, lookup, stopped, state=state, result=result)
    if address:
        response["Content-Location"] = address
        if request.htmx:
            response["HX-Replace-Url" if result == before else "HX-Push-Url"] = address
    return response


def _look(request: HttpRequest, lookup: Lookup) -> CopperError | InLine | None:
    """Go on for a while; what ended it early, or how they stand in line where there is no place for it now."""
    place = places.take(request)
    if isinstance(place, InLine):
        return place
    watched = Watched(owner_of(request), request.POST.get(TOKEN))
    reader = Reader(request)
    try:
        return lookup.look(
            tell=watched.put, cancelled=lambda: place.keep() or watched.cancelled, left=lambda: reader.left
        )
    finally:
        place.give_back()


def _failure(stopped: CopperError | InLine | None) -> CopperError | None:
    return stopped if isinstance(stopped, CopperError) else None


def _page(
    request: HttpRequest,
    form: LookupForm,
    lookup: Lookup | None = None,
    stopped: CopperError | InLine | None = None,
    *,
    problem: str = "",
    status: int = 200,
    damaged: Mending | None = None,
    state: str = "",
    result: str = "",
    opened: bool = False,
) -> HttpResponse:
    """The page. `opened`: nobody has pressed anything, so a look-up that is not done does not go on by itself."""
    names = gateway.location_names(refresh=status == 200)
    form.offer_locations(names)
    context: dict[str, object] = {"form": form, "problem": problem, "mending": damaged, TOKEN: begin(request)}
    context["back"] = list_before(request, links.list_url(lookup.asked) if lookup else "")
    if form.unread_file and (file := kept.put_file(request, form.unread_file)):
        form.tell_of(file)
        context[kept.NAME] = file.id
    failure = None
    if lookup:
        failure = failures.describe(stopped, person.zone_of(request)) if isinstance(stopped, CopperError) else None
        watched = Watched(owner_of(request), request.POST.get(TOKEN))
        context |= {
            "table": Told(lookup, names, person.zone_of(request)).table(),
            "receipt": receipt.of(lookup.receipt, person.zone_of(request)),
            STATE: state,
            "hours_kept": settings.SESSION_MAX_HOURS,
            RESULT: result,
            "failure": failure,
            "line": None if failure else stopped,
            "running": not (opened or lookup.complete or failure or watched.cancelled),
            "days": settings.SEARCH_DEFAULT_DAYS,
        }
        status = _status(lookup, failure, status)
    return with_retry_after(render(request, "tickets/lookup/lookup.html", context, status=status), failure)


def _status(lookup: Lookup, failure: failures.Failure | None, otherwise: int) -> int:
    """A failure's own, where nothing else is shown."""
    nothing = lookup.looked_to is None and not lookup.looked_at
    return failure.status if failure and nothing else otherwise


def _download(request: HttpRequest, lookup: Lookup) -> HttpResponse:
    content = Told(lookup, gateway.location_names(), person.zone_of(request)).csv()
    trail.exported(
        request, lookup.asked.filters(), file_format="lookup", rows=len(lookup.texts), complete=lookup.complete
    )
    mark = "" if lookup.complete else "-INCOMPLETE"
    name = f"lookup-{datetime.now(person.zone_of(request)):%Y-%m-%d-%H%M}{mark}.csv"
    return HttpResponse(
        content,
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


def _tell_trail(request: HttpRequest, lookup: Lookup, failure: CopperError | None) -> None:
    trail.looked_up(
        request,
        lookup.asked.filters(),
        lookup.texts,
        looked_at=lookup.looked_at,
        complete=lookup.complete,
        failure=failure.kind if failure else None,
    )


def _parameters(request: HttpRequest) -> Parameters:
    fields = dict(request.POST.lists())
    return Parameters(
        {name: str(values[0]) for name, values in fields.items()},
        frozenset(name for name, values in fields.items() if len(values) > 1),
    )


def _salt(request: HttpRequest) -> str:
    """A result is gone on with by the person whose it is."""
    return f"lookup-{owner_of(request)}"
