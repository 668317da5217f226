"""The page of a person's preferences: the time zone, light or dark."""

from datetime import UTC, datetime

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_http_methods

from tickets_app.display import person
from tickets_app.display.came_from import came_from_list
from tickets_app.filters import zone_change
from tickets_app.rights import VIEW, needs


@needs(VIEW)
@require_http_methods(["GET", "HEAD", "POST"])
def preferences(request: HttpRequest) -> HttpResponse:
    """The time zone and the look. A POST changes what it names, and leads back to where it came from (`next`)."""
    if request.method != "POST":
        return _preferences(request)
    zone = request.POST.get("zone")
    if zone is not None and zone not in {"", *person.zones()}:
        return _preferences(request, problem=f"There is no time zone “{zone[:80]}” here. Choose one from the list.")
    url = _next(request)
    if zone is not None:
        url = _change(request, zone, url)
    response = HttpResponseRedirect(url)
    if person.THEME in request.POST:
        person.keep_theme(response, request.POST[person.THEME])
    return response


def _change(request: HttpRequest, zone: str, url: str) -> str:
    """Note the zone. Give the address to go on at: a list has the same days in it, and will say what was done."""
    before, now = person.zone_of(request), datetime.now(UTC)
    person.prefer(request, zone=zone)
    after = person.zone_of(request)
    if not zone_change.is_list(url) or before.key == after.key:
        return url
    url, said = zone_change.in_zone(url, before, after, now)
    messages.info(request, said)
    return url


def _next(request: HttpRequest) -> str:
    return _own(request, request.POST.get("next", "")) or reverse("tickets:preferences")


def _own(request: HttpRequest, url: str) -> str:
    """The address where it is one of this site's."""
    safe = url_has_allowed_host_and_scheme(url, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return url if safe else ""


def _preferences(request: HttpRequest, problem: str = "") -> HttpResponse:
    preference = person.preference_of(request)
    context = {
        "problem": problem,
        "back": came_from_list(request),
        "zones": person.zones(),
        "chosen": preference.zone if preference else "",
        "site_zone": person.site_zone(),
        "next": _own(request, request.POST.get("next", "") or request.GET.get("next", "")),
        "default_view": preference.default_view if preference else None,
    }
    return render(request, "tickets/preferences/preferences.html", context, status=400 if problem else 200)
