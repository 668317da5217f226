"""/readyz: what this server lacks, and what it saw of Copper."""

from django.db import connections
from prometheus_client import REGISTRY

from tests.dashboard.operations.conftest import TICKETS
from tickets_app.gateway import metrics


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_readyz_reports_copper_as_last_seen_without_asking_it(client, serve):
    sandbox = serve(TICKETS)
    metrics.health.__init__()
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


def test_readyz_is_503_while_a_migration_is_missing(client, transactional_db, monkeypatch, caplog):
    from dashboard.operations import health

    monkeypatch.setattr(health, "_applied", set())
    with connections["default"].cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'audit' AND name = '0002_append_only'")
    response = client.get("/readyz")
    assert (response.status_code, response.json()["migrations"], response.json()["database"]) == (503, "failing", "ok")
    assert "there are migrations to apply (`manage.py migrate`)" in caplog.text
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('audit', '0002_append_only', '2026-11-24')"
        )
    assert client.get("/readyz").json()["migrations"] == "ok"
