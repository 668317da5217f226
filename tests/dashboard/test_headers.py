"""Every address and every status carries the headers that keep other sites out (RELIABILITY.md, sections 1 and 3)."""

from collections.abc import Iterator

import pytest
from csp.decorators import csp_replace
from django.contrib.auth.decorators import login_not_required
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, include, path

from dashboard import errors, urls
from dashboard.headers import ContentPolicy

CSP = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
EVERYWHERE = {
    "Strict-Transport-Security": "max-age=31536000; includeSubDomains",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def raising(error: Exception):
    @login_not_required
    def view(_request: HttpRequest) -> HttpResponse:
        raise error

    return view


urlpatterns = [
    path("400", raising(SuspiciousOperation("secret"))),
    path("403", raising(PermissionDenied("secret"))),
    path("500", raising(RuntimeError("secret"))),
    path("", include(urls.urlpatterns)),
]
handler400, handler403 = errors.bad_request, errors.forbidden
handler404, handler500 = errors.not_found, errors.server_error


@pytest.fixture
def site(settings, db) -> Client:
    """The site as it is behind a proxy with TLS, with three addresses that fail on top."""
    settings.ROOT_URLCONF = __name__
    settings.SECURE_SSL_REDIRECT = True
    settings.SECURE_HSTS_SECONDS = settings.HSTS_SECONDS
    return Client(raise_request_exception=False)


def addresses(patterns: list[URLPattern | URLResolver], before: str = "/") -> Iterator[str]:
    """One address for each pattern, whatever it is made of."""
    for pattern in patterns:
        route = before + "".join(
            part.split(">")[-1] if index == 0 else "x" + part.split(">")[-1]
            for index, part in enumerate(str(pattern.pattern).removeprefix("^").removesuffix("$").split("<"))
        )
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield route


def check(response: HttpResponse) -> None:
    """All headers, once, and nothing in the policy that opens it."""
    assert {name: response.headers.get(name) for name in EVERYWHERE} == EVERYWHERE
    given = dict(rule.strip().split(" ", 1) for rule in response["Content-Security-Policy"].split(";") if rule.strip())
    assert given == CSP
    assert "camera=()" in response["Permissions-Policy"]
    assert "clipboard-write=(self)" in response["Permissions-Policy"]  # copy.js
    stored = response["Cache-Control"]
    if response.request["PATH_INFO"].startswith("/static/") and response.status_code == 200:
        assert "immutable" in stored
    else:
        assert "no-store" in stored
        assert "private" in stored
    for name, cookie in response.cookies.items():
        assert cookie["httponly"], name
        assert cookie["samesite"] == "Lax", name


@pytest.mark.parametrize("method", ["get", "head", "post", "options", "put", "trace"])
def test_every_address_of_the_site_carries_them_whatever_the_method(site, method):
    walked = list(addresses(get_resolver(urls.__name__).url_patterns))
    assert {"/", "/tickets/", "/tickets/x/", "/login/", "/logout/", "/readyz"} <= set(walked)
    for address in [*walked, "/healthz"]:
        response = getattr(site, method)(address, secure=True)
        check(response)
        if method in {"put", "trace"}:
            assert response.status_code == 405, address
            assert response["Allow"] == "GET, HEAD, POST, OPTIONS"


STATUSES = {
    "a page": (200, "/login/", {}),
    "healthz": (200, "/healthz", {}),
    "a static file": (200, staticfiles_storage.url("copper_tickets/app.css"), {}),
    "a redirect": (302, "/", {}),
    "bad input": (400, "/tickets/?limit=0", {}),
    "a bad request": (400, "/400", {}),
    "an unknown host": (400, "/tickets/", {"HTTP_HOST": "evil.example"}),
    "forbidden": (403, "/403", {}),
    "another machine": (403, "/tickets/", {"REMOTE_ADDR": "10.0.0.7"}),
    "no such page": (404, "/nowhere", {}),
    "no such static file": (404, "/static/nowhere.css", {}),
    "Copper does not answer": (502, "/tickets/tkt_1/", {}),
    "an error of ours": (500, "/500", {}),
}


@pytest.mark.parametrize("case", STATUSES)
def test_every_status_carries_them(site, case):
    status, address, extra = STATUSES[case]
    response = site.get(address, secure=True, **extra)
    assert response.status_code == status
    check(response)
    assert b"secret" not in b"".join(response)
    response.close()  # a static file stays open otherwise


def test_a_post_without_a_token_is_refused_with_all_of_them(settings, site):
    response = Client(enforce_csrf_checks=True).post("/login/", secure=True)
    assert response.status_code == 403
    check(response)


def test_a_wrong_host_over_http_is_refused_before_it_is_redirected(site):
    response = site.get("/tickets/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert response["Cross-Origin-Resource-Policy"] == "same-origin"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_plain_http_is_sent_to_https_but_for_machines(site):
    response = site.get("/tickets/?limit=10")
    assert (response.status_code, response["Location"]) == (301, "https://testserver/tickets/?limit=10")
    assert "Strict-Transport-Security" not in response
    assert site.get("/healthz").status_code == 200
    assert site.get("/readyz").status_code == 200


def test_no_other_site_may_read_a_static_file(site):
    response = site.get(staticfiles_storage.url("copper_tickets/app.css"), secure=True)
    assert "Access-Control-Allow-Origin" not in response
    response.close()


def test_a_page_with_a_policy_of_its_own_keeps_it_and_no_other_gets_it(rf):
    policies = ContentPolicy(csp_replace({"img-src": ["'none'"]})(lambda _request: HttpResponse()))
    own = policies(rf.get("/"))["Content-Security-Policy"]
    usual = ContentPolicy(lambda _request: HttpResponse())
    assert "img-src 'none'" in own
    assert [usual(rf.get("/"))["Content-Security-Policy"].count("img-src 'self' data:") for _ in range(2)] == [1, 1]
