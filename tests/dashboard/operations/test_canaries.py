"""Neither the key nor what people search for is in logs, figures or the audit trail, whatever fails, at any level."""

import base64
import json

import pytest
from django.contrib.auth.models import User
from django.test import Client
from prometheus_client import REGISTRY, generate_latest

from audit.models import Event
from copper_sandbox import Fault
from tests.dashboard.operations.conftest import TICKETS, fail
from tickets_app.gateway import shared

CANARY_KEY = "sk_test_CANARYofTheKey0123456789"  # pragma: allowlist secret - made up
CANARY_TEXT = "CanaryOfTheGuest"
CANARY_ID = "tkt_CanaryOfTheGuest"  # what looks like an id is also retrieved, by its path


def leaks(text: str) -> list[str]:
    forms = [CANARY_KEY, base64.b64encode(f"{CANARY_KEY}:".encode()).decode().rstrip("="), CANARY_TEXT]
    parts = [form[start : start + 12] for form in forms for start in range(len(form) - 11)]
    return [part for part in parts if part in text and not "sk_test_".startswith(part)]


@pytest.mark.parametrize("text", [CANARY_TEXT, CANARY_ID])
def test_neither_the_key_nor_what_was_searched_is_in_logs_figures_or_the_trail(text, serve, settings, log, capfd):
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
        shared.forget()
        see_all(client, text)
    settings.COPPER_API_URL = "http://127.0.0.1:9/v1"
    see_all(client, text)
    written = json.dumps(log()) + "".join(capfd.readouterr())
    assert "dashboard.request" in written
    assert "urllib3" in written
    assert leaks(written) == []
    assert leaks(generate_latest(REGISTRY).decode()) == []
    assert leaks(repr(list(Event.objects.values()))) == []
    assert Event.objects.filter(facts__filters__search_query_length=len(text)).count() > 5


def see_all(client: Client, text: str) -> None:
    for address in ("/tickets/", "/nowhere/"):
        client.get(address, {"search_query": text})
        client.get(address, {"search_query": text}, headers={"HX-Request": "true"})
        client.get(address, {"search_query": text, "limit": "0"})
        client.get(address, {"search_query": text}, headers={"Host": "evil.example"})
        client.post(address, {"search_query": text}, QUERY_STRING=f"search_query={text}")
    client.post("/tickets/lookup/", {"references": f"R-1\n{text}"})
    client.post("/tickets/lookup/", {"references": f"{text}\0"})
    for address in ("/tickets/tkt_00003/", "/tickets/tkt_none/", "/audit/", "/metrics", "/readyz"):
        client.get(address, headers={"Referer": f"http://testserver/tickets/?search_query={text}"})


def test_the_canary_would_be_found():
    assert leaks(f"x{CANARY_TEXT}x")
    assert leaks(base64.b64encode(f"{CANARY_KEY}:".encode()).decode())
    assert leaks(f"...{CANARY_KEY[9:24]}...")
