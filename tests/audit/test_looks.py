"""Whatever gives out tickets is in the trail, once a look: every address of the site, with every parameter it takes."""

import io
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from itertools import product
from urllib.parse import urlencode

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import get_resolver

from audit import recording
from audit.models import Event, Kind
from tests.pages.conftest import NOON, made
from tickets_app.ticket_list import looks

GUEST = "Quatermain"  # stands in every ticket, and in no request
TICKETS = [made(number, reference=f"{GUEST} {number}", guest=GUEST) for number in range(30)]
GIVES = (Kind.SEARCHED, Kind.TICKET_VIEWED, Kind.EXPORTED, Kind.LOOKED_UP)
AFTER, BEFORE = "2026-11-20T11:50:00Z", "2026-11-20T11:55:00Z"
PARAMETERS = [
    {},
    {"search_query": "uaterm"},
    *(
        {"search_query": "uaterm", name: value}
        for name, value in (("limit", "100"), ("look_back_to", AFTER), ("range", "30d"))
    ),
    *({"search_query": "uaterm", name: BEFORE} for name in ("looked_to", "created[lte]", "created[lt]")),
    {"search_query": "uaterm", "looked_to": BEFORE, "look_back_to": BEFORE},
    {"search_query": "uaterm", "created[gte]": AFTER},
    {"search_query": "tkt_00003"},
    {"location": "loc_a", "columns": "guest"},
    *({"starting_after": "tkt_00003", **more} for more in ({}, {"search_query": "uaterm"}, {"cursor_created": BEFORE})),
    *({"ending_before": "tkt_00003", **more} for more in ({}, {"search_query": "uaterm"})),
    {"starting_after": "tkt_gone", "cursor_created": BEFORE, "cursor_previous": "tkt_00003"},
    *({"histogram": "x", name: "y"} for name in ("seen_since", "export", "bom", "token", "unknown")),
]
MARKS = [None, "", "x", "1abcde:forged", "1abcde"]  # of a look that there never was
HEADERS = [{}, {"HX-Request": "true"}, {"HX-Request": "true", "HX-Boosted": "true"}, {"X-By-Itself": "true"}]


def addresses() -> Iterator[str]:
    """All addresses that take a GET, with a ticket, or anything else, where something is to be filled in."""
    for pattern in get_resolver().url_patterns:
        inner = getattr(pattern, "url_patterns", [pattern])
        prefix = str(pattern.pattern) if inner != [pattern] else ""
        for one in inner:
            route = prefix + str(one.pattern)
            if "admin/" not in route:
                yield "/" + re.sub("<int:[^>]*>", "1", re.sub("<str:[^>]*>", "tkt_00003", route))


def told() -> int:
    return Event.objects.filter(kind__in=GIVES).count()


def body(response) -> str:
    """What came, also what is packed into an Excel file."""
    content = b"".join(response) if response.status_code == 200 else b""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            content = b"".join(map(packed.read, packed.namelist()))
    return content.decode()


@pytest.fixture
def ada(db) -> Client:
    client = Client()
    client.force_login(User.objects.create_superuser("ada"))
    return client


@pytest.mark.parametrize("parameters", PARAMETERS, ids=urlencode)
def test_no_address_gives_tickets_without_a_word_in_the_trail(serve, ada, clock, parameters):
    serve(TICKETS)
    gave = set()
    for number, path in enumerate(addresses()):
        mark, headers = MARKS[number % len(MARKS)], HEADERS[number % len(HEADERS)]
        more = {} if mark is None else {looks.LOOK: mark}
        before = told()
        if GUEST in body(ada.get(path, parameters | more, headers=headers)):
            assert told() == before + 1, path
            gave.add(path)
    assert "/tickets/tkt_00003/" in gave


@pytest.mark.parametrize(("mark", "headers"), list(product(MARKS, HEADERS)))
@pytest.mark.parametrize("path", ["/tickets/", "/tickets/new"])
def test_nor_does_a_list_with_whatever_mark_and_header(serve, ada, clock, path, mark, headers):
    serve(TICKETS)
    more = {} if mark is None else {looks.LOOK: mark}
    for parameters in PARAMETERS[:7]:
        before = told()
        page = body(ada.get(path, parameters | more, headers=headers))
        assert told() == before + 1
        assert GUEST in page


def test_all_pages_of_a_look_are_one_look_and_so_are_its_new_tickets(serve, ada, clock):
    for parameters in ("limit=7", "limit=7&search_query=uaterm", "limit=7&columns=guest&range=30d"):
        sandbox = serve(TICKETS)
        before, url, seen = told(), f"/tickets/?{parameters}", 0
        first = page = body(ada.get(url))
        while page:
            seen += len(re.findall('<tr[^>]* data-ticket-id="', page))
            onward = re.search('rel="next" href="([^"]*)"', page)
            page = body(ada.get(unescape(onward[1]), headers={"HX-Request": "true"})) if onward else ""
        assert (seen, told()) == (30, before + 1)
        poll = re.search('data-poll="([^"]*)"', first)
        for number in range(3):
            sandbox.store.add(made(900 + number, at=NOON, reference=f"{GUEST} new", guest=GUEST))
            answer = body(ada.get(unescape(poll[1]), headers={"HX-Request": "true"}))
            poll = re.search('data-poll="([^"]*)"', answer)
            assert GUEST in answer
        assert told() == before + 1


def test_a_mark_is_for_one_person_one_address_and_one_day(serve, ada, clock, settings):
    serve(TICKETS)
    onward = unescape(re.search('rel="next" href="([^"]*)"', body(ada.get("/tickets/?limit=7")))[1])
    grace = Client()
    grace.force_login(User.objects.create_superuser("grace"))
    before = told()
    ada.get(onward)
    assert told() == before
    grace.get(onward)
    assert told() == before + 1
    for changed in (
        onward.replace("limit=7", "limit=9"),
        f"{onward}&search_query=uaterm",
        onward.replace("look=", "look=x"),
    ):
        before = told()
        assert GUEST in body(ada.get(changed))
        assert told() == before + 1
    clock.shift(settings.SESSION_MAX_HOURS * 3600 + 1)
    ada.force_login(User.objects.get(username="ada"))
    before = told()
    ada.get(onward)
    assert told() == before + 1


def test_a_look_that_begins_further_on_says_where(serve, ada, clock):
    serve(TICKETS)
    ada.get("/tickets/", {"search_query": "uaterm", "looked_to": BEFORE})
    ada.get("/tickets/", {"starting_after": "tkt_00003"})
    found = [event.facts["filters"] for event in Event.objects.filter(kind=Kind.SEARCHED).order_by("id")]
    assert found == [{"search_query_length": 6, "looked_to": BEFORE}, {"starting_after": "tkt_00003"}]


def test_the_mark_is_no_part_of_links_for_others(serve, ada, clock):
    serve(TICKETS)
    page = body(ada.get("/tickets/?limit=7"))
    with_it = {link for link in re.findall('"([^"]*)"', page) if f"{looks.LOOK}=" in link}
    assert {link.partition("?")[0] for link in with_it} == {"/tickets/", "/tickets/new"}
    assert len(with_it) == 2  # the next page, and the question for new tickets


def test_whoever_compares_a_ticket_looks_at_it(serve, ada, clock):
    """What it is and in what it differs is shown, and who searched the trail for this ticket did not find it."""
    serve([made(1, reference="twice"), made(2, reference="twice"), made(3)])
    for path, shown, failure in (
        ("/tickets/tkt_00001/same/", 1, None),
        ("/tickets/tkt_00003/same/", 0, None),
        ("/tickets/none/same/", None, "not_found"),
    ):
        ada.get(path)
        event = Event.objects.order_by("id").last()
        assert (event.subject, event.facts.get("shown")) == (path.split("/")[2], shown)
        assert event.facts.get("failure") == failure
    assert f'href="{"/tickets/tkt_00001/"}"' in body(ada.get("/audit/?about=tkt_00001"))


def test_what_cannot_be_recorded_is_not_compared(serve, ada, clock, settings, monkeypatch):
    serve([made(1, reference=GUEST)])
    settings.AUDIT_REQUIRED = True
    monkeypatch.setattr(recording, "_added", lambda *_, **__: False)
    ada.raise_request_exception = False
    response = ada.get("/tickets/tkt_00001/same/")
    assert (response.status_code, GUEST in response.content.decode()) == (503, False)


def test_who_has_tickets_counted_without_a_list_is_in_the_trail(serve, ada, clock):
    """Whether a guest was there, and when, is told by a count as well."""
    serve(TICKETS)
    before = told()
    bars = {"created[gte]": "2026-11-20T09:00:00Z", "search_query": "uaterm"}
    counted = body(ada.get("/tickets/histogram", bars, headers={"HX-Request": "true"}))
    assert "30 matches" in counted
    assert told() == before + 1
    event = Event.objects.order_by("id").last()
    assert event.facts == {"filters": {"created[gte]": bars["created[gte]"], "search_query_length": 6}, "counted": 30}
    page = body(ada.get("/tickets/", {"created[gte]": bars["created[gte]"], "limit": "5"}))
    onward = unescape(re.search('id="histogram-count"[^>]*? href="([^"]*)"', page)[1])
    assert "30 tickets" in body(ada.get(onward, headers={"HX-Request": "true"}))
    assert told() == before + 2  # the list
