"""Columns in the address: shown, kept by every link, and refused with a word where they make no sense."""

import re

import pytest

from tests.pages.conftest import made


def test_chosen_columns_are_shown_as_copper_gave_them_and_kept_by_the_links(serve, pages):
    serve([made(number, metadata={"table": 12}, total="10.50") for number in range(3)])
    first = pages.open("/tickets/?location=loc_a&limit=2&columns=metadata.table,total")
    html = first.response.content.decode()
    assert first.ids == ["tkt_00000", "tkt_00001"]
    assert html.count('class="number" data-label="total"><bdi>10.50</bdi>') == 2
    assert 'colspan="3"' in html
    assert "columns=metadata.table,total" in first.next_url
    assert "/tickets/?location=loc_a&range=today&limit=2&columns=metadata.table,total" in first.links
    assert pages.rows(first.next_url).ids == ["tkt_00002"]


def test_a_chosen_reference_is_the_column_that_leads_to_the_ticket_and_stands_where_it_was_chosen(serve, client):
    serve([made(1, total="10.50"), {**made(2, total="9.00"), "reference": None}])
    html = client.get("/tickets/?columns=created,reference,total").content.decode()
    assert re.findall(r"<th[^>]*><bdi>(.*?)</bdi>", html) == ["created", "reference", "total"]
    assert html.count('class="open"><a href="/tickets/tkt_00001/"><bdi>R-1</bdi></a>') == 1
    assert html.count('class="open"><a href="/tickets/tkt_00002/"><span class="nothing">no reference</span></a>') == 1
    assert html.count(">R-1<") == 1
    assert 'colspan="3"' in html
    alone = client.get("/tickets/?columns=total").content.decode()
    assert re.findall(r"<th[^>]*><bdi>(.*?)</bdi>", alone) == ["Ticket", "total"]


@pytest.mark.parametrize("columns", ["a,,b", "a,a", "a.", "%25zz%25z", ",".join(f"c{number}" for number in range(21))])
def test_columns_that_make_no_sense_are_400(serve, pages, columns):
    sandbox = serve([made(1)])
    page = pages.open(f"/tickets/?columns={columns}")
    assert page.status == 400
    assert "olumn" in page.text
    assert [entry for entry in sandbox.ledger if entry.path == "/v1/tickets"] == []
