"""Seeing it run: a number for each request, one JSON line each, and neither the key nor what people search for in any of it."""

import base64
import io
import json
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import suppress

import pytest
from django.contrib.auth.models import User
from django.db import connections
from django.http import StreamingHttpResponse
from django.test import Client, override_settings
from django.urls import include, path
from prometheus_client import REGISTRY, generate_latest

from audit.models import Event
from copper_sandbox import Fault
from dashboard import errors, urls
from dashboard.sight.logs import JsonLine, Output, cleaned
from tests.pages.conftest import made, no_answers_kept, pages, serve  # noqa: F401 - fixtures
from tickets_app import figures, gateway

TICKETS = [made(number) for number in range(120)]
NUMBER = re.compile(r"[A-Za-z0-9-]{8,64}")


@pytest.fixture
def log() -> Iterator[Callable[[], list[dict[str, object]]]]:
    """Everything that is logged, at DEBUG, as it would stand on standard output; the function gives the lines."""
    out = io.StringIO()
    handler = Output(out)
    handler.setFormatter(JsonLine())
    root = logging.getLogger()
    former = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in out.getvalue().splitlines()]
    root.setLevel(former)
    root.removeHandler(handler)


def request_lines(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if line["logger"] == "dashboard.request"]


# The number of a request


@pytest.mark.parametrize("given", ["abcdefgh", "0000-ffff-0123", "x" * 64])
def test_a_usable_number_that_comes_with_a_request_is_kept(client, db, given):
    assert client.get("/nowhere", headers={"X-Request-Id": given})["X-Request-Id"] == given


@pytest.mark.parametrize(
    "given", ["", "short", "x" * 65, "abcdefgh\n", "abc def gh", "<script>1", "abcdefg\u0661", "_" * 8]
)
def test_any_other_number_is_replaced(client, db, given):
    found = client.get("/nowhere", headers={"X-Request-Id": given})["X-Request-Id"]
    assert found != given
    assert NUMBER.fullmatch(found)


def test_each_request_has_a_number_of_its_own(client, db):
    assert len({client.get("/nowhere")["X-Request-Id"] for _ in range(5)}) == 5


def sent(sandbox) -> set[str | None]:
    return {entry.request_id for entry in sandbox.ledger if "/tickets" in entry.path}


def fail(sandbox, *faults: Fault) -> None:
    """Faults for the next requests for tickets; the names of locations are asked for at any time."""
    left = list(faults)
    sandbox.script(lambda asked: left.pop(0) if left and "/tickets" in asked.path else None)


@pytest.mark.parametrize(
    "address", ["/tickets/", "/tickets/?search_query=R-11&created[gte]=2026-11-01T00:00:00Z", "/tickets/tkt_00003/"]
)
def test_the_number_goes_to_copper_with_every_request_made_for_the_page(client, serve, address):
    sandbox = serve(TICKETS)
    response = client.get(address, headers={"X-Request-Id": "number-of-this-page"})
    assert response.status_code == 200
    assert sent(sandbox) == {"number-of-this-page"}


def test_the_number_goes_along_when_an_exact_id_is_looked_up_beside_a_search(client, serve):
    sandbox = serve(TICKETS)
    client.get("/tickets/?search_query=tkt_00003", headers={"X-Request-Id": "number-of-this-page"})
    assert "/v1/tickets/tkt_00003" in {entry.path for entry in sandbox.ledger}
    assert sent(sandbox) == {"number-of-this-page"}


def test_failures_say_which_number_to_quote(client, serve):
    fail(serve(TICKETS), *[Fault(status=500)] * 50)
    for address in ("/tickets/", "/tickets/tkt_1/", "/nowhere"):
        response = client.get(address, headers={"X-Request-Id": "quote-me-please"})
        assert response.status_code >= 400
        assert "Quote this number if you ask for help: <code>quote-me-please</code>" in response.content.decode()


def test_appended_rows_that_failed_say_it_too(client, serve):
    fail(serve(TICKETS), *[Fault(status=500)] * 50)
    response = client.get(
        "/tickets/?starting_after=tkt_00003", headers={"HX-Request": "true", "X-Request-Id": "quote-me-1"}
    )
    assert "<code>quote-me-1</code>" in response.content.decode()


def test_a_page_without_a_failure_has_no_number_to_quote(client, serve):
    serve(TICKETS)
    assert b"Quote" not in client.get("/tickets/").content


def explode(_request):
    raise RuntimeError("?search_query=secret-guest")


def stream(_request):
    return StreamingHttpResponse(iter([b"a", b"b"]))


urlpatterns = [path("explode", explode), path("stream", stream), path("", include(urls.urlpatterns))]
handler500 = errors.server_error


@override_settings(ROOT_URLCONF=__name__)
def test_an_error_of_our_own_has_its_number_on_the_page_and_its_traceback_in_one_line(db, log):
    response = Client(raise_request_exception=False).get("/explode", headers={"X-Request-Id": "number-of-this-page"})
    assert b"<code>number-of-this-page</code>" in response.content
    [line] = [line for line in log() if "exception" in line and line["logger"] == "django.request"]
    assert line["request_id"] == "number-of-this-page"
    assert "RuntimeError" in line["exception"]
    assert "secret-guest" not in json.dumps(line)


# Lines


def test_one_line_a_request(client, serve, log):
    serve(TICKETS)
    user = User.objects.create_user("ada")
    client.force_login(user)
    response = client.get("/tickets/?search_query=R-11")
    [line] = request_lines(log())
    assert line["request_id"] == response["X-Request-Id"]
    assert (line["view"], line["status"], line["method"], line["user_id"]) == ("tickets:list", 200, "GET", user.pk)
    assert 0 < line["copper_ms"] < line["ms"]


def test_machines_that_ask_all_the_time_leave_no_line_unless_they_get_bad_news(client, db, log, settings):
    for address in ("/healthz", "/readyz", "/metrics", "/static/copper_tickets/app.css"):
        client.get(address).close()
    assert request_lines(log()) == []
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:9"}
    }
    client.get("/readyz")
    assert [line["status"] for line in request_lines(log())] == [503]


def test_made_up_addresses_and_methods_make_no_new_words(client, db, log):
    client.get("/secret-guest/x")
    client.generic("SECRETGUEST", "/tickets/")
    assert [(line["view"], line["method"]) for line in request_lines(log())] == [
        ("none", "GET"),
        ("tickets:list", "other"),
    ]


@override_settings(ROOT_URLCONF=__name__)
@pytest.mark.parametrize(
    "take", [list, lambda parts: [next(iter(parts))], lambda parts: []], ids=["all", "one", "none"]
)
def test_a_streamed_answer_is_one_line_when_it_is_done_with_however_it_went(client, db, log, take):
    response = client.get("/stream")
    assert request_lines(log()) == []
    take(response.streaming_content)
    response.close()
    response.close()
    assert len(request_lines(log())) == 1


@pytest.mark.parametrize("odd", ["a\nb", "a\r\nb", "\x1b[31mred", "\u2028", '","level":"critical', "\ud800", "\0"])
def test_no_text_can_forge_a_line(odd):
    out = io.StringIO()
    handler = Output(out)
    handler.setFormatter(JsonLine())
    record = logging.makeLogRecord({"msg": "%s", "args": (odd,), "facts": {"user_name": odd, "deep": {"x": odd}}})
    handler.emit(record)
    [line] = out.getvalue().splitlines()
    assert json.loads(line)["user_name"] == odd
    assert line.isascii()
    assert line.isprintable()


def test_a_log_that_cannot_be_written_fails_nothing_and_shows_nothing(capsys):
    for stream in (open("/dev/full", "wb", buffering=0), io.BytesIO()):
        text = io.TextIOWrapper(stream, write_through=True)
        if isinstance(stream, io.BytesIO):
            stream.close()
        handler = Output(text)
        handler.setFormatter(JsonLine())
        handler.emit(logging.makeLogRecord({"msg": "secret-guest"}))
        assert capsys.readouterr() == ("", "")
        with suppress(OSError, ValueError):
            text.close()
        stream.close()


CLEANED = [
    ("GET /tickets/?search_query=secret&limit=3 HTTP/1.1", "GET /tickets/?[removed] HTTP/1.1"),
    ("search_query=secret", "search_query=[removed]"),
    ("{'search_query': 'secret guest', 'limit': 3}", "{'search_query': [removed], 'limit': 3}"),
    ('("search_query", "secret guest")', '("search_query", [removed])'),
    ("search_query%3Dsecret", "search_query%3D[removed]"),
    ("really? yes", "really? yes"),
]


@pytest.mark.parametrize(("text", "expected"), CLEANED)
def test_queries_are_cut_out_of_whatever_is_logged(text, expected):
    assert cleaned(text) == expected


# Neither key nor search text anywhere

CANARY_KEY = "sk_test_CANARYofTheKey0123456789"
CANARY_TEXT = "CanaryOfTheGuest"


def leaks(text: str) -> list[str]:
    forms = [CANARY_KEY, base64.b64encode(f"{CANARY_KEY}:".encode()).decode().rstrip("="), CANARY_TEXT]
    parts = [form[start : start + 12] for form in forms for start in range(len(form) - 11)]
    return [part for part in parts if part in text and not "sk_test_".startswith(part)]


def test_neither_the_key_nor_what_was_searched_is_in_logs_figures_or_the_trail(serve, settings, log, capfd):
    settings.COPPER_API_KEY = CANARY_KEY
    client = Client(raise_request_exception=False)
    client.force_login(User.objects.create_superuser("ada"))
    faults = [
        None,
        Fault(status=500),
        Fault(status=401),
        Fault(status=400),
        Fault(status=429, headers={"Retry-After": "0"}),
    ]
    for fault in faults:
        fail(serve(TICKETS), *[fault] * 9 if fault else [])
        gateway.forget()
        see_all(client)
    settings.COPPER_API_URL = "http://127.0.0.1:9/v1"
    see_all(client)
    written = json.dumps(log()) + "".join(capfd.readouterr())
    assert "dashboard.request" in written
    assert "urllib3" in written
    assert leaks(written) == []
    assert leaks(generate_latest(REGISTRY).decode()) == []
    assert leaks(repr(list(Event.objects.values()))) == []
    assert Event.objects.filter(facts__filters__search_query_length=len(CANARY_TEXT)).count() > 5


def see_all(client: Client) -> None:
    for address in ("/tickets/", "/nowhere/"):
        client.get(address, {"search_query": CANARY_TEXT})
        client.get(address, {"search_query": CANARY_TEXT}, headers={"HX-Request": "true"})
        client.get(address, {"search_query": CANARY_TEXT, "limit": "0"})
        client.get(address, {"search_query": CANARY_TEXT}, headers={"Host": "evil.example"})
        client.post(address, {"search_query": CANARY_TEXT}, QUERY_STRING=f"search_query={CANARY_TEXT}")
    for address in ("/tickets/tkt_00003/", "/tickets/tkt_none/", "/audit/", "/metrics", "/readyz"):
        client.get(address, headers={"Referer": f"http://testserver/tickets/?search_query={CANARY_TEXT}"})


def test_the_canary_would_be_found():
    assert leaks(f"x{CANARY_TEXT}x")
    assert leaks(base64.b64encode(f"{CANARY_KEY}:".encode()).decode())
    assert leaks(f"...{CANARY_KEY[9:24]}...")


# Figures


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def changes(names: list[tuple[str, dict[str, str]]], act: Callable[[], object]) -> list[float]:
    before = [value(name, **labels) for name, labels in names]
    act()
    return [value(name, **labels) - former for (name, labels), former in zip(names, before, strict=True)]


def test_requests_are_counted_by_view_and_status(client, serve):
    serve(TICKETS)
    names = [
        ("copper_tickets_requests_total", {"view": "tickets:ticket", "status": "404"}),
        ("copper_tickets_request_seconds_count", {"view": "tickets:ticket"}),
        ("copper_tickets_requests_in_progress", {}),
    ]
    assert changes(names, lambda: client.get("/tickets/tkt_none/")) == [1, 1, 0]


@override_settings(ROOT_URLCONF=__name__)
def test_a_request_that_failed_is_over_as_well(db):
    names = [
        ("copper_tickets_requests_in_progress", {}),
        ("copper_tickets_requests_total", {"view": "explode", "status": "500"}),
    ]
    assert changes(names, lambda: Client(raise_request_exception=False).get("/explode"))[0] == 0


def test_what_copper_did_is_counted(client, serve, settings):
    fail(serve(TICKETS), Fault(status=500), Fault(status=429, headers={"Retry-After": "0"}))
    settings.COPPER_CACHE_SECONDS = 15
    gateway.location_names()
    names = [
        *(("copper_tickets_copper_requests_total", {"result": result}) for result in ("server", "rate_limited")),
        ("copper_tickets_copper_retries_total", {}),
        ("copper_tickets_copper_requests_in_flight", {}),
        ("copper_tickets_lanes_in_flight", {}),
        ("copper_tickets_cache_answers_total", {"result": "miss"}),
        ("copper_tickets_cache_answers_total", {"result": "hit"}),
    ]

    def twice() -> None:
        for _ in range(2):
            assert client.get("/tickets/tkt_00003/").status_code == 200

    assert changes(names, twice) == [1, 1, 2, 0, 0, 1, 1]
    assert value("copper_tickets_copper_last_success_timestamp_seconds") > 0


# Who may read them


@pytest.mark.parametrize(
    ("token", "request_is", "status"),
    [
        ("", {"REMOTE_ADDR": "127.0.0.1"}, 200),
        ("", {"REMOTE_ADDR": "::1"}, 200),
        ("", {"REMOTE_ADDR": "10.0.0.9"}, 403),
        ("", {"REMOTE_ADDR": ""}, 403),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_FORWARDED": "for=10.0.0.9"}, 403),
        ("long enough token", {"REMOTE_ADDR": "127.0.0.1"}, 403),
        ("long-enough-token", {"REMOTE_ADDR": "10.0.0.9", "HTTP_AUTHORIZATION": "Bearer long-enough-token"}, 200),
        ("long-enough-token", {"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer long-enough-tokex"}, 403),
        ("long-enough-token", {"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "long-enough-token"}, 403),
        ("long-enough-token", {"REMOTE_ADDR": "127.0.0.1", "HTTP_AUTHORIZATION": "Bearer ü"}, 403),
        ("", {"REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "10.0.0.7:8000"}, 200),
    ],
)
def test_figures_are_for_this_machine_or_for_whoever_has_the_token(client, settings, token, request_is, status):
    settings.METRICS_TOKEN = token
    response = client.get("/metrics", **request_is)
    assert response.status_code == status
    assert (b"copper_tickets_requests_total" in response.content) is (status == 200)


def test_figures_are_only_read(client):
    assert client.post("/metrics").status_code == 405


# /readyz


def test_readyz_reports_copper_as_last_seen_without_asking_it(client, serve):
    sandbox = serve(TICKETS)
    figures.health.__init__()
    assert client.get("/readyz").json()["copper"] == {"state": "unknown", "failing_since": None, "last_success": None}
    assert len(sandbox.ledger) == 0
    client.get("/tickets/tkt_00003/")
    seen = client.get("/readyz").json()
    assert (seen["ready"], seen["copper"]["state"], seen["copper"]["failing_since"]) == (True, "ok", None)
    assert seen["copper"]["last_success"].startswith("20")


def test_readyz_says_that_copper_fails_and_is_ready_all_the_same(client, serve, settings):
    settings.COPPER_API_URL = "http://127.0.0.1:9/v1"
    for _ in range(5):
        client.get("/tickets/tkt_1/")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["copper"]["state"]) == (200, "failing")
    assert value("copper_tickets_copper_breaker_open") == 1
    serve(TICKETS)
    assert client.get("/tickets/tkt_00003/").status_code == 200
    assert client.get("/readyz").json()["copper"]["state"] == "ok"
    assert value("copper_tickets_copper_breaker_open") == 0


def test_readyz_is_503_while_a_migration_is_missing(client, transactional_db, monkeypatch):
    from dashboard import health

    monkeypatch.setattr(health, "_applied", set())
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0002_append_only'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"], response.json()["database"]) == (503, "failing", "ok")
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0002_append_only', '2026-11-24')"
        )
    assert client.get("/readyz").json()["migrations"] == "ok"
