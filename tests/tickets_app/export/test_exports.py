"""Files of everything that matches, over the sandbox: the truth row for row, with nothing lost and no formula."""

import json

import pytest

from copper_sandbox import Fault, Store
from tests.pages.conftest import made
from tests.tickets_app.export.reading import TOKEN, body, rows_of, said, sheet_of
from tickets_app.display import property_paths
from tickets_app.display.spreadsheet_text import BOM
from tickets_app.export.writers import OTHER
from tickets_app.lookup import references

pytestmark = pytest.mark.usefixtures("quick")


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


def test_what_looks_like_a_formula_that_was_made_a_text_is_told_from_one(client, serve):
    """Two columns of one name would be one to whoever reads the file; a look-up takes off what the file put in front."""
    serve([made(1, reference="'=1", **{"=1": "formula", "'=1": "text", "'=": "less", "'": "sign"})])
    content = body(client.get("/tickets/export.csv"))
    (row,) = rows_of(content)
    assert [row[name] for name in ("'=1", "''=1", "''=", "'")] == ["formula", "text", "less", "sign"]
    assert references.read(content.decode()).texts == ("'=1",)


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


@pytest.mark.parametrize("path", [("a",), ("a", "b"), ("a.b", "c,d", "e%2Ef"), ("é", " ")])
def test_paths_survive_an_address(path):
    assert property_paths.parse(property_paths.dump((path, ("x",)))) == (path, ("x",))
