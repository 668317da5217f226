"""Who gets in where: checked over every address of the URL configuration, not over a list by hand."""

from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.checks import run_checks
from django.http import HttpResponse
from django.test import Client, override_settings
from django.urls import URLPattern, get_resolver, include, path, resolve
from django.urls.resolvers import RoutePattern
from django.utils.regex_helper import normalize

from dashboard import urls
from dashboard.identity.roles import ROLES
from tests.dashboard.identity.conftest import PASSWORD, log_in
from tests.pages.conftest import made
from tickets_app import rights
from tickets_app.rights import needs

# Everything else is closed. /healthz is answered before the URL configuration; sso leads away, to a log-in page.
OPEN = {"login/", "readyz", "login/sso/", "login/sso/callback/"}
FOR_EVERYBODY_LOGGED_IN = {"logout/", "password/", "password/changed/"}
SAMPLES = {"int": "1", "str": "tkt_00001", "slug": "x", "path": "x", "uuid": "12345678-1234-5678-1234-567812345678"}


def one_of(pattern: URLPattern) -> str:
    """A piece of an address that this pattern takes."""
    if isinstance(pattern, RoutePattern):
        piece = str(pattern)
        for name, converter in pattern.converters.items():
            kind = next(
                kind for kind in SAMPLES if f"<{kind}:{name}>" in piece or (kind == "str" and f"<{name}>" in piece)
            )
            piece = piece.replace(f"<{kind}:{name}>", SAMPLES[kind]).replace(f"<{name}>", SAMPLES["str"])
            assert converter.regex
        return piece
    template, names = normalize(pattern.regex.pattern)[0]
    return template % dict.fromkeys(names, "auth")


def addresses(patterns: list[object], before: tuple[str, str] = ("", "")) -> Iterator[tuple[str, str, object]]:
    """Each address of the site: its route, one sample of it, and its view."""
    for entry in patterns:
        here = before[0] + str(entry.pattern), before[1] + one_of(entry.pattern)
        if isinstance(entry, URLPattern):
            yield here[0], "/" + here[1], entry.callback
        else:
            yield from addresses(entry.url_patterns, here)


ALL = list(addresses(get_resolver(urls).url_patterns))
IDS = [route for route, _, _ in ALL]


def test_the_walk_finds_every_kind_of_address():
    assert len(ALL) > 20
    assert {
        "tickets/",
        "tickets/<str:ticket_id>/",
        "login/",
        "admin/",
        "admin/auth/user/<path:object_id>/change/",
    } <= set(IDS)
    catch_all = [route for route, sample, view in ALL if resolve(sample).func is not view]
    assert all(route.startswith("admin/") for route in catch_all), "a sample that does not lead to its own view"


@pytest.mark.parametrize(("route", "sample", "view"), ALL, ids=IDS)
def test_without_login_every_address_but_the_open_ones_leads_to_the_log_in_page_and_copper_is_not_asked(
    route, sample, view, client, db, serve
):
    sandbox = serve([made(number) for number in range(3)])
    for method in ("get", "post", "head", "put", "delete"):
        for headers in ({}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}):
            response = getattr(client, method)(sample, headers=headers)
            if method in {"put", "delete"}:
                assert response.status_code == 405  # no page here takes these, whoever asks
            elif route in {"login/", "readyz"}:
                assert b"tkt_" not in response.content
            elif route in OPEN:
                assert response.status_code in {302, 403, 405}
            elif headers:
                assert response.status_code == 401
                assert urlsplit(response["HX-Redirect"]).path == "/login/"
                assert response.content == b""
            else:
                assert response.status_code == 302
                assert urlsplit(response["Location"]).path == "/login/"
    assert len(sandbox.ledger) == 0


def test_the_same_walk_with_a_right_does_ask_copper(logged_in, serve):
    sandbox = serve([made(number) for number in range(3)])
    client = logged_in("anna", "analyst")
    statuses = {}
    for _, sample, _ in ALL:
        if sample.startswith("/tickets/"):
            response = client.get(sample)
            statuses[sample] = response.status_code
            response.close()  # a file may hang on it
    assert statuses.pop("/tickets/lookup/results/tkt_00001/") == 404  # nobody has looked anything up
    pressed = ("/cancel/", "/share", "/remove/")  # by a form alone
    assert statuses == {sample: 405 if sample.endswith(pressed) else 200 for sample in statuses}
    assert len(sandbox.ledger) >= 2


def test_only_these_addresses_are_open():
    assert {route for route, _, view in ALL if rights.is_open(view)} == OPEN


@pytest.mark.parametrize(("route", "sample", "view"), ALL, ids=IDS)
def test_a_person_without_any_right_gets_a_friendly_refusal(route, sample, view, logged_in, serve):
    sandbox = serve([made(1)])
    client = logged_in("anna")
    response = client.get(sample)
    if route in OPEN | FOR_EVERYBODY_LOGGED_IN:
        assert response.status_code in {200, 302, 403, 405}
        return
    assert response.status_code == 403
    assert "You may not see this" in response.content.decode()
    assert "Ask the people who run this dashboard" in response.content.decode()
    assert 'href="/tickets/">To the list' not in response.content.decode(), "a way on that leads here again"
    assert len(sandbox.ledger) == 0


def test_looking_up_many_is_offered_to_those_who_may_export_alone(logged_in, serve):
    sandbox = serve([made(number) for number in range(3)])
    viewer, analyst = logged_in("vera", "viewer"), logged_in("anna", "analyst")
    assert "/tickets/lookup/" in analyst.get("/tickets/").content.decode()
    assert "/tickets/lookup/" not in viewer.get("/tickets/").content.decode()
    asked = len(sandbox.ledger)
    assert viewer.post("/tickets/lookup/", {"references": "R-1"}).status_code == 403
    assert len(sandbox.ledger) == asked
    assert "Found" in analyst.post("/tickets/lookup/", {"references": "R-1"}).content.decode()


def page(_request):
    return HttpResponse("in")


urlpatterns = [
    path("view", needs(rights.VIEW)(page)),
    path("export", needs(rights.EXPORT)(page)),
    path("share", needs(rights.SHARE)(page)),
    path("administer", needs(rights.ADMINISTER)(page)),
    path("undecided", page),
    path("", include(urls.urlpatterns)),
]
MAY = {
    "viewer": {"view"},
    "analyst": {"view", "export"},
    "sharer": {"view", "share"},
    "admin": {"view", "export", "share", "administer"},
}


def opened(client: Client) -> set[str]:
    asked = ("view", "export", "share", "administer", "undecided")
    return {name for name in asked if client.get(f"/{name}").status_code == 200}


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize("role", ROLES)
def test_each_role_opens_its_pages_and_no_others(role, logged_in):
    assert opened(logged_in("anna", role)) == MAY[role]


@override_settings(ROOT_URLCONF=__name__)
def test_a_new_address_of_which_nobody_decided_is_closed_to_everybody_and_stops_the_start(person, client):
    person("root", is_superuser=True, is_staff=True)
    log_in(client, "root")
    assert opened(client) == {"view", "export", "share", "administer"}
    found = [str(error.msg) for error in run_checks() if error.id == "copper.E005"]
    assert found == ["/undecided says nothing of who may see it: put @needs(…) of tickets_app/rights.py on its view."]


def test_no_address_of_the_site_is_undecided():
    assert [error for error in run_checks() if error.id == "copper.E005"] == []


@override_settings(ROOT_URLCONF=__name__)
def test_where_nobody_logs_in_everybody_may_do_all_but_administer(settings, client, db):
    settings.LOGIN_REQUIRED = False
    settings.AUTHENTICATION_BACKENDS = [*settings.AUTHENTICATION_BACKENDS, "dashboard.identity.backends.ThisMachine"]
    assert opened(client) == {"view", "export", "share"}
    assert client.get("/admin/").status_code == 403


def test_htmx_is_led_out_of_the_page_where_a_right_is_missing(logged_in):
    response = logged_in("anna").get(
        "/tickets/", headers={"HX-Request": "true", "HX-Current-URL": "http://testserver/tickets/?limit=5"}
    )
    assert (response.status_code, response["HX-Redirect"], response.content) == (403, "/tickets/?limit=5", b"")


@pytest.mark.parametrize("address", ["/tickets/lookup/", "/tickets/tkt_00001/notes/"])
def test_what_was_typed_stays_in_its_page_where_a_right_is_missing(logged_in, address):
    """The page is not led away from: its scripts say why, and what stands in its fields can be sent later."""
    response = logged_in("anna").post(address, {"text": "called Reno"}, headers={"HX-Request": "true"})
    assert (response.status_code, response.get("HX-Redirect")) == (403, None)
    assert "You may not see this" in response.content.decode()


@pytest.mark.parametrize(
    ("headers", "path", "back"),
    [
        ({}, "/tickets/?location=loc_a&limit=5", "/tickets/?location=loc_a&limit=5"),
        (
            {"HX-Request": "true", "HX-Current-URL": "http://testserver/tickets/?limit=5"},
            "/tickets/?x",
            "/tickets/?limit=5",
        ),
        ({"HX-Request": "true", "HX-Current-URL": "http://evil.example/tickets/"}, "/tickets/?x", None),
        ({"HX-Request": "true"}, "/tickets/?x", None),
    ],
)
def test_after_logging_in_a_person_is_back_on_the_page_that_was_open(headers, path, back, client, person):
    person("anna", "viewer")
    response = client.get(path, headers=headers)
    login = response.get("HX-Redirect") or response["Location"]
    assert parse_qs(urlsplit(login).query).get("next") == ([back] if back else None)
    form = client.get(login)
    sent = {"username": "anna", "password": PASSWORD, "next": form.context["next"]}
    assert client.post("/login/", sent)["Location"] == (back or "/")


def test_a_form_that_was_sent_too_late_leads_back_to_its_page_not_to_where_it_was_sent(client, db):
    response = client.post("/password/", headers={"Referer": "http://testserver/tickets/?limit=5"})
    assert response["Location"] == "/login/?next=%2Ftickets%2F%3Flimit%3D5"
    assert client.post("/password/")["Location"] == "/login/"
