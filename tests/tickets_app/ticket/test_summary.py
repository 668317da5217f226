"""What matters of a ticket on top: the properties that the site names, lists of objects as tables, a line for a chat, JSON."""

import json
import re

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.processes import PATIENCE
from tickets_app.gateway import shared
from tickets_app.gateway import tickets as gateway
from tickets_app.ticket import summary

ITEMS = [{"name": "Soup", "quantity": 2}, {"name": "Tea", "quantity": 1, "note": "hot"}]


def names(properties: dict[str, object]) -> list[tuple[str, str]]:
    return [(name, cell.text) for name, cell in summary.facts(properties)]


def test_a_few_usual_properties_as_copper_gave_them_and_none_that_is_not_there():
    properties = {"total": "12.10", "status": "paid", "odd": 1, "payment": {"method": "card"}, "tip": None}
    assert names(properties) == [("status", "paid"), ("total", "12.10"), ("payment.method", "card")]


def test_the_site_names_them(settings):
    settings.TICKET_SUMMARY = "odd,payment.method"
    assert names({"status": "paid", "odd": 1, "payment": {"method": "card"}}) == [
        ("odd", "1"),
        ("payment.method", "card"),
    ]


def test_lists_of_objects_are_tables_with_a_row_each():
    [table] = summary.tables({"items": ITEMS, "tags": ["a", "b"], "empty": [], "mixed": [{"a": 1}, 2]})
    assert (table.name, table.columns) == ("items", ["name", "quantity", "note"])
    assert [[cell.text for cell in row] for row in table.rows] == [["Soup", "2", ""], ["Tea", "1", "hot"]]
    assert [cell.number for cell in table.rows[0]] == [False, True, False]


def test_a_long_table_says_what_is_left_out():
    entries = [{f"c{column}": row for column in range(summary.MAX_COLUMNS + 3)} for row in range(summary.MAX_ROWS + 7)]
    [table] = summary.tables({"items": entries})
    assert (len(table.rows), table.more_rows) == (summary.MAX_ROWS, 7)
    assert (len(table.columns), table.more_columns) == (summary.MAX_COLUMNS, 3)


def test_the_page_shows_them(serve, pages):
    serve([made(1, total="12.10", items=ITEMS)])
    with_names()
    page = pages.open("/tickets/tkt_00001/")
    assert "total 12.10" in page.text
    assert "items 2 name quantity note Soup 2 Tea 1 hot" in page.text
    assert "<title>TEST · R-1 · Reno · 20 Nov · Copper Tickets</title>" in page.response.content.decode()


def with_names() -> None:
    """No page waits for the names of the locations."""
    gateway.location_names(refresh=True)
    assert shared.parts().directory.names(PATIENCE).by_id


def test_a_line_for_a_chat_names_reference_place_time_and_link(serve, pages):
    serve([made(1)])
    with_names()
    html = pages.open("/tickets/tkt_00001/").response.content.decode()
    line = "R-1 · Reno · Fri 20 Nov 2026, 11:59:00 UTC · http://testserver/tickets/tkt_00001/"
    assert json.dumps(line).replace('"', "&#34;") in html


def test_a_ticket_without_a_reference_is_named_by_its_id(serve, pages):
    serve([made(1, reference=None)])
    with_names()
    html = pages.open("/tickets/tkt_00001/").response.content.decode()
    line = "tkt_00001 · Reno · Fri 20 Nov 2026, 11:59:00 UTC · http://testserver/tickets/tkt_00001/"
    assert json.dumps(line).replace('"', "&#34;") in html


def test_the_json_can_be_had_as_a_file(serve, client):
    serve([made(1, total="12.10")])
    response = client.get("/tickets/tkt_00001/ticket.json")
    assert response["Content-Type"] == "application/json"
    assert "attachment" in response["Content-Disposition"]
    assert json.loads(response.content)["total"] == "12.10"
    assert client.get("/tickets/tkt_none/ticket.json").status_code == 404


@pytest.mark.parametrize("status", [429, 500])
def test_a_json_that_copper_does_not_give_is_said(serve, client, status):
    serve([made(1)]).script(lambda asked: Fault(status=status))
    response = client.get("/tickets/tkt_00001/ticket.json")
    assert response.status_code in {502, 503}
    assert response["Content-Type"].startswith("text/plain")


def test_the_panel_is_the_ticket_alone_and_no_row_for_one_request(serve, client):
    sandbox = serve([made(1)])
    html = client.get("/tickets/tkt_00001/", headers={"HX-Request": "true", "HX-Target": "panel"}).content.decode()
    assert html.startswith('<div id="ticket" data-title="R-1')
    assert "data-ticket-id" not in html
    assert "<html" not in html
    assert len([entry for entry in list(sandbox.ledger) if "/tickets" in entry.path]) == 1
    assert "<html" in client.get("/tickets/tkt_00001/").content.decode()


def test_a_ticket_that_is_gone_is_said_in_the_panel(serve, client):
    serve([])
    response = client.get("/tickets/tkt_gone/", headers={"HX-Request": "true", "HX-Target": "panel"})
    assert response.status_code == 404
    assert response.content.decode().startswith('<div id="ticket"')
    assert "tkt_gone" in response.content.decode()


def test_a_row_of_the_list_begins_with_what_matters(client, serve, settings):
    def order() -> list[str]:
        return re.findall(r'<span class="name">(.*?)</span>', client.get("/tickets/").content.decode())

    serve([made(1, currency="eur", odd=1, total="23.40", status="paid", tip=None, id_of_till=7)])
    assert order() == ["status", "total", "currency", "tip", "odd", "id_of_till"]
    settings.TICKET_SUMMARY = "odd,payment.method,missing,id"
    assert order() == ["odd", "currency", "total", "status", "tip", "id_of_till"]


def test_a_row_says_how_many_properties_it_does_not_show(client, serve):
    """Those it has no room for and those that hold others; id, location and the like have columns of their own."""
    properties = {f"p{number}": number for number in range(11)}
    serve([made(1, items=[{"a": 1}], **properties), made(2, items=[], one="1"), made(3, one="1")])
    rows = client.get("/tickets/").content.decode().split("data-ticket-id=")[1:]
    said = [re.findall(r'<span class="nothing">and (\d+) more</span>', row) for row in rows]
    assert [len(re.findall('<span class="name">', row)) for row in rows] == [8, 1, 1]
    assert said == [["4"], ["1"], []]
