"""A look-up that was not finished says so, calls nothing not found, and goes on from there; nobody else's does."""

import re

import pytest
import time_machine

from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, asked, download, go_on, lines, look_up, never_missing, text_of
from tickets_app.copper.http.breaker import FAILURES
from tickets_app.gateway import shared
from tickets_app.lookup import lookup

pytestmark = pytest.mark.usefixtures("quick")


def test_before_all_was_looked_through_nothing_is_called_not_found_and_it_goes_on_from_there(
    client, serve, monkeypatch, settings
):
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(lookup, "BUDGET", 0.2)
    sandbox = serve([made(number) for number in range(900)], latency=0.06)
    response = look_up(client, ["R-899", "none", "R-1"])
    spells = 1
    while "Searched to the end" not in text_of(response):
        never_missing(response)
        words = text_of(response)
        back = re.search(r"so far, searched back to (.*?), (\d\d:\d\d:\d\d UTC)", words)
        assert f"Not searched yet (before {back[1]}, {back[2]}" in words
        assert f"Not searched yet: before {back[1]}, {back[2]}." in words
        found = {line[0]: line[1:3] for line in lines(response)}
        assert found["R-1"] == ("found", "Found so far")
        file = download(client, response)
        assert all("INCOMPLETE: searched back to 2026-11-" in row[-1] for row in file[1:])
        assert not any("Not found" in cell for row in file for cell in row)
        assert "data-running" in response.content.decode()
        response = go_on(client, response)
        spells += 1
    assert spells > 2
    assert [line[:2] for line in lines(response)] == [("R-899", "found"), ("none", "missing"), ("R-1", "found")]
    assert [line[2] for line in lines(response)] == ["Found", "Not found", "Found"]
    assert "900 tickets searched" in text_of(response)
    assert asked(sandbox) <= 9 + 2 * spells


def test_a_fault_in_the_middle_is_said_and_what_was_found_stays(client, serve):
    sandbox = serve([made(number) for number in range(4000)])
    faulty = iter([None] * 12)
    sandbox.script(lambda entry: next(faulty, Fault(status=500)) if entry.path.endswith("/tickets") else None)
    response = look_up(client, ["R-1", "R-3999", "none"], **{"created[gte]": "2026-11-01T00:00:00Z"})
    assert response.status_code == 200
    never_missing(response)
    assert lines(response)[0][1:3] == ("found", "Found so far")
    assert re.search("Copper (had an error of its own|is failing since)", text_of(response))
    assert "What was found so far stands below." in text_of(response)
    assert "so far, searched back to" in text_of(response)
    assert "data-running" not in response.content.decode()
    sandbox.unscript()
    shared.forget()
    done = go_on(client, response)
    assert [line[1] for line in lines(done)] == ["found", "found", "missing"]
    assert "4,000 tickets searched" in text_of(done)


@pytest.mark.parametrize(("fault", "status"), [(500, 502), (401, 502), (404, 404), (429, 503)])
def test_a_failure_of_the_very_first_request_keeps_all_that_was_typed(client, serve, fault, status):
    sandbox = serve([made(1)])
    pause = {"Retry-After": "99"} if fault == 429 else {}  # longer than anybody waits for
    sandbox.script(lambda entry: Fault(status=fault, headers=pause))
    response = look_up(client, ["R-1", "none"], location="loc_a")
    assert response.status_code == status
    assert (response.get("Retry-After") is not None) == (status == 503)
    never_missing(response)
    assert [line[1:3] for line in lines(response)] == [("open", "Not searched yet")] * 2
    assert "R-1\r\nnone</textarea>" in response.content.decode()
    assert "Nothing is searched yet" in text_of(response)
    sandbox.unscript()
    shared.forget()
    assert [line[1] for line in lines(go_on(client, response))] == ["found", "missing"]


def test_while_copper_is_left_alone_it_says_when_to_come_back_as_a_list_does(client, serve, monkeypatch):
    serve([made(1)])
    breaker = shared.parts().client._breaker
    monkeypatch.setattr(breaker, "_clock", lambda: 1.0)  # no probe is ever due
    for _ in range(FAILURES):
        breaker.failed()
    answers = [look_up(client, ["R-1"]), client.get("/tickets/")]
    assert [(one.status_code, one.get("Retry-After")) for one in answers] == [(502, "2")] * 2


def test_a_person_can_stop_it_and_go_on_later(client, serve, monkeypatch):
    serve([made(number) for number in range(9000)])
    token = "a-token-of-its-own-01"
    from tickets_app.long_runs.progress import Watched

    told = []
    put = Watched.put

    def put_and_stop(self, run):
        put(self, run)
        told.append(client.get(f"{PAGE}{token}/", headers={"HX-Request": "true"}).content.decode())
        assert client.post(f"{PAGE}{token}/cancel/").status_code == 204

    monkeypatch.setattr(Watched, "put", put_and_stop)
    response = look_up(client, ["R-8999", "R-1"], token=token, **{"created[gte]": "2026-11-01T00:00:00Z"})
    assert [line[1] for line in lines(response)] == ["open", "found"]
    assert "data-running" not in response.content.decode()
    assert "Searched" in told[0]
    assert "so far, back to" in told[0]
    assert "<progress" in told[0]
    monkeypatch.setattr(Watched, "put", put)
    while "Searched to the end" not in text_of(response):
        response = go_on(client, response)
    assert [line[1] for line in lines(response)] == ["found", "found"]


def test_while_nothing_is_known_of_it_what_stands_in_the_page_stays(client, serve):
    serve([])
    assert client.get(f"{PAGE}a-token-of-its-own-01/", headers={"HX-Request": "true"}).status_code == 204
    assert client.get(f"{PAGE}a-token-of-its-own-01/cancel/").status_code == 405


@pytest.mark.parametrize("broken", ["", "x", "e30:1vNaMq:abc", None])
def test_a_result_that_is_not_ours_is_refused_in_words(client, serve, broken):
    sandbox = serve([made(1)])
    response = client.post(PAGE, {"do": "go_on", **({} if broken is None else {"state": broken})})
    assert response.status_code == 400
    assert "This result cannot be gone on with" in text_of(response)
    assert len(sandbox.ledger) == 0


def test_a_result_of_somebody_else_cannot_be_gone_on_with(client, serve, django_user_model):
    serve([made(1)])
    response = look_up(client, ["R-1"])
    client.force_login(django_user_model.objects.create_superuser("anna"))
    assert go_on(client, response, "download").status_code == 400


def test_a_page_that_was_open_for_longer_than_a_session_is_not_gone_on_with(client, serve, settings):
    """It looks at the tickets of now, and is told to the trail again only at its end: once looked up, looked at for ever."""
    with time_machine.travel("2026-11-20T12:00:00Z", tick=False) as clock:
        serve([made(number) for number in range(3)])
        response = look_up(client, ["R-1", "none"])
        clock.shift(settings.SESSION_MAX_HOURS * 3600)
        assert go_on(client, response).status_code == 200
        clock.shift(1)
        late = go_on(client, response)
    assert late.status_code == 400
    assert "This result cannot be gone on with: it is too old" in text_of(late)
    assert "R-1" not in text_of(late)
