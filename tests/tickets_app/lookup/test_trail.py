"""What the audit trail is told of a look-up: how many references and how it ended, and which ones only where that is set."""

import json

import pytest

from audit.models import Event
from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, download, go_on, look_up

pytestmark = pytest.mark.usefixtures("quick")


def test_the_trail_is_told_how_many_were_looked_for_and_not_which(client, serve, settings):
    serve([made(number) for number in range(120)])
    response = look_up(client, ["R-1", "Ada Lovelace"], location="loc_a")
    facts = Event.objects.get(kind="looked_up").facts
    filters = {"location": "loc_a", "created[gte]": "2026-11-19T00:00:00Z"}
    assert facts == {"references": 2, "filters": filters, "looked_at": 120, "complete": True}
    assert "Ada" not in json.dumps(list(Event.objects.values("facts", "subject")))
    download(client, response)
    facts = Event.objects.get(kind="exported").facts
    assert facts == {"format": "lookup", "filters": filters, "rows": 2, "complete": True}
    settings.AUDIT_SEARCH_TEXT = True
    look_up(client, ["R-1", "Ada Lovelace"])
    assert Event.objects.filter(kind="looked_up").latest("id").facts["looked_for"] == "R-1, Ada Lovelace"


def test_the_trail_is_told_of_the_begin_and_the_end_and_of_a_failure(client, serve):
    sandbox = serve([made(1)])
    sandbox.script(lambda entry: Fault(status=400))
    response = look_up(client, ["R-1"])
    go_on(client, response)
    sandbox.unscript()
    go_on(client, response)
    told = [event.facts for event in Event.objects.filter(kind="looked_up").order_by("id")]
    assert [(facts["complete"], facts.get("failure")) for facts in told] == [(False, "refused"), (True, None)]


def test_further_back_is_one_more_look(client, serve):
    serve([made(number) for number in range(10)])
    response = client.post(PAGE, {"references": "R-5", "created[gt]": "2026-11-20T11:55:00Z"})
    go_on(client, response, "further")
    told = [event.facts["filters"] for event in Event.objects.filter(kind="looked_up").order_by("id")]
    assert len(told) == 2
    assert told[0] == {"created[gt]": "2026-11-20T11:55:00Z"}
    assert told[1] != told[0]
