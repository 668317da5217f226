"""One JSON line a request, that nothing can forge and that fails nothing."""

import base64
import io
import json
import logging
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client, override_settings

from dashboard.operations import health
from dashboard.operations.logs import JsonLine, Output, cleaned
from tests.dashboard.operations.conftest import TICKETS
from tests.dashboard.operations.test_canaries import CANARY_KEY


def request_lines(lines: list[dict[str, object]]) -> list[dict[str, object]]:
    return [line for line in lines if line["logger"] == "dashboard.request"]


@override_settings(ROOT_URLCONF="tests.dashboard.operations.addresses")
def test_an_error_of_our_own_has_its_number_on_the_page_and_its_traceback_in_one_line(db, log):
    response = Client(raise_request_exception=False).get("/explode", headers={"X-Request-Id": "number-of-this-page"})
    assert b"<code>number-of-this-page</code>" in response.content
    [line] = [line for line in log() if "exception" in line and line["logger"] == "django.request"]
    assert line["request_id"] == "number-of-this-page"
    assert "RuntimeError" in line["exception"]
    assert "secret-guest" not in json.dumps(line)


def test_one_line_a_request(client, serve, log):
    serve(TICKETS)
    user = User.objects.create_user("ada")
    client.force_login(user)
    response = client.get("/tickets/?search_query=R-11")
    [line] = request_lines(log())
    assert line["request_id"] == response["X-Request-Id"]
    assert (line["view"], line["status"], line["method"], line["user_id"]) == ("tickets:list", 200, "GET", user.pk)
    assert 0 < line["copper_ms"] < line["ms"]


def test_machines_that_ask_all_the_time_leave_no_line_unless_they_get_bad_news(client, db, log, settings, monkeypatch):
    for address in ("/healthz", "/readyz", "/metrics", "/static/copper_tickets/app.css"):
        client.get(address).close()
    assert request_lines(log()) == []
    settings.LOGIN_REQUIRED = True

    def fails() -> None:
        raise OperationalError

    monkeypatch.setattr(health, "_ask_database", fails)
    client.get("/readyz")
    assert [line["status"] for line in request_lines(log())] == [503]


def test_made_up_addresses_and_methods_make_no_new_words(client, db, log):
    client.get("/secret-guest/x")
    client.generic("SECRETGUEST", "/tickets/")  # refused before it gets this far
    assert [(line["view"], line["method"]) for line in request_lines(log())] == [("none", "GET")]


@override_settings(ROOT_URLCONF="tests.dashboard.operations.addresses")
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


@pytest.fixture(params=["full", "closed"])
def broken_stream(request: pytest.FixtureRequest) -> Iterator[io.TextIOWrapper]:
    """A standard output whose disk is full, or that was closed."""
    with Path("/dev/full").open("wb", buffering=0) as full:
        stream = io.TextIOWrapper(full, write_through=True)
        if request.param == "closed":
            stream.detach()
        yield stream
        with suppress(OSError, ValueError):
            stream.close()


def test_a_log_that_cannot_be_written_fails_nothing_and_shows_nothing(broken_stream, capsys):
    handler = Output(broken_stream)
    handler.setFormatter(JsonLine())
    handler.emit(logging.makeLogRecord({"msg": "secret-guest"}))
    assert capsys.readouterr() == ("", "")


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


@pytest.mark.parametrize("form", [CANARY_KEY, base64.b64encode(f"{CANARY_KEY}:".encode()).decode()])
def test_the_key_is_cut_out_of_whatever_is_logged_in_every_form(settings, form):
    settings.COPPER_API_KEY = CANARY_KEY
    out = io.StringIO()
    handler = Output(out)
    handler.setFormatter(JsonLine())
    error, facts = RuntimeError(f"Basic {form}"), {"deep": {"deeper": form}, "flat": form}
    handler.emit(logging.makeLogRecord({"msg": form, "facts": facts, "exc_info": (type(error), error, None)}))
    line = json.loads(out.getvalue())
    assert (line["event"], line["flat"], line["deep"]["deeper"]) == ("[removed]",) * 3
    assert "RuntimeError: Basic [removed]" in line["exception"]
