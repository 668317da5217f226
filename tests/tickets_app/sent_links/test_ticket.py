"""A sent link of a ticket: when it was seen, and whether it has changed since."""

import re
from datetime import timedelta
from html import unescape

import pytest

from copper_sandbox import Fault
from tests import caches
from tests.pages.conftest import NOON, made
from tickets_app.gateway import shared

SAID = re.compile(r'py-1" role="status">(.*?)</p>')


def link_of(client, headers: dict[str, str] | None = None) -> str:
    html = client.get("/tickets/tkt_00001/", headers=headers).content.decode()
    return unescape(html.partition('id="sent-link" href="http://testserver')[2].partition('"')[0])


def said(client, link: str) -> str:
    found = SAID.search(client.get(link).content.decode())
    return unescape(found[1]) if found else ""


def test_as_it_was_or_changed(client, serve, clock):
    sandbox = serve([made(1, total="12.10")])
    client.post("/preferences/", {"zone": "America/New_York"})
    link = link_of(client)
    client.post("/preferences/", {"zone": "UTC"})
    clock.move_to(NOON + timedelta(days=400))
    assert said(client, link) == "Seen on 20 Nov 2026, 07:00 −05:00 (America/New_York); it is the same now."
    sandbox.store.delete("tkt_00001")
    sandbox.store.add(made(1, total="12.1"))
    assert said(client, link).endswith(". It has changed since.")


def test_while_copper_does_not_answer_nobody_knows_and_a_link_says_when_it_was_seen(client, serve, clock, settings):
    settings.COPPER_CACHE_SECONDS, settings.STALE_MINUTES = 15, 60
    caches.clear()
    sandbox = serve([made(1)])
    link = link_of(client)
    sandbox.script(lambda _asked: Fault(503))
    clock.shift(20 * 60)
    assert said(client, link) == (
        "Seen on 20 Nov, 12:00 +00:00 (UTC). Whether it has changed since cannot be told while Copper does not answer."
    )
    late = link_of(client)
    sandbox.unscript()
    shared.forget()
    assert said(client, late) == "Seen on 20 Nov, 12:00 +00:00 (UTC); it is the same now."


def test_the_panel_has_the_same_link(client, serve, clock):
    serve([made(1)])
    link = link_of(client, {"HX-Request": "true", "HX-Target": "panel"})
    assert said(client, link).startswith("Seen on 20 Nov")


@pytest.mark.parametrize("seen", ["nonsense", "%00", "test.1.UTC.1.1w..~x"])
def test_a_changed_one_is_told_and_the_ticket_shown(client, serve, seen):
    serve([made(1)])
    assert said(client, f"/tickets/tkt_00001/?seen={seen}").startswith("This link was changed on its way")
    assert said(client, "/tickets/tkt_00001/?seen=") == ""


def test_one_of_another_ticket_or_of_a_list_is_a_changed_one(client, serve):
    serve([made(1), made(2)])
    seen = link_of(client).partition("?")[2]
    assert said(client, f"/tickets/tkt_00002/?{seen}").startswith("This link was changed on its way")


def test_of_another_mode_it_warns_before_copper_is_asked(client, serve, settings):
    sandbox = serve([made(1)])
    link = link_of(client)
    sandbox.ledger.clear()
    settings.COPPER_API_KEY = "sk_live_other"
    answer = client.get(link)
    assert (answer.status_code, list(sandbox.ledger)) == (409, [])
    assert 'href="/tickets/tkt_00001/">Open it here all the same' in answer.content.decode()


def test_a_ticket_deleted_since_is_said_as_ever(client, serve):
    sandbox = serve([made(1)])
    link = link_of(client)
    sandbox.store.delete("tkt_00001")
    assert client.get(link).status_code == 404
