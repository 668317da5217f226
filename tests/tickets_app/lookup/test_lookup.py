"""Looking up many references, over the sandbox: exact, in the order of the input, and honest about what was not looked at."""

import csv
import io
import json
import re
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from audit.models import Event
from copper_sandbox import Fault, Store
from tests.pages.conftest import made
from tickets_app.gateway import shared, whole_list
from tickets_app.lookup import lookup
from tickets_app.lookup.result import HEADER

PAGE = "/tickets/lookup/"
DAY = {"created[gte]": "2026-11-19T00:00:00Z"}


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(whole_list, "PAUSES", (0.01,))
    monkeypatch.setattr(lookup, "TELL_EVERY", 0.0)


def look_up(client, references, **fields):
    text = references if isinstance(references, str) else "\r\n".join(references)
    return client.post(PAGE, {"references": text, **DAY, **fields})


_ROW = re.compile(
    r'<tr role="row" data-result="(\w+)">.*?<bdi>(.*?)</bdi></th>\s*'
    r'<td role="cell"><span class="answer">(.*?)</span></td>(.*?)</tr>',
    re.DOTALL,
)


def lines(response) -> list[tuple[str, str, str, list[str]]]:
    """Each line of the table: its text, its kind, its words, and the tickets that it names."""
    found = _ROW.findall(response.content.decode())
    return [
        (unescape(text), kind, unescape(words), re.findall(r'data-ticket-id="(.*?)"', rest))
        for kind, text, words, rest in found
    ]


def state(response) -> str:
    return unescape(re.search(r'name="state" value="(.*?)"', response.content.decode())[1])


def go_on(client, response, do: str = "go_on"):
    return client.post(PAGE, {"state": state(response), "do": do})


def download(client, response) -> list[list[str]]:
    file = go_on(client, response, "download")
    assert file.status_code == 200
    return list(csv.reader(io.StringIO(file.content.decode("utf-8-sig"), newline="")))


def text_of(response) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def asked(sandbox) -> int:
    return sum(entry.path.endswith("/tickets") for entry in sandbox.ledger)


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
    words = text_of(response)
    assert "All of the time was looked through" in words
    assert "4 found, 1 found several times, 1 not found. 6 references, 901 tickets looked through." in words
    assert "from Thu 19 Nov 2026, 00:00:00 UTC to now, which was" in words
    assert 'href="/tickets/tkt_00899/"' in response.content.decode()
    assert "Fri 20 Nov 2026, 11:53:00" in words
    assert asked(sandbox) <= 10 + 8  # where the parts of the lanes meet, a page may be short


@pytest.mark.parametrize(
    "text", ["r-1", "R-", "-1", "R-11", "R-1 x", "Ｒ-1", "TKT_00001", "tkt_0000", "R–1", "R-1\u200b"]
)
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
    assert "Asked for: from Fri 20 Nov 2026, 09:00:00 UTC to Fri 20 Nov 2026, 11:00:00 UTC at" in text_of(response)


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
    assert "All of the time was looked through" in text_of(response)
    assert asked(sandbox) <= 1.1 * 200
    assert len(sandbox.ledger) <= 1.1 * 200


def test_what_was_looked_through_before_a_pause_is_not_asked_again(client, serve, monkeypatch):
    """Before, each spell that ended left about 60 requests half done."""
    monkeypatch.setattr(lookup, "BUDGET", 0.5)
    sandbox = serve(store=Store.generate(tickets=20_000, days=60), latency=0.05)
    response = look_up(client, ["none"], **{"created[gte]": sandbox.store.truth()[-1]["created"]})
    spells = 1
    while "All of the time" not in text_of(response):
        response = go_on(client, response)
        spells += 1
    assert spells > 1
    assert "20,000 tickets looked through" in text_of(response)
    assert asked(sandbox) <= 1.1 * 200 + 40 * spells


def never_missing(response) -> None:
    assert "missing" not in [line[1] for line in lines(response)]
    assert "Not found" not in text_of(response)
    assert "not found" not in text_of(response)


def test_before_all_was_looked_through_nothing_is_called_not_found_and_it_goes_on_from_there(
    client, serve, monkeypatch, settings
):
    settings.COPPER_MAX_CONCURRENCY = 1
    monkeypatch.setattr(lookup, "BUDGET", 0.2)
    sandbox = serve([made(number) for number in range(900)], latency=0.06)
    response = look_up(client, ["R-899", "none", "R-1"])
    spells = 1
    while "All of the time" not in text_of(response):
        never_missing(response)
        words = text_of(response)
        back = re.search(r"Not finished: looked back to (.*?), (\d\d:\d\d:\d\d UTC)", words)
        assert f"Not looked for yet before {back[1]}, {back[2]}" in words
        assert f"What lies before {back[1]}, {back[2]} was not looked at yet." in words
        found = {line[0]: line[1:3] for line in lines(response)}
        assert found["R-1"] == ("found", "Found so far")
        file = download(client, response)
        assert all("INCOMPLETE: looked back to 2026-11-" in row[-1] for row in file[1:])
        assert not any("Not found" in cell for row in file for cell in row)
        assert "data-running" in response.content.decode()
        response = go_on(client, response)
        spells += 1
    assert spells > 2
    assert [line[:2] for line in lines(response)] == [("R-899", "found"), ("none", "missing"), ("R-1", "found")]
    assert [line[2] for line in lines(response)] == ["Found", "Not found", "Found"]
    assert "900 tickets looked through" in text_of(response)
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
    assert "Not finished: looked back to" in text_of(response)
    assert "data-running" not in response.content.decode()
    sandbox.unscript()
    shared.forget()
    done = go_on(client, response)
    assert [line[1] for line in lines(done)] == ["found", "found", "missing"]
    assert "4,000 tickets looked through" in text_of(done)


@pytest.mark.parametrize(("fault", "status"), [(500, 502), (401, 502), (404, 404), (429, 503)])
def test_a_failure_of_the_very_first_request_keeps_all_that_was_typed(client, serve, settings, fault, status):
    settings.COPPER_CONNECT_TIMEOUT, settings.COPPER_READ_TIMEOUT = 0.2, 0.5
    sandbox = serve([made(1)])
    sandbox.script(lambda entry: Fault(status=fault, headers={"Retry-After": "9"} if fault == 429 else {}))
    response = look_up(client, ["R-1", "none"], location="loc_a")
    assert response.status_code == status
    assert (response.get("Retry-After") is not None) == (status == 503)
    never_missing(response)
    assert [line[1:3] for line in lines(response)] == [("open", "Not looked for yet")] * 2
    assert "R-1\r\nnone</textarea>" in response.content.decode()
    assert "Nothing was looked through yet" in text_of(response)
    sandbox.unscript()
    shared.forget()
    assert [line[1] for line in lines(go_on(client, response))] == ["found", "missing"]


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
    assert "Looked through" in told[0]
    assert "so far, back to" in told[0]
    assert "<progress" in told[0]
    monkeypatch.setattr(Watched, "put", put)
    while "All of the time" not in text_of(response):
        response = go_on(client, response)
    assert [line[1] for line in lines(response)] == ["found", "found"]


def test_while_nothing_is_known_of_it_what_stands_in_the_page_stays(client, serve):
    serve([])
    assert client.get(f"{PAGE}a-token-of-its-own-01/", headers={"HX-Request": "true"}).status_code == 204
    assert client.get(f"{PAGE}a-token-of-its-own-01/cancel/").status_code == 405


def test_rows_that_are_no_tickets_are_told(client, serve):
    sandbox = serve([made(1)])
    page = b'{"object":"list","data":[{"id":"tkt_1","created":"2026-11-20T09:00:00Z","reference":1.10},7],"has_more":false}'
    sandbox.script(lambda entry: Fault(status=200, body=page))
    response = look_up(client, ["1.10", "1.1"])
    assert [line[1] for line in lines(response)] == ["found", "missing"]
    assert "1 of Copper’s rows were no tickets and could be compared with nothing." in text_of(response)
    assert "1 rows of Copper's were no tickets" in download(client, response)[1][-1]


def test_the_file_has_what_the_page_has_and_no_formula(client, serve):
    serve(
        [
            made(1, reference="=1+1"),
            made(2, reference="same", location="loc_b"),
            made(3, reference="same", location=None),
        ]
    )
    client.get("/tickets/")  # by now the names of the locations are asked for
    response = look_up(client, ["none", "=1+1", "same", "tkt_00003"])
    file = go_on(client, response, "download")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="lookup-[\d-]+\.csv"', file["Content-Disposition"])
    assert file["Cache-Control"] == "private, no-store"
    rows = download(client, response)
    assert tuple(rows[0]) == HEADER
    through = rows[1][-1]
    assert re.fullmatch(r"from 2026-11-19T00:00:00Z to 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", through)
    assert [row[:4] for row in rows[1:]] == [
        ["none", "Not found", "0", ""],
        ["'=1+1", "Found", "1", "tkt_00001"],
        ["same", "Found 2 times", "2", "tkt_00002 tkt_00003"],
        ["tkt_00003", "Found", "1", "tkt_00003"],
    ]
    assert rows[3][4:7] == ["2026-11-20T11:58:00Z 2026-11-20T11:57:00Z", "loc_b none", "Harbor Café; none"]
    assert [(row[0].removeprefix("'"), row[1], row[3].split()) for row in rows[1:]] == [
        (text, words, ids) for text, _, words, ids in lines(response)
    ]


def test_an_unfinished_file_says_so_in_its_name_and_its_last_line(client, serve):
    sandbox = serve([made(1)])
    sandbox.script(lambda entry: Fault(status=400))
    response = look_up(client, ["R-1"])
    assert "-INCOMPLETE.csv" in go_on(client, response, "download")["Content-Disposition"]
    rows = download(client, response)
    assert rows[-1][0].startswith("INCOMPLETE: nothing was looked through of the time from 2026-11-19")
    assert rows[1][1] == "Not looked for yet"


def test_without_a_start_it_looks_as_far_back_as_a_search_and_further_when_asked(client, serve, settings):
    settings.SEARCH_DEFAULT_DAYS = 1
    sandbox = serve([made(number) for number in range(3000)])
    response = client.post(PAGE, {"references": "R-2999\nR-0", "created[lt]": "2026-11-20T12:30:00Z"})
    assert [line[1] for line in lines(response)] == ["missing", "found"]
    assert "No start was given: 1 days are looked through first." in text_of(response)
    assert "from Thu 19 Nov 2026, 12:30:00" in text_of(response)
    assert asked(sandbox) < 20
    further = go_on(client, response, "further")
    assert "from Wed 18 Nov 2026, 12:30:00" in text_of(further)
    further = go_on(client, further, "further")
    assert [line[1:3] for line in lines(further)] == [("found", "Found"), ("found", "Found")]
    assert "3,000 tickets looked through" in text_of(further)


def test_further_back_leaves_out_no_ticket_at_the_edge(client, serve):
    serve([made(number) for number in range(10)])
    response = client.post(PAGE, {"references": "R-5", "created[gt]": "2026-11-20T11:55:00Z"})
    assert [line[1] for line in lines(response)] == ["missing"]
    assert [line[2] for line in lines(go_on(client, response, "further"))] == ["Found"]


def test_a_file_is_read_and_its_column_found(client, serve):
    serve([made(number) for number in range(9)])
    content = "date;reference\r\n20 Nov;R-3\r\n20 Nov;none\r\n".encode("utf-16")
    response = client.post(PAGE, {"references": "", "file": SimpleUploadedFile("day.csv", content), **DAY})
    assert [line[:2] for line in lines(response)] == [("R-3", "found"), ("none", "missing")]
    assert "The column “reference” was read." in text_of(response)


BAD = [
    ({"references": " \r\n"}, "references", "Paste the references here, or choose a file."),
    ({"references": "a\r\n" * 5001}, "references", "These are 5,001 references: at most 5,000"),
    ({"references": "a\r\n" + "b" * 256}, "references", "Line 2 is too long"),
    ({"references": "a\tb\r\n1\t2"}, "column", "Which column holds the references?"),
    ({"references": "a", "column": "x"}, "column", "No column is called “x”."),
    ({"references": "a", "file": ("a.csv", b"b")}, "file", "empty it, or choose no file"),
    ({"references": "", "file": ("a.csv", b"PK\x03\x04")}, "file", "an Excel workbook"),
    ({"references": "", "file": ("a.txt", "é".encode("latin-1"))}, "file", "no text in UTF-8"),
    ({"references": "", "file": ("a.txt", b"")}, "file", "There is no reference in it."),
    ({"references": "", "file": ("a.txt", b"a\n" * 3_000_000)}, "file", "too large"),
    ({"references": "a", "created[gte]": "2026-02-30"}, "createdgte", "There is no such date"),
    ({"references": "a", "range": "24h", "created[gte]": "2026-11-20"}, "range", "not both"),
    ({"references": "a", "location": "a/b"}, "location", "This cannot be an id"),
]


@pytest.mark.parametrize(("fields", "field", "words"), BAD)
def test_what_is_wrong_is_said_at_its_field_nothing_typed_is_lost_and_copper_is_not_asked(
    client, serve, fields, field, words
):
    sandbox = serve([made(1)])
    fields = {name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
    response = client.post(PAGE, fields)
    html = response.content.decode()
    assert response.status_code == 400
    part = re.search(rf'<div class="field field-{field}">.*?class="field-error">(.*?)</div>', html, re.DOTALL)
    assert words in unescape(part[1])
    assert f"{fields['references']}</textarea>" in html
    assert "Nothing was looked up yet" in html
    assert len(sandbox.ledger) == 0


def test_the_references_of_a_file_stand_in_the_field_when_something_else_was_wrong(client, serve):
    serve([made(1)])
    file = SimpleUploadedFile("a.csv", b"reference,x\r\nR-1,2\r\nR-2,3\r\n")
    response = client.post(PAGE, {"references": "", "file": file, "created[gte]": "never"})
    assert "R-1\nR-2</textarea>" in response.content.decode()
    assert "These are the references of the file." in text_of(response)


def test_more_than_a_form_may_hold_is_refused_in_words(client, serve):
    sandbox = serve([])
    response = client.post(PAGE, {"references": "a" * 2_700_000})
    assert response.status_code == 413
    assert "Go back: what you typed is still there." in text_of(response)
    assert len(sandbox.ledger) == 0


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


def test_the_list_leads_to_the_form_with_its_filters(client, serve):
    serve([made(1)])
    html = client.get("/tickets/?location=loc_a&range=30d&search_query=x").content.decode()
    assert 'href="/tickets/lookup/?location=loc_a&amp;range=30d"' in html
    form = client.get("/tickets/lookup/?location=loc_a&created[gt]=2026-11-20T09:00:00Z").content.decode()
    assert 'name="location"' in form
    assert "loc_a" in form
    assert 'value="2026-11-20 09:00"' in form
    assert "field-error" not in form
    assert client.get("/tickets/lookup/?created[gte]=never").status_code == 400
    assert client.get("/tickets/lookup/?location=%ff").status_code == 400


def test_a_form_of_another_site_is_refused(serve):
    from django.test import Client

    sandbox = serve([made(1)])
    strict = Client(enforce_csrf_checks=True)
    assert look_up(strict, ["R-1"]).status_code == 403
    assert len(sandbox.ledger) == 0
