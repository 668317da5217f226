"""/readyz: what this server lacks, and what it saw of Copper."""

from django.db import connections
from prometheus_client import REGISTRY

from copper_sandbox import Fault
from tests.dashboard.operations.conftest import TICKETS


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def test_readyz_reports_copper_as_last_seen_without_asking_it(client, serve):
    sandbox = serve(TICKETS)
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
    assert response.json()["degraded"] == ["copper"]
    assert value("copper_tickets_copper_breaker_open") == 1
    serve(TICKETS)
    assert client.get("/tickets/tkt_00003/").status_code == 200
    assert client.get("/readyz").json()["copper"]["state"] == "ok"
    assert value("copper_tickets_copper_breaker_open") == 0


def test_readyz_says_that_copper_refuses_the_key_until_it_takes_one(client, serve):
    """RELIABILITY.md, row 7: it would have been called well, since it answers, while nobody sees a ticket."""
    sandbox = serve(TICKETS)

    def seen() -> tuple[object, ...]:
        client.get(f"/tickets/{next(ids)}/")
        found = client.get("/readyz").json()
        return found["ready"], found["copper"]["state"], found["copper"]["failing_since"] is None, found["degraded"]

    ids = iter(["tkt_00003", "tkt_00002", "tkt_00001", "tkt_00000"])
    assert seen() == (True, "ok", True, [])
    sandbox.script(lambda _: Fault(status=401))
    assert seen() == (True, "refused", False, ["copper"])
    sandbox.unscript()
    sandbox.script(*[Fault(status=429)] * 3)
    assert seen() == (True, "refused", False, ["copper"])
    sandbox.unscript()
    assert seen() == (True, "ok", True, [])


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
