"""Files of everything that matches, over the sandbox: the truth row for row, or visibly not complete."""

import csv
import hashlib
import io
import json

import openpyxl
import pytest

from audit.models import Event
from copper_sandbox import Fault, Store
from tests.pages.conftest import made
from tickets_app.copper.query import TicketQuery
from tickets_app.display import property_paths
from tickets_app.display.spreadsheet_text import BOM
from tickets_app.export import export
from tickets_app.export.writers import OTHER, Workbook
from tickets_app.filters import links
from tickets_app.gateway import whole_list

TOKEN = "a-token-of-its-own-01"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(whole_list, "PAUSES", (0.01,))
    monkeypatch.setattr(export, "TELL_EVERY", 0.0)


def body(response) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else response.content


def broken(response) -> bytes:
    """What came of a file until it broke off."""
    parts = []
    with pytest.raises(export.BrokenOffError):
        parts.extend(response.streaming_content)
    return b"".join(parts)


def rows_of(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def said(client) -> str:
    return client.get(f"/tickets/export/{TOKEN}/").content.decode()


def test_ndjson_is_what_copper_sent_ticket_for_ticket(client, serve):
    sandbox = serve(store=Store.generate(tickets=1500, days=20))
    lines = body(client.get("/tickets/export.ndjson")).decode().splitlines()
    assert [json.loads(line) for line in lines] == sandbox.store.truth()


@pytest.mark.parametrize("filters", [{}, {"location": "loc_b"}, {"search_query": "r-1"}])
def test_csv_is_the_truth_row_for_row(client, serve, filters):
    sandbox = serve([made(number, location="loc_b" if number % 3 else "loc_a") for number in range(1234)])
    rows = rows_of(body(client.get("/tickets/export.csv", filters)))
    truth = sandbox.store.truth(**filters)
    names = ("id", "created", "reference", "location", "object")
    assert [tuple(row[name] for name in names) for row in rows] == [tuple(one[name] for name in names) for one in truth]


def test_csv_flattens_by_path_and_loses_nothing_that_only_later_tickets_have(client, serve):
    late = {"metadata": {"table": 7, "a.b": "x"}, "items": [{"name": "Tea"}], "late": True}
    serve([*[made(number, metadata={"guests": 2}) for number in range(150)], made(150, **late)])
    rows = rows_of(body(client.get("/tickets/export.csv")))
    assert rows[0]["metadata.guests"] == "2"
    assert json.loads(rows[150][OTHER]) == {
        "metadata.table": 7,
        "metadata.a%2Eb": "x",
        "items": [{"name": "Tea"}],
        "late": True,
    }


def test_chosen_columns_in_their_order(client, serve):
    serve([made(1, metadata={"table": 7, "a.b": "x"})])
    content = body(client.get("/tickets/export.csv?columns=metadata.table,reference,metadata.a%252Eb,none"))
    assert content.decode() == '"metadata.table","reference","metadata.a%2Eb","none"\r\n"7","R-1","x",""\r\n'


def test_a_mark_for_excel_only_where_it_is_asked_for(client, serve):
    serve([made(1)])
    assert body(client.get("/tickets/export.csv?bom=1")).decode().startswith(f'{BOM}"id"')
    assert body(client.get("/tickets/export.csv")).decode().startswith('"id"')


FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "\0=1"]


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_becomes_a_formula_but_ndjson_has_it_exactly(client, serve, text):
    serve([made(1, reference=text, **{text: "value"})])
    (row,) = rows_of(body(client.get("/tickets/export.csv")))
    assert row["reference"] == f"'{text}"
    assert not any(name.startswith(tuple("=+-@\t\r\0＝")) for name in row)
    assert json.loads(body(client.get("/tickets/export.ndjson")))["reference"] == text
    sheet = sheet_of(client.get("/tickets/export.xlsx?columns=reference"))
    assert sheet[1][0].startswith("'")


def sheet_of(response) -> list[list[object]]:
    book = openpyxl.load_workbook(io.BytesIO(body(response)), read_only=True)
    return [list(row) for row in book["Tickets"].iter_rows(values_only=True)]


NUMBERS = {
    "id_like": "0042",
    "cents": 1099,
    "long": 123456789012345678901234567890,
    "negative": -5,
    "flag": True,
    "half": 0.5,
}


def test_xlsx_keeps_texts_as_texts_and_numbers_exact(client, serve):
    sandbox = serve([made(number, **NUMBERS) for number in range(250)])
    rows = sheet_of(client.get(f"/tickets/export.xlsx?columns=id,{','.join(NUMBERS)}"))
    assert rows[0] == ["id", *NUMBERS]
    assert rows[1][1:] == ["0042", 1099, "123456789012345678901234567890", -5, True, 0.5]
    assert [row[0] for row in rows[1:]] == [one["id"] for one in sandbox.store.truth()]


@pytest.mark.parametrize("spelling", ["1.10", "1e20", "0.1000000000000000000001", "1E400", "-0.0"])
def test_numbers_stay_as_copper_wrote_them(client, serve, spelling):
    sandbox = serve([made(1)])
    raw = b'{"object":"list","data":[{"id":"tkt_1","created":"2026-11-20T09:00:00Z","n":%s}],"has_more":false}'
    sandbox.script(lambda asked: Fault(status=200, body=raw % spelling.encode()))
    assert f'"n":{spelling}}}' in body(client.get("/tickets/export.ndjson")).decode()
    assert rows_of(body(client.get("/tickets/export.csv")))[0]["n"] == spelling


def test_a_lone_surrogate_breaks_no_file(client, serve):
    serve([made(1, reference="a\ud800b")])
    assert json.loads(body(client.get("/tickets/export.ndjson")))["reference"] == "a\ud800b"
    assert rows_of(body(client.get("/tickets/export.csv")))[0]["reference"] == "a\ufffdb"
    assert sheet_of(client.get("/tickets/export.xlsx?columns=reference"))[1] == ["a\ufffdb"]


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_nothing_that_matches_is_a_whole_file_without_tickets(client, serve, file_format):
    serve([])
    response = client.get(f"/tickets/export.{file_format}?export={TOKEN}")
    content = body(response)
    assert response.status_code == 200
    assert "INCOMPLETE" not in content.decode("latin-1")
    assert (rows_of(content) == []) if file_format == "csv" else True
    assert "The file is complete" in said(client)


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
@pytest.mark.parametrize(
    "address", ["limit=0", "columns=a..b", "created[gte]=x", "ending_before=tkt_1", "columns=a&columns=b", "a=%zz"]
)
def test_bad_input_is_refused_and_copper_is_not_asked(client, serve, file_format, address):
    sandbox = serve([made(1)])
    assert client.get(f"/tickets/export.{file_format}?{address}").status_code == 400
    assert client.get(f"/tickets/export/?{address}").status_code == 400
    assert [entry for entry in sandbox.ledger if entry.path.endswith("/tickets")] == []


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
@pytest.mark.parametrize(("fault", "status"), [(500, 502), (404, 404), (401, 502), (429, 503)])
def test_a_failure_before_the_first_row_is_no_file(client, serve, settings, file_format, fault, status):
    settings.COPPER_CONNECT_TIMEOUT, settings.COPPER_READ_TIMEOUT = 0.2, 0.5
    sandbox = serve([made(1)])
    sandbox.script(lambda asked: Fault(status=fault, headers={"Retry-After": "9"} if fault == 429 else {}))
    response = client.get(f"/tickets/export.{file_format}?export={TOKEN}")
    assert response.status_code == status
    assert "attachment" not in response.get("Content-Disposition", "")
    assert "No file was made" in response.content.decode()
    assert "The file is not complete" in said(client)


def test_a_csv_that_copper_ends_says_so_in_its_last_line_and_goes_on_from_there(client, serve):
    sandbox = serve([made(number) for number in range(4000)])
    response = client.get(f"/tickets/export.csv?export={TOKEN}&location=loc_a")
    sandbox.script(lambda asked: Fault(status=500))
    lines = broken(response).decode().splitlines()
    count = len(lines) - 2
    assert lines[-1] == f'"INCOMPLETE after {count} rows"'
    page = said(client)
    assert "The file is not complete" in page
    assert f"{count:,} tickets" in page
    assert "Copper" in page
    sandbox.unscript()
    from tickets_app.gateway import shared

    shared.forget()
    go_on = page.split('href="/tickets/export/?')[1].split('"')[0].replace("&amp;", "&")
    rest = rows_of(body(client.get(f"/tickets/export.csv?{go_on}")))
    first = [row["id"] for row in rows_of("\r\n".join(lines[:-1]).encode())]
    assert first + [row["id"] for row in rest] == [one["id"] for one in sandbox.store.truth()]


def test_ndjson_that_breaks_off_ends_with_a_line_that_is_no_ticket(client, serve):
    sandbox = serve([made(number) for number in range(4000)])
    response = client.get("/tickets/export.ndjson")
    sandbox.script(lambda asked: Fault(drop=True))
    lines = [json.loads(line) for line in broken(response).decode().splitlines()]
    assert lines[-1] == {"incomplete": f"INCOMPLETE after {len(lines) - 1} rows", "rows": len(lines) - 1}


def test_xlsx_comes_whole_or_not_at_all(client, serve, monkeypatch):
    sandbox = serve([made(number) for number in range(4000)])
    begin = Workbook.begin

    def then_fail(self, rows):
        sandbox.script(lambda asked: Fault(status=500))
        begin(self, rows)

    monkeypatch.setattr(Workbook, "begin", then_fail)
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}")
    assert response.status_code == 502
    assert "no file was made" in response.content.decode()
    assert "Go on from there" in said(client)


def test_more_than_a_sheet_holds_is_marked(client, serve, monkeypatch):
    monkeypatch.setattr(Workbook, "room", 250)
    serve([made(number) for number in range(900)])
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}")
    assert "INCOMPLETE.xlsx" in response["Content-Disposition"]
    rows = sheet_of(response)
    assert rows[-1][0] == f"INCOMPLETE after {len(rows) - 2} rows"
    assert "An Excel sheet holds no more" in said(client)


def test_a_finished_file_is_told_with_what_checks_a_copy(client, serve):
    sandbox = serve([made(number) for number in range(333)])
    content = body(client.get(f"/tickets/export.csv?bom=1&export={TOKEN}"))
    page, truth = said(client), sandbox.store.truth()
    for words in ("333", hashlib.sha256(content).hexdigest(), truth[0]["created"], truth[-1]["created"]):
        assert str(words) in page
    assert "hx-trigger" not in page


def test_while_it_is_made_the_page_says_how_far_it_is_and_can_cancel_it(client, serve):
    serve([made(number) for number in range(4000)])
    response = client.get(f"/tickets/export.csv?export={TOKEN}&created[gte]=2026-11-01T00:00:00Z")
    parts = iter(response.streaming_content)
    next(parts), next(parts)
    page = said(client)
    assert "The file is being made" in page
    assert "back to 20 Nov" in page or "back to" in page
    assert 'hx-trigger="every 1s"' in page
    assert "<progress" in page
    assert client.post(f"/tickets/export/{TOKEN}/cancel/").status_code == 303
    with pytest.raises(export.BrokenOffError):
        list(parts)
    assert "Cancelled" in said(client)


def test_a_reader_who_leaves_ends_the_walk_and_the_trail_knows(client, serve):
    sandbox = serve([made(number) for number in range(20_000)])
    response = client.get(f"/tickets/export.csv?export={TOKEN}")
    next(iter(response.streaming_content))
    response.close()
    assert "The transfer was ended" in said(client)
    assert len(sandbox.ledger) < 190
    event = Event.objects.get(kind="exported")
    assert (event.facts["complete"], event.facts["format"]) == (False, "csv")


@pytest.mark.parametrize("file_format", ["csv", "ndjson", "xlsx"])
def test_the_trail_is_told_when_a_file_ended(client, serve, file_format):
    serve([made(number) for number in range(120)])
    response = client.get(f"/tickets/export.{file_format}?location=loc_a")
    body(response)
    facts = Event.objects.get(kind="exported").facts
    assert facts == {"format": file_format, "filters": {"location": "loc_a"}, "rows": 120, "complete": True}


def test_what_is_no_ticket_is_marked_and_not_left_out(client, serve):
    sandbox = serve([made(1)])
    page = b'{"object":"list","data":[{"id":"tkt_1","created":"2026-11-20T09:00:00Z"},7],"has_more":false}'
    sandbox.script(lambda asked: Fault(status=200, body=page))
    rows = rows_of(body(client.get(f"/tickets/export.csv?export={TOKEN}")))
    assert [row["id"] for row in rows] == ["tkt_1", "UNREADABLE: not an object"]
    assert json.loads(body(client.get("/tickets/export.ndjson")).splitlines()[1]) == {"unreadable": "not an object"}
    assert "were no tickets" in said(client)


def test_the_list_leads_to_the_export_of_what_it_shows(pages, client, serve):
    serve([made(number) for number in range(120)])
    html = client.get("/tickets/?location=loc_a&range=30d").content.decode()
    assert 'href="/tickets/export/?location=loc_a&amp;range=30d"' in html
    page = client.get("/tickets/export/?location=loc_a&range=30d").content.decode()
    assert '<input type="hidden" name="location" value="loc_a">' in page
    assert 'formaction="/tickets/export.xlsx"' in page


def test_a_token_of_somebody_else_shows_nothing(client, serve, django_user_model):
    serve([made(1)])
    body(client.get(f"/tickets/export.csv?export={TOKEN}"))
    assert "The file is complete" in said(client)
    client.force_login(django_user_model.objects.create_superuser("anna"))
    assert "Nothing is known of it yet" in said(client)


@pytest.mark.parametrize("path", [("a",), ("a", "b"), ("a.b", "c,d", "e%2Ef"), ("é", " ")])
def test_paths_survive_an_address(path):
    assert property_paths.parse(property_paths.dump((path, ("x",)))) == (path, ("x",))


def test_what_is_left_of_an_export_is_said_in_coppers_own_bounds():
    from tickets_app.copper.moments import Moment

    query = TicketQuery(location="loc_a").from_moment(Moment.parse("2026-11-20T09:00:00Z"))
    assert links.export_query(query) == "location=loc_a&created%5Blt%5D=2026-11-20T09:00:00Z"
