"""The run of an export: refused, broken off, cancelled or whole, and its file, its page and the trail say which."""

import hashlib
import json
import threading

import pytest

from audit.models import Event
from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.processes import PATIENCE
from tests.tickets_app.export.reading import TOKEN, body, broken, rows_of, said, sheet_of
from tickets_app.copper.query import TicketQuery
from tickets_app.export import export
from tickets_app.export.writers import Workbook
from tickets_app.filters import links
from tickets_app.gateway import shared
from tickets_app.long_runs import places

pytestmark = pytest.mark.usefixtures("quick")


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
def test_a_failure_before_the_first_row_is_no_file(client, serve, file_format, fault, status):
    sandbox = serve([made(1)])
    pause = {"Retry-After": "99"} if fault == 429 else {}  # longer than anybody waits for
    sandbox.script(lambda asked: Fault(status=fault, headers=pause))
    response = client.get(f"/tickets/export.{file_format}?export={TOKEN}")
    assert response.status_code == status
    assert "attachment" not in response.get("Content-Disposition", "")
    assert "No file was made" in response.content.decode()
    assert "The file is not complete" in said(client)
    facts = Event.objects.get(
        kind="exported"
    ).facts  # else its beginning would stand there as that of a process that was killed
    assert (facts["rows"], facts["complete"]) == (0, False)


def go_on(page: str) -> str:
    """What the link of a run that ended early asks for."""
    return page.split('href="/tickets/export/?')[1].split('"', maxsplit=1)[0].replace("&amp;", "&")


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
    rest = rows_of(body(client.get(f"/tickets/export.csv?{go_on(page)}")))
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
    assert len(rows) - 2 <= 250
    assert "An Excel sheet holds no more" in said(client)


@pytest.mark.parametrize("more", [1, 2])
def test_a_sheet_is_filled_to_its_last_row_and_what_has_no_room_is_one_press_away(client, serve, monkeypatch, more):
    """A page of Copper's fills it, so it does not matter in which steps the rest comes."""
    monkeypatch.setattr(Workbook, "room", 100)
    ids = [one["id"] for one in serve([made(number) for number in range(100 + more)]).store.truth()]
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}")
    assert [row[0] for row in sheet_of(response)] == ["id", *ids[:100], "INCOMPLETE after 100 rows"]
    assert "INCOMPLETE.xlsx" in response["Content-Disposition"]
    rest = client.get(f"/tickets/export.xlsx?{go_on(said(client))}")
    assert [row[0] for row in sheet_of(rest)] == ["id", *ids[100:]]


def test_as_many_tickets_as_a_sheet_has_room_for_are_all(client, serve, monkeypatch):
    monkeypatch.setattr(Workbook, "room", 100)
    ids = [one["id"] for one in serve([made(number) for number in range(100)]).store.truth()]
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}")
    assert [row[0] for row in sheet_of(response)] == ["id", *ids]
    assert "INCOMPLETE" not in response["Content-Disposition"]
    assert "The file is complete" in said(client)


def test_a_finished_file_is_told_with_what_checks_a_copy(client, serve):
    serve([made(number) for number in range(333)])
    content = body(client.get(f"/tickets/export.csv?bom=1&export={TOKEN}"))
    page = said(client)
    for words in ("333", hashlib.sha256(content).hexdigest(), "20 Nov 2026, 12:00:00 UTC", "06:28:00 UTC"):
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


def test_the_place_is_kept_while_a_quick_reader_takes_an_excel_file(client, serve, monkeypatch):
    """Who takes each part at once is never asked whether to end."""
    serve([made(number) for number in range(2000)])
    told: list[str] = []
    monkeypatch.setattr(places, "LEASE", 0.0)
    response = client.get(f"/tickets/export.xlsx?export={TOKEN}")
    monkeypatch.setattr(shared.parts().places, "keep", told.append)
    assert list(response.streaming_content)
    assert told


def test_the_place_is_kept_while_a_sheet_is_put_together(client, serve, monkeypatch):
    """That is done in one go, and may take longer than a place is kept."""
    serve([made(1)])
    kept, close, told = threading.Event(), Workbook.close, []

    def put_together(book: Workbook) -> None:
        kept.clear()
        told.append(kept.wait(PATIENCE))
        close(book)

    monkeypatch.setattr(Workbook, "close", put_together)
    monkeypatch.setattr(places, "LEASE", 0.0)
    monkeypatch.setattr(shared.parts().places, "keep", lambda _person: kept.set())
    assert body(client.get("/tickets/export.xlsx"))
    assert told == [True]


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
def test_the_trail_is_told_when_a_file_begins_and_when_it_ended(client, serve, file_format):
    serve([made(number) for number in range(120)])
    response = client.get(f"/tickets/export.{file_format}?location=loc_a")
    body(response)
    facts = Event.objects.get(kind="exported").facts
    assert facts == {"format": file_format, "filters": {"location": "loc_a"}, "rows": 120, "complete": True}
    facts = Event.objects.get(kind="export_begun").facts
    assert facts == {"format": file_format, "filters": {"location": "loc_a"}}


def test_a_token_of_somebody_else_shows_nothing(client, serve, django_user_model):
    serve([made(1)])
    body(client.get(f"/tickets/export.csv?export={TOKEN}"))
    assert "The file is complete" in said(client)
    client.force_login(django_user_model.objects.create_superuser("anna"))
    assert "Starting…" in said(client)


def test_what_is_left_of_an_export_is_said_in_coppers_own_bounds():
    from tickets_app.copper.moments import Moment

    query = TicketQuery(location="loc_a").from_moment(Moment.parse("2026-11-20T09:00:00Z"))
    assert links.export_query(query) == "location=loc_a&created%5Blt%5D=2026-11-20T09:00:00Z"


def test_the_trail_says_of_a_file_that_goes_on_where_it_begins(client, serve):
    """Its rows are not all that match its filters, though it is complete."""
    serve([made(number) for number in range(5)])
    body(client.get("/tickets/export.csv?location=loc_a&starting_after=tkt_00002"))
    facts = Event.objects.get(kind="exported").facts
    assert facts["filters"] == {"location": "loc_a", "starting_after": "tkt_00002"}
    assert (facts["rows"], facts["complete"]) == (2, True)
