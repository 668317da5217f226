"""The menus above the list: every entry is an address that does what it says."""

import re
from datetime import timedelta
from html import unescape

import pytest

from tests.pages.conftest import NOON, made


def entry(page, words: str) -> str:
    """The address of the link with these words or this label."""
    html = page.response.content.decode()
    before, found, _ = html.partition(words)
    assert found, words
    return unescape(before.rpartition('href="')[2].partition('"')[0])


def share(page, which: str = "fixed-link") -> str:
    html = page.response.content.decode()
    return unescape(html.partition(f'id="{which}" href="http://testserver')[2].partition('"')[0])


def test_every_property_that_was_seen_can_be_shown_and_the_others_stay(client, serve, pages):
    serve([made(1, metadata={"table": 12, "guest": {"vip": True}}, total="9.50"), made(2, total="1.00")])
    page = pages.open("/tickets/?location=loc_a")
    assert "metadata.table in 1 of 2" in page.text
    assert "metadata.guest.vip in 1 of 2" in page.text
    assert "total in 2 of 2" in page.text
    form = page.response.content.decode().partition('id="columns-form"')[2].partition("</form>")[0]
    sent = re.findall(r'type="hidden" name="(.*?)" value="(.*?)"', form)
    sent += re.findall(r'type="checkbox" name="(show)" value="(.*?)" id="[^"]*" checked', form)
    address = client.get("/tickets/", [*sent, ("show", "metadata.table")])["Location"]
    assert address == "/tickets/?location=loc_a&columns=created,reference,location,id,metadata.table"
    assert '<td role="cell" class="number" data-label="metadata.table"><bdi>12</bdi></td>' in str(
        pages.open(address).response.content, "utf-8"
    )


def test_columns_move_and_come_back_to_the_default(serve, pages):
    serve([made(1, total="9.50")])
    page = pages.open("/tickets/?columns=total,id,created")
    assert entry(page, 'aria-label="Move id earlier"') == "/tickets/?columns=id,total,created"
    assert entry(page, 'aria-label="Move id later"') == "/tickets/?columns=total,created,id"
    assert 'aria-label="Move total earlier"' not in page.response.content.decode()
    assert entry(page, "Back to the default columns") == "/tickets/"


def test_chosen_times_and_locations_read_as_in_the_default_table(serve, pages):
    serve([made(0)])
    pages.open("/tickets/")  # by the next page the names of the locations are there
    html = pages.open("/tickets/?columns=created,location,id").response.content.decode()
    assert 'data-label="created"><bdi>Fri 20 Nov 2026, 12:00:00 UTC</bdi>' in html
    assert 'data-label="location"><bdi>Reno</bdi>' in html


def test_the_menu_is_for_pages_and_not_for_what_is_appended(serve, pages):
    serve([made(number) for number in range(3)])
    assert "columns-menu" in pages.open("/tickets/?limit=1").response.content.decode()
    assert "columns-menu" not in pages.rows("/tickets/?limit=1").response.content.decode()


@pytest.mark.parametrize(
    "address",
    [
        "/tickets/",
        "/tickets/?range=24h",
        "/tickets/?location=loc_a&columns=total",
        "/tickets/?search_query=R-1",
        "/tickets/?search_query=R-1&created[gte]=2026-11-20T00:00:00Z",
        "/tickets/?created[gt]=2026-11-20T00:00:00Z",
        "/tickets/?created[lt]=2026-11-20T11:50:00Z&search_query=R-",
    ],
)
def test_a_fixed_link_shows_the_same_tickets_after_others_arrived_and_went_by_another_clock(
    serve, pages, address, clock, client
):
    sandbox = serve([made(number) for number in range(150)])
    fixed = share(pages.open(address))
    before = pages.ids(address)
    assert before
    clock.move_to(NOON + timedelta(days=3, hours=5))
    sandbox.store.add({"id": "tkt_new", "created": "2026-11-20T12:00:31Z", "reference": "R-1", "location": "loc_a"})
    sandbox.store.add({"id": "tkt_newer", "created": "2026-11-23T16:00:00Z", "reference": "R-1", "location": "loc_a"})
    client.post("/preferences/", {"zone": "Asia/Tokyo"})
    assert pages.ids(fixed) == before
    assert ("columns=total" in fixed) == ("columns" in address)


def test_a_live_link_shows_what_matches_when_it_is_opened(serve, pages, clock):
    sandbox = serve([made(number) for number in range(0, 3000, 60)])
    live = share(pages.open("/tickets/?range=24h&location=loc_a"), "live-link")
    assert live == "/tickets/?location=loc_a&range=24h"
    clock.move_to(NOON + timedelta(hours=20))
    sandbox.store.add({"id": "tkt_new", "created": "2026-11-21T07:00:00Z", "location": "loc_a"})
    expected = [one["id"] for one in sandbox.store.truth(location="loc_a", created_gte="2026-11-20T08:00:00Z")]
    assert pages.ids(live) == expected


def test_a_list_that_does_not_move_has_no_live_link(serve, pages):
    serve([made(1)])
    page = pages.open("/tickets/?created[gte]=2026-11-20T00:00:00Z&created[lt]=2026-11-21T00:00:00Z")
    assert "live-link" not in page.response.content.decode()
    address, _, _ = share(page).partition("&seen=")
    assert address == "/tickets/?created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"


def test_a_link_of_a_page_further_down_begins_there(serve, pages):
    serve([made(number) for number in range(9)])
    second = pages.open("/tickets/?limit=3").next_url
    assert (
        share(pages.open(second)).partition("&seen=")[0] == second.partition("&look=")[0]
    )  # the mark is for this look alone


def test_a_fixed_link_of_a_search_without_a_start_looks_as_far_back_as_it_did(serve, pages, clock):
    """Its upper bound lies lower than now was, so 30 days from there would go further back and show more."""
    days = (5, 20, 33)
    serve([made(number, at=NOON - timedelta(days=number), reference="R-1") for number in days])
    page = pages.open("/tickets/?search_query=R-1")
    assert page.ids == ["tkt_00005", "tkt_00020"]
    clock.move_to(NOON + timedelta(days=9))
    assert pages.open(share(page)).ids == page.ids
