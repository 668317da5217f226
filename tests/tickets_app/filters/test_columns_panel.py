"""The panel of columns, the same on the list and on the export page: boxes of what was seen, and words for what was not."""

import re
from html import unescape
from urllib.parse import unquote

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made

PAGES = ["/tickets/", "/tickets/export/"]
TICKETS = [made(1, total="9.50", metadata={"table": 12, "server": "Ann"}), made(2, total="1.00")]


def boxes(html: str) -> dict[str, bool]:
    """The checkboxes by what they send, and whether they are ticked."""
    found = re.findall(
        r'<input class="form-check-input" type="checkbox" name="show" value="(.*?)" id=".*?"( checked)?>', html
    )
    return {unescape(value): bool(checked) for value, checked in found}


def unseen(html: str) -> str:
    part = html.partition('id="columns-unseen"')[2].partition("</div>")[0].partition(">")[2]
    return " ".join(unescape(re.sub("<[^>]+>", "", part)).split())


@pytest.mark.parametrize("page", PAGES)
def test_each_property_seen_has_a_box_and_those_shown_are_ticked_in_their_order(client, serve, page):
    serve(TICKETS)
    found = boxes(client.get(f"{page}?columns=total,created").content.decode())
    assert list(found)[:2] == ["total", "created"]
    assert {"id", "reference", "location", "metadata.table", "metadata.server"} < found.keys()
    assert [name for name, ticked in found.items() if ticked] == ["total", "created"]


def test_a_list_begins_with_its_own_columns_and_an_export_with_all(client, serve):
    serve(TICKETS)
    shown = {page: boxes(client.get(page).content.decode()) for page in PAGES}
    assert [name for name, ticked in shown["/tickets/"].items() if ticked] == ["created", "reference", "location", "id"]
    assert not any(shown["/tickets/export/"].values())
    assert shown["/tickets/export/"].keys() == shown["/tickets/"].keys()


TICKS = [
    ("show=&show=total&show=id", "columns=total,id"),
    ("show=&show=total&show=id&show=", "columns=total,id"),
    ("show=&show=total&show=id,total&show=%20created%20", "columns=total,id,created"),
    ("location=loc_a&columns=x&show=&show=total", "location=loc_a&columns=total"),
    (
        "created%5Bgte%5D=2026-11-20T00:00:00Z&show=&show=a%2520b",
        "created%5Bgte%5D=2026-11-20T00:00:00Z&columns=a%2520b",
    ),
    ("show=", ""),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("sent", "address"), TICKS)
def test_without_scripts_the_ticked_boxes_become_the_address(client, serve, page, sent, address):
    sandbox = serve(TICKETS)
    answer = client.get(f"{page}?{sent}")
    assert answer.status_code == 302
    assert answer["Location"] == (f"{page}?{address}" if address else page)
    assert len(sandbox.ledger) == 0


def test_what_a_page_begins_with_is_not_named(client, serve):
    serve(TICKETS)
    begins = "show=&show=created&show=reference&show=location&show=id"
    assert client.get(f"/tickets/?{begins}")["Location"] == "/tickets/"
    assert client.get(f"/tickets/export/?{begins}")["Location"].endswith("?columns=created,reference,location,id")


def test_an_export_that_goes_on_keeps_its_place(client, serve):
    serve(TICKETS)
    html = client.get("/tickets/export/?starting_after=tkt_00001&cursor_created=2026-11-20T11:59:00Z").content.decode()
    form = html.partition('id="columns-form"')[2].partition("</form>")[0]
    hidden = re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', form)
    assert dict(hidden)["starting_after"] == "tkt_00001"
    answer = client.get("/tickets/export/", [*hidden, ("show", "total")])
    assert "starting_after=tkt_00001" in answer["Location"]


MEANT = [
    ("totl", "totl: did you mean total?", "total"),
    ("table", "table: did you mean metadata.table?", "metadata.table"),
    ("metadata.tabel", "metadata.tabel: did you mean metadata.table?", "metadata.table"),
    ("Total", "Total: did you mean total?", "total"),
    ("qqqqqq", "qqqqqq.", None),
]


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize(("column", "words", "meant"), MEANT)
def test_a_column_that_no_ticket_seen_has_gets_a_word(client, serve, page, column, words, meant):
    serve(TICKETS)
    html = client.get(f"{page}?columns=id,{column}").content.decode()
    assert unseen(html) == f"No ticket on this page has {words}"
    links = re.findall(r'href="(.*?)"', unquote(html.partition('id="columns-unseen"')[2].partition("</div>")[0]))
    assert links == ([f"{page}?columns=id,{meant}"] if meant else [])


@pytest.mark.parametrize("page", PAGES)
@pytest.mark.parametrize("columns", ["total", "metadata", "created,metadata.table", ""])
def test_a_column_that_some_ticket_has_gets_none(client, serve, page, columns):
    serve(TICKETS)
    assert "columns-unseen" not in client.get(f"{page}?columns={columns}").content.decode()


@pytest.mark.parametrize("page", PAGES)
def test_where_no_ticket_was_seen_nothing_is_said_of_columns(client, serve, page):
    sandbox = serve([])
    assert "columns-unseen" not in client.get(f"{page}?columns=totl").content.decode()
    sandbox.script(lambda asked: Fault(status=400))
    answer = client.get(f"{page}?columns=totl")
    assert "columns-unseen" not in answer.content.decode()
    assert list(boxes(answer.content.decode())) == ["totl"]


def test_an_export_page_comes_while_copper_fails(client, serve):
    serve(TICKETS).script(lambda asked: Fault(status=400))
    answer = client.get("/tickets/export/?search_query=R-1")
    assert answer.status_code == 200
    assert 'id="export"' in answer.content.decode()


def test_while_a_name_is_typed_half_what_stands_there_stays(client, serve):
    serve(TICKETS)
    half = client.get("/tickets/export/?columns=a,", headers={"HX-Request": "true"})
    assert (half.status_code, half["HX-Reswap"], half.content) == (400, "none", b"")
    assert client.get("/tickets/export/?columns=a,").status_code == 400


@pytest.mark.parametrize("page", PAGES)
def test_a_tick_with_scripts_is_told_the_address(client, serve, page):
    serve(TICKETS)
    headers = {"HX-Request": "true", "HX-Boosted": "true"}
    answer = client.get(f"{page}?show=&show=total&location=loc_a", headers=headers, follow=True)
    assert answer["HX-Push-Url"] == f"{page}?location=loc_a&columns=total"


# --- LIST_COLUMNS: what the lists of a site begin with -----------------------------------------------------------------------


def test_a_site_begins_with_its_columns_and_addresses_do_not_name_them(serve, pages, settings):
    settings.LIST_COLUMNS = "total,metadata.table"
    serve([made(number, total="9.50") for number in range(3)])
    page = pages.open("/tickets/?limit=2")
    html = page.response.content.decode()
    assert html.count('data-label="total"><bdi>9.50</bdi>') == 2
    assert "columns=" not in page.next_url
    assert "/tickets/export/?columns" not in html  # a file has all, unless one chooses
    assert '<th scope="col" role="columnheader"><bdi>metadata.table</bdi></th>' in html
    assert pages.rows(page.next_url).response.content.decode().count('data-label="total"') == 1
    ticked = [name for name, ticked in boxes(html).items() if ticked]
    assert ticked == ["total", "metadata.table"]
    assert "Back to the default columns" not in page.text


def test_other_columns_of_an_address_go_before_those_of_the_site(client, serve, pages, settings):
    settings.LIST_COLUMNS = "total"
    serve([made(1, total="9.50")])
    page = pages.open("/tickets/?columns=created,reference,location,id")
    assert 'data-label="total"' not in page.response.content.decode()
    assert "Back to the default columns" in page.text
    assert client.get("/tickets/?show=&show=total")["Location"] == "/tickets/"
    begins = client.get("/tickets/?show=&show=created&show=reference&show=location&show=id")["Location"]
    assert begins == "/tickets/?columns=created,reference,location,id"


def test_a_file_has_all_columns_whatever_a_site_begins_with(client, serve, settings):
    settings.LIST_COLUMNS = "total"
    serve([made(1, total="9.50")])
    head = b"".join(client.get("/tickets/export.csv").streaming_content).splitlines()[0]
    assert b'"reference"' in head


def test_tickets_whose_properties_nest_in_other_ways_are_all_looked_at(client, serve):
    serve([made(1, note={"by": "Ann"}, table="7"), made(2, note="Ann", table={"by": "7"})])
    found = boxes(client.get("/tickets/").content.decode())
    assert {"note", "note.by", "table", "table.by"} <= found.keys()


@pytest.mark.parametrize("page", PAGES)
def test_what_only_one_ticket_has_is_seen_and_counted_also_in_a_list_that_is_longer_there(client, serve, page):
    serve(
        [
            made(1, total="1.00", items=["soup"]),
            made(2, total="1.00", items=["soup", "bread"]),
            made(3, total="1.00", metadata={"table": 4}),
        ]
    )
    assert unseen(client.get(f"{page}?columns=items.1,metadata.table").content.decode()) == ""
    html = client.get(page).content.decode()
    counts = dict(re.findall(r'<bdi>([^<]*)</bdi> <span class="quiet">in (\d of 3)</span>', html))
    assert (counts["items"], counts["metadata.table"], counts["total"]) == ("2 of 3", "1 of 3", "3 of 3")
