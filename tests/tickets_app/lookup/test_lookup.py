"""Looking up many references, over the sandbox: exact, in the order of the input, and for hardly more than one walk."""

import pytest

from copper_sandbox import Fault, Store
from tests.fault_server import FaultServer, answer
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import PAGE, asked, download, go_on, lines, look_up, state, text_of
from tickets_app.lookup import lookup

pytestmark = pytest.mark.usefixtures("quick")


def test_each_reference_and_id_is_answered_in_the_order_of_the_input(client, serve):
    sandbox = serve([*(made(number) for number in range(900)), made(900, reference="R-7", location="loc_b")])
    response = look_up(client, ["R-899", "none", "tkt_00003", "R-7", "R-899", "R-0"])
    assert response.status_code == 200
    assert lines(response) == [
        ("R-899", "found", "Found", ["tkt_00899"]),
        ("none", "missing", "Not found", []),
        ("tkt_00003", "found", "Found", ["tkt_00003"]),
        ("R-7", "several", "Found 2 times", ["tkt_00007", "tkt_00900"]),
        ("R-899", "found", "Found", ["tkt_00899"]),
        ("R-0", "found", "Found", ["tkt_00000"]),
    ]
    assert 'tabindex="-1">5 of 6 found</h2>' in response.content.decode()
    words = text_of(response)
    assert "Searched to the end" in words
    assert "4 found once, 1 found several times, 1 not found. 6 references, 901 tickets searched." in words
    assert "from Thu 19 Nov 2026, 00:00:00 UTC to now, which was" in words
    assert 'href="/tickets/tkt_00899/"' in response.content.decode()
    assert "Fri 20 Nov 2026, 11:53:00" in words
    assert asked(sandbox) <= 10 + 8  # where the parts of the lanes meet, a page may be short


@pytest.mark.parametrize("text", ["r-1", "R-", "-1", "R-11", "R-1 x", "Ｒ-1", "TKT_00001", "tkt_0000", "R–1"])
def test_only_what_is_exactly_equal_is_found(client, serve, text):
    serve([made(1)])
    assert [line[1] for line in lines(look_up(client, [text, "R-1"]))] == ["missing", "found"]


@pytest.mark.parametrize(
    ("reference", "text"),
    [(4417, "4417"), (1.5, "1.5"), ("é", "é"), ("<b>&", "<b>&"), ("=1+1", "=1+1"), ("a\ud800", "none")],
)
def test_whatever_a_reference_is_it_is_compared_as_it_is_shown(client, serve, reference, text):
    serve([made(1, reference=reference)])
    (line,) = lines(look_up(client, [text]))
    assert line[:2] == (text, "missing" if text == "none" else "found")


@pytest.mark.parametrize("reference", [None, True, [], {}, ""])
def test_what_is_no_reference_equals_nothing(client, serve, reference):
    serve([made(1, reference=reference)])
    assert [line[1] for line in lines(look_up(client, ["None", "True", "true", "[]", "{}", "null"]))] == ["missing"] * 6


def test_a_ticket_whose_id_is_its_reference_counts_once_and_one_of_each_counts_twice(client, serve):
    serve([made(1, reference="tkt_00001"), made(2, reference="tkt_00003"), made(3)])
    assert [line[2] for line in lines(look_up(client, ["tkt_00001", "tkt_00003"]))] == ["Found", "Found 2 times"]


def test_of_many_with_one_reference_all_are_counted_and_a_few_are_named(client, serve):
    serve([made(number, reference="same") for number in range(123)])
    response = look_up(client, ["same"])
    ((_, kind, words, ids),) = lines(response)
    assert (kind, words, ids) == ("several", "Found 123 times", [f"tkt_{number:05}" for number in range(5)])
    assert "and 118 more" in text_of(response)
    assert 'href="/tickets/?search_query=same&amp;created%5Bgte%5D=2026-11-19T00:00:00Z"' in response.content.decode()


def test_time_and_location_bound_what_is_looked_through(client, serve):
    serve([made(number, location="loc_b" if number % 2 else "loc_a") for number in range(400)])
    filters = {"location": "loc_b", "created[gte]": "2026-11-20T09:00:00Z", "created[lt]": "2026-11-20T11:00:00Z"}
    response = look_up(client, ["R-59", "R-61", "R-62", "R-179", "R-181"], **filters)
    assert [line[1] for line in lines(response)] == ["missing", "found", "missing", "found", "missing"]
    assert "Searched to the end: from Fri 20 Nov 2026, 09:00:00 UTC to Fri 20 Nov 2026, 11:00:00 UTC at" in text_of(
        response
    )


def usable(reference: object) -> str:
    """A reference that can be typed as a line; the made-up tickets have some that cannot."""
    text = reference if isinstance(reference, str) else ""
    return text if text.isprintable() and text == text.strip() and len(text) <= 255 else ""


def test_5000_references_cost_hardly_more_requests_than_one_plain_walk(client, serve):
    """The issue's figure: 5,000 references against 20,000 tickets, at most 1.1 times the requests of a walk."""
    sandbox = serve(store=Store.generate(tickets=20_000, days=60), latency=0.01)
    truth = sandbox.store.truth()
    low = truth[-1]["created"]
    texts = [usable(one.get("reference")) or one["id"] for one in truth[::5]] + [
        f"none-{number}" for number in range(1000)
    ]
    response = look_up(client, texts, **{"created[gte]": low})
    assert len(texts) == 5000
    found = lines(response)
    assert [line[0] for line in found] == texts
    assert [line[1] != "missing" for line in found] == [True] * 4000 + [False] * 1000
    assert "Searched to the end" in text_of(response)
    assert asked(sandbox) <= 1.1 * 200
    assert len(sandbox.ledger) <= 1.1 * 200


def test_what_was_looked_through_before_a_pause_is_not_asked_again(client, serve, monkeypatch):
    """Before, each spell that ended left about 60 requests half done."""
    monkeypatch.setattr(lookup, "BUDGET", 0.5)
    sandbox = serve(store=Store.generate(tickets=20_000, days=60), latency=0.05)
    response = look_up(client, ["none"], **{"created[gte]": sandbox.store.truth()[-1]["created"]})
    spells = 1
    while "Searched to the end" not in text_of(response):
        response = go_on(client, response)
        spells += 1
    assert spells > 1
    assert "20,000 tickets searched" in text_of(response)
    assert asked(sandbox) <= 1.1 * 200 + 40 * spells


def test_rows_that_are_no_tickets_are_told(client, serve):
    sandbox = serve([made(1)])
    page = b'{"object":"list","data":[{"id":"tkt_1","created":"2026-11-20T09:00:00Z","reference":1.10},7],"has_more":false}'
    sandbox.script(lambda entry: Fault(status=200, body=page))
    response = look_up(client, ["1.10", "1.1"])
    assert [line[1] for line in lines(response)] == ["found", "missing"]
    assert "1 of Copper’s rows were no tickets and could be compared with nothing." in text_of(response)
    assert "1 rows of Copper's were no tickets" in download(client, response)[1][-1]


def test_without_a_start_it_looks_as_far_back_as_a_search_and_further_when_asked(client, serve, settings):
    settings.SEARCH_DEFAULT_DAYS = 1
    sandbox = serve([made(number) for number in range(3000)])
    response = client.post(PAGE, {"references": "R-2999\nR-0", "created[lt]": "2026-11-20T12:30:00Z"})
    assert [line[1] for line in lines(response)] == ["missing", "found"]
    assert "No start was given: 1 days are searched first." in text_of(response)
    assert "from Thu 19 Nov 2026, 12:30:00" in text_of(response)
    assert asked(sandbox) < 20
    further = go_on(client, response, "further")
    assert "from Wed 18 Nov 2026, 12:30:00" in text_of(further)
    further = go_on(client, further, "further")
    assert [line[1:3] for line in lines(further)] == [("found", "Found"), ("found", "Found")]
    assert "3,000 tickets searched" in text_of(further)


def test_further_back_leaves_out_no_ticket_at_the_edge(client, serve):
    serve([made(number) for number in range(10)])
    response = client.post(PAGE, {"references": "R-5", "created[gt]": "2026-11-20T11:55:00Z"})
    assert [line[1] for line in lines(response)] == ["missing"]
    assert [line[2] for line in lines(go_on(client, response, "further"))] == ["Found"]


def test_the_largest_result_can_be_gone_on_with(client, serve, monkeypatch):
    """5,000 long lines, each found as often as is named: what travels in the page stays below what a form may hold."""
    import random

    letters = random.Random(1)
    texts = ["".join(letters.choices("abcdefghijklmnopqrstuvwxyz0123456789", k=190)) for _ in range(5000)]
    sandbox = serve(
        [made(number, reference=texts[number // 3], id=f"tkt_{letters.getrandbits(100)}") for number in range(15_000)]
    )
    response = look_up(client, texts, **{"created[gte]": "2026-01-01T00:00:00Z"})
    assert len(lines(response)) == 5000
    assert len(state(response)) < 2_400_000
    file = download(client, response)
    assert [row[1] for row in file[1:]] == ["Found 3 times"] * 5000
    assert sandbox.store


def test_a_time_that_nobody_can_read_is_shown_as_copper_has_it(client, settings):
    row = {"id": "tkt_1", "reference": "R-1", "created": "soon"}
    with FaultServer(answer({"object": "list", "data": [row], "has_more": False})) as server:
        settings.COPPER_API_URL = server.url
        assert ">soon</a>" in look_up(client, ["R-1"]).content.decode()
