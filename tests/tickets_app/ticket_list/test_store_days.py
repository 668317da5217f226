"""Days of a list whose location has a clock: the store's, from its turn-over; rows and times of day stay the reader's."""

import re
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.pages.conftest import made
from tests.tickets_app.ticket_list.test_days import BOOSTED, field
from tickets_app.models import LocationClock
from tickets_app.stores import clocks

BOUNDS = "created%5Bgte%5D=2026-11-20T04:00:00-08:00&created%5Blt%5D=2026-11-21T04:00:00-08:00"
DAY = f"/tickets/?location=loc_a&{BOUNDS}"
ASKED = "/tickets/?location=loc_a&business_day=2026-11-20"


@pytest.fixture
def reno(serve, clock):
    """A ticket in the first and in the last second of Reno's business day of 20 November, and one at each side.

    It is noon in UTC, half a minute after that day began.
    """
    LocationClock.objects.create(location="loc_a", zone="America/Los_Angeles", turns_over=4)
    at = [(20, 11, 59, 59), (20, 12, 0, 0), (21, 11, 59, 59), (21, 12, 0, 0)]
    return serve([made(number, at=datetime(2026, 11, *moment, tzinfo=UTC)) for number, moment in enumerate(at)])


def asked_copper(sandbox) -> list[object]:
    return [entry for entry in sandbox.ledger if "/tickets" in entry.path]


def test_a_business_day_becomes_an_address_with_absolute_bounds(reno, client, pages):
    assert client.get(ASKED)["Location"] == DAY
    assert client.get(ASKED, headers=BOOSTED)["HX-Push-Url"] == DAY
    assert pages.ids(DAY) == ["tkt_00002", "tkt_00001"]
    assert b"".join(client.get(ASKED.replace("/?", "/export.ndjson?"))).count(b'"tkt_') == 2
    assert BOUNDS in pages.rows(f"{ASKED}&limit=1").next_url


@pytest.mark.parametrize("typed", ["20 Nov", "today", "fri", "11/20", "20.11.", "2026-11-20"])
def test_it_is_typed_as_days_are_and_counted_from_the_stores_today(reno, client, typed):
    assert client.get("/tickets/", {"location": "loc_a", "business_day": typed})["Location"] == DAY


def test_the_time_control_says_it_and_the_panel_whose_days_these_are(reno, client, pages):
    page = pages.open(DAY)
    assert "Business day Fri 20 Nov" in page.text
    assert "Days are Reno’s (PST), from 04:00. Times of day are in UTC." in page.text
    html = client.get(DAY).content.decode()
    assert 'id="time-in-force" class="menu-value">Business day Fri 20 Nov</span>' in html
    assert field(html, "business_day") == "2026-11-20"
    assert '<input type="text" name="created[gte]" value=' not in html, "it stands in one field and can be sent again"
    assert "zone not set" not in page.text


def test_what_is_shown_in_the_fields_can_be_sent_again(reno, client):
    shown = client.get(f"{DAY.replace('21T04', '22T04')}").content.decode()
    again = {name: field(shown, name) for name in ("created[gte]", "created[lt]")}
    assert again == {"created[gte]": "2026-11-20", "created[lt]": "2026-11-21"}
    assert client.get("/tickets/", {"location": "loc_a", **again})["Location"] == DAY.replace("21T04", "22T04")


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"created[gte]": "20 Nov", "created[lt]": "20 Nov"}, [2, 1]),
        ({"created[gt]": "yesterday", "created[lte]": "today"}, [2, 1]),
        ({"created[lt]": "thu"}, [0]),
        ({"created[gte]": "20 Nov 12:00", "created[lt]": "2026-11-21 11:59:59"}, [1]),  # times of day are the reader's
    ],
)
def test_days_typed_in_from_and_to_are_the_stores(reno, client, typed, found):
    html = client.get("/tickets/", {"location": "loc_a", **typed}, follow=True).content.decode()
    assert [int(number) for number in re.findall(r'data-ticket-id="tkt_0000(\d)"', html)] == found


@pytest.mark.parametrize(
    ("now", "today", "yesterday"),
    [
        ((20, 11, 59, 58), [3, 2, 1, 0], []),  # in Reno it is 03:59, and still Thursday's business
        ((20, 12, 0, 1), [3, 2, 1], [0]),
        ((21, 11, 59, 59), [3, 2, 1], [0]),
        ((21, 12, 0, 0), [3], [2, 1]),
    ],
)
def test_today_and_yesterday_are_the_stores(reno, clock, pages, now, today, yesterday):
    clock.move_to(datetime(2026, 11, *now, tzinfo=UTC))
    for name, expected in (("today", today), ("yesterday", yesterday)):
        found = pages.ids(f"/tickets/?location=loc_a&range={name}")
        assert [int(id_[-1]) for id_ in found] == expected


def test_presets_are_the_stores_days_by_name(reno, clock, client):
    clock.move_to(datetime(2026, 11, 22, 11, 59, tzinfo=UTC))  # Sunday here, and Saturday's business in Reno
    html = client.get("/tickets/?location=loc_a").content.decode()
    assert re.search(r">Yesterday</a></li>\s*<li><a [^>]*>Thursday 19 Nov<", html)
    clock.move_to(datetime(2026, 11, 22, 12, 0, tzinfo=UTC))
    html = client.get(DAY).content.decode()
    assert re.search(
        rf'<a href="{re.escape(DAY).replace("&", "&amp;")}" aria-current="true" data-preset>Friday 20 Nov<', html
    )


def test_rows_stay_in_the_readers_zone(reno, client):
    client.post("/preferences/", {"zone": "Europe/Berlin"})
    html = client.get(DAY).content.decode()
    assert "13:00:00" in html
    assert "04:00:00</" not in html
    assert "Days are Reno’s (PST), from 04:00. Times of day are in Berlin (CET)." in html


def test_the_address_means_the_same_to_everyone_and_after_the_clock_was_changed(reno, client, pages):
    client.post("/preferences/", {"zone": "Asia/Tokyo"})
    assert client.get(ASKED)["Location"] == DAY
    LocationClock.objects.get().delete()
    assert pages.ids(DAY) == ["tkt_00002", "tkt_00001"]
    assert "Business day" not in pages.open(DAY).text


def test_another_zone_leaves_the_stores_days_alone(reno, client):
    moved = client.post("/preferences/", {"zone": "Asia/Tokyo", "next": DAY})
    assert moved["Location"] == DAY
    assert "Days stay the store’s." in client.get(DAY).content.decode()
    client.post("/preferences/", {"zone": "Europe/Berlin", "next": "/tickets/?location=loc_a&range=today"})
    assert "Times are now in Berlin (CET). Days stay the store’s." in client.get(DAY).content.decode()


def test_days_of_the_readers_former_zone_are_times_of_day_at_a_store(reno, client):
    midnights = "created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
    moved = client.post("/preferences/", {"zone": "Asia/Tokyo", "next": f"/tickets/?location=loc_a&{midnights}"})
    assert midnights in moved["Location"]
    assert "The times asked for are the same moments as before." in client.get(DAY).content.decode()


def test_where_no_zone_is_set_the_page_says_so_and_days_are_the_readers(reno, client, pages):
    page = pages.open("/tickets/?location=loc_b")
    assert "Harbor Café: zone not set. Days are in UTC." in page.text
    assert "Business day" not in page.text
    typed = client.get("/tickets/", {"location": "loc_b", "created[gte]": "20 Nov"})
    assert typed["Location"] == "/tickets/?location=loc_b&created%5Bgte%5D=2026-11-20T00:00:00Z"
    assert "zone not set" not in pages.open("/tickets/").text
    assert "Days are" not in pages.open("/tickets/").text


@pytest.mark.parametrize(
    ("asked", "why"),
    [
        ("business_day=2026-11-20", "A business day is one store’s: choose its location as well."),
        (
            "business_day=2026-11-20&location=loc_b",
            "Zone not set: nobody has said yet by which clock this location goes.",
        ),
        (f"{ASKED[10:]}&range=today", "Choose either a business day, a time range, or times from and to."),
        (f"{ASKED[10:]}&created[lte]=2026-11-20", "Choose either a business day, a time range, or times from and to."),
        (f"{ASKED[10:]}&business_day=2026-11-20", "The address has “business_day” more than once. Keep one."),
        ("location=loc_a&business_day=nonsense", "Type a day, such as 20 Nov, 11/20, fri, yesterday or 2026-11-20."),
        ("location=loc_a&business_day=20 Nov 9pm", "Type a day, such as 20 Nov"),
        ("location=loc_a&business_day=31 Nov", "There is no such date or time in the calendar."),
        ("location=loc_a&business_day=%00", "Type a day, such as 20 Nov"),
        ("location=loc_a&business_day=9999-12-31", "This date is out of the range that can be searched."),
        (f"location=loc_a&business_day={'9' * 500}", "Type a day, such as 20 Nov"),
    ],
)
def test_what_makes_no_sense_is_said_beside_the_field_and_copper_is_not_asked(reno, client, pages, asked, why):
    page = pages.open(f"/tickets/?{asked}")
    assert (page.status, why in page.text) == (400, True)
    html = client.get(f"/tickets/?{asked}").content.decode()
    assert re.search(r'<div id="filter-business_day_error" class="field-error">', html)
    assert not asked_copper(reno)


@pytest.mark.parametrize("location", ["", "loc_b"])
def test_where_the_store_is_left_for_one_without_a_clock_the_same_day_of_the_readers_is_one_press_away(
    reno, client, pages, location
):
    client.post("/preferences/", {"zone": "Asia/Tokyo"})
    page = pages.open(f"/tickets/?location={location}&range=&business_day=2026-11-20&search_query=R&limit=7")
    assert page.status == 400
    assert "Fri 20 Nov 2026, JST" in page.text
    found = next(link for link in page.links if "created%5Bgte%5D=2026-11-20&" in link)
    moved = client.get(found)["Location"]
    assert "created%5Bgte%5D=2026-11-20T00:00:00%2B09:00&created%5Blt%5D=2026-11-21T00:00:00%2B09:00" in moved
    assert ("location=loc_b" in moved) == bool(location)
    assert "search_query=R" in moved
    assert "business_day" not in moved
    for wrong in ("business_day=nonsense", "business_day=2026-11-20&limit=0", "business_day=2026-11-20&range=today"):
        assert "Fri 20 Nov 2026, JST" not in pages.open(f"/tickets/?location={location}&{wrong}").text


def test_a_day_that_can_be_read_two_ways_is_chosen(reno, pages):
    page = pages.open("/tickets/?location=loc_a&business_day=11/12")
    assert "“11/12” can be read two ways. Which one do you mean? Thu 12 Nov 2026 Thu 11 Dec 2025" in page.text
    links = [link for link in page.links if "business_day" in link]
    assert links == [f"/tickets/?location=loc_a&business_day={day}" for day in ("2026-11-12", "2025-12-11")]
    assert {pages.open(link).status for link in links} == {302}


def test_files_and_saved_views_say_whose_days_these_are(reno, client):
    page = client.get(DAY.replace("/tickets/?", "/tickets/export/?")).content.decode()
    for words in ("From Fri 20 Nov 2026, PST, from 04:00", "To Fri 20 Nov 2026, PST, from 04:00"):
        assert words in page


def test_a_look_up_takes_the_stores_days(reno, client, pages):
    page = pages.open("/tickets/lookup/?location=loc_a&business_day=2026-11-20")
    assert "Days are Reno’s (PST), from 04:00." in page.text
    html = client.get("/tickets/lookup/?location=loc_a&business_day=2026-11-20").content.decode()
    assert field(html, "business_day") == "2026-11-20"
    assert "business_day" not in client.get("/tickets/lookup/?location=loc_b").content.decode()
    wrong = client.get("/tickets/lookup/?location=loc_a&business_day=11/12").content.decode()
    assert "<li>Thu 12 Nov 2026</li>" in wrong, "told, and no link to a list"


def test_a_page_asks_for_the_clocks_once_and_only_where_a_location_is_chosen(reno, client):
    client.get("/tickets/")
    for address, times in (("/tickets/", 0), (ASKED, 1), (DAY, 0)):
        if times:
            clocks.forget()
        with CaptureQueriesContext(connection) as queries:
            client.get(address)
        assert len([query for query in queries if "locationclock" in query["sql"]]) == times


@pytest.mark.parametrize("damaged", ["amp;business_day", "busines_day", "business_day%5B"])
def test_a_damaged_name_is_noticed(reno, pages, damaged):
    assert damaged.partition("%")[0] in pages.open(f"/tickets/?location=loc_a&{damaged}=2026-11-20").text
