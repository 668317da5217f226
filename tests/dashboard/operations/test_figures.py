"""What is counted, and who may read it."""

from collections.abc import Callable

import pytest
from django.test import Client, override_settings
from prometheus_client import REGISTRY

from copper_sandbox import Fault
from tests.dashboard.operations.conftest import TICKETS, fail
from tests.processes import PATIENCE
from tickets_app.gateway import shared
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import State


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


@override_settings(ROOT_URLCONF="tests.dashboard.operations.addresses")
def test_a_request_that_failed_is_over_as_well(db):
    names = [
        ("copper_tickets_requests_in_progress", {}),
        ("copper_tickets_requests_total", {"view": "explode", "status": "500"}),
    ]
    assert changes(names, lambda: Client(raise_request_exception=False).get("/explode"))[0] == 0


def test_what_copper_did_is_counted(client, serve, settings):
    sandbox = serve(TICKETS)
    settings.COPPER_CACHE_SECONDS = 15
    gateway.location_names(refresh=True)
    assert shared.parts().directory.names(PATIENCE).state is State.KNOWN  # they go through the cache, too
    fail(sandbox, Fault(status=500), Fault(status=429, headers={"Retry-After": "0"}))
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
