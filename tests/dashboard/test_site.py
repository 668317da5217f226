"""Health, the loopback guard, error pages, headers."""

import json

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import include, path
from prometheus_client import REGISTRY

from dashboard import errors, urls
from dashboard.loopback import OnlyThisMachine
from tickets_app.rights import VIEW, needs


def test_healthz_touches_nothing_and_takes_any_host(client):
    response = client.get("/healthz", headers={"Host": "10.0.0.7:8000"})
    assert (response.status_code, response.content) == (200, b"ok\n")


def test_readyz_says_what_works(client, db):
    response = client.get("/readyz")
    assert (response.status_code, response.json()["ready"]) == (200, True)


def test_readyz_is_ready_without_the_cache_and_says_that_it_lacks_it(client, db, settings):
    """Pages come without it: to take every server out for it would leave nobody to answer."""
    options = {"socket_timeout": 0.2, "socket_connect_timeout": 0.2}
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:9",
            "OPTIONS": options,
        }
    }
    response = client.get("/readyz")
    found = response.json()
    assert (response.status_code, found["ready"], found["cache"], found["database"]) == (200, True, "failing", "ok")
    assert found["degraded"] == ["cache"]
    assert REGISTRY.get_sample_value("copper_tickets_degraded", {"part": "cache"}) == 1
    assert REGISTRY.get_sample_value("copper_tickets_degraded", {"part": "database"}) == 0


@pytest.mark.parametrize(
    ("address", "status"), [("127.0.0.1", 200), ("::1", 200), ("10.0.0.7", 403), ("", 403), ("x", 403)]
)
def test_without_login_only_this_machine_is_answered(client, db, address, status):
    assert client.get("/readyz", REMOTE_ADDR=address).status_code == status


def test_the_guard_is_in_force_in_tests_as_it_is_without_login(settings):
    assert "dashboard.loopback.OnlyThisMachine" in settings.MIDDLEWARE
    assert OnlyThisMachine(lambda request: None)(RequestFactory().get("/", REMOTE_ADDR="8.8.8.8")).status_code == 403


def test_an_unknown_host_is_refused(client, db):
    assert client.get("/tickets/?limit=0", headers={"Host": "evil.example"}).status_code == 400


def test_an_unknown_path_is_a_404_page_with_a_way_on(client, db):
    response = client.get("/nowhere")
    assert response.status_code == 404
    assert b"There is no such page" in response.content
    assert b'href="/tickets/"' in response.content


@needs(VIEW)
def explode(_request):
    raise RuntimeError("secret detail")


urlpatterns = [path("explode", explode), path("", include(urls.urlpatterns))]
handler500 = errors.server_error


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_of_our_own_shows_nothing_of_itself(db):
    response = Client(raise_request_exception=False).get("/explode")
    assert response.status_code == 500
    assert b"Something went wrong here" in response.content
    assert b"secret detail" not in response.content


def test_of_the_libraries_files_only_those_are_collected_that_pages_use(settings):
    collected = set(json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"])
    bootstrap = {path for path in collected if "bootstrap" in path}
    assert bootstrap == {"css/bootstrap.min.css", "css/bootstrap.min.css.map"}
    assert {path for path in collected if "htm" in path} == {
        "django_htmx/django-htmx.js",
        "django_htmx/htmx-2.js",
        "django_htmx/htmx-2.min.js",
    }
    assert not list(settings.STATIC_ROOT.rglob("*.map.br"))


def test_pages_carry_a_strict_policy(client, db):
    policy = client.get("/tickets/?limit=0")["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
