"""Times that people type, as the list takes them: whole days at both ends, choices beside the field, addresses for everyone."""

import re
from datetime import UTC, datetime

import pytest

from tests.pages.conftest import made

DAY = "created%5Bgte%5D=2026-11-20T00:00:00Z&created%5Blt%5D=2026-11-21T00:00:00Z"
BOOSTED = {"HX-Request": "true", "HX-Boosted": "true"}


@pytest.fixture
def three_days(serve, clock):
    """A ticket in the first and one in the last second of 20 November, and one at each side. It is noon of that Friday."""
    at = [(19, 23, 59, 59), (20, 0, 0, 0), (20, 23, 59, 59), (21, 0, 0, 0)]
    return serve([made(number, at=datetime(2026, 11, *moment, tzinfo=UTC)) for number, moment in enumerate(at)])


def field(html: str, name: str) -> str:
    return re.search(rf'name="{re.escape(name)}" value="([^"]*)"', html)[1]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ({"created[gte]": "20 Nov", "created[lt]": "20 Nov"}, [2, 1]),
        ({"created[gte]": "fri", "created[lt]": "today"}, [2, 1]),
        ({"created[gte]": "20 Nov", "created[lte]": "2026-11-20"}, [2, 1]),
        ({"created[gt]": "yesterday", "created[lt]": "20.11."}, [2, 1]),
        ({"created[gt]": "11/20"}, [3]),
        ({"created[lt]": "thu"}, [0]),
        ({"created[lte]": "thu"}, [0]),
        ({"created[gte]": "20 Nov", "created[lt]": "20 Nov 23:59:59"}, [1]),  # a time of day is itself not included
        ({"created[gte]": "20 Nov 0:00:01", "created[lt]": "20 Nov"}, [2]),
    ],
)
def test_days_are_included_and_times_of_day_are_points(three_days, client, typed, found):
    for path in ("/tickets/", "/tickets/export.ndjson"):
        response = client.get(path, typed, follow=True)
        body = b"".join(response).decode()
        ids = re.findall(r'data-ticket-id="tkt_0000(\d)"|"id":"tkt_0000(\d)"|"id": "tkt_0000(\d)"', body)
        assert [int("".join(one)) for one in ids] == found


def test_a_word_becomes_an_address_that_means_the_same_tomorrow(three_days, client, pages):
    typed = {"created[gte]": "fri", "created[lt]": "today", "limit": "1"}
    assert client.get("/tickets/", typed)["Location"] == f"/tickets/?{DAY}&limit=1"
    assert client.get("/tickets/", typed, headers=BOOSTED)["HX-Push-Url"] == f"/tickets/?{DAY}&limit=1"
    page = pages.open(f"/tickets/?{DAY}&limit=1")
    assert DAY in page.next_url
    assert not [link for link in page.links if "=fri" in link or "]=today" in link or "%5D=today" in link]
    rows = pages.rows("/tickets/?created[gte]=fri&created[lt]=today&limit=1")
    assert DAY in rows.next_url
    html = client.get(f"/tickets/?{DAY}").content.decode()
    assert (field(html, "created[gte]"), field(html, "created[lt]")) == ("2026-11-20", "2026-11-20")
    assert 'class="menu-value">Fri 20 Nov</span>' in html


def test_one_time_of_day_makes_both_times_of_day(three_days, client):
    html = client.get("/tickets/?created[gte]=20 Nov&created[lt]=20 Nov 7pm", follow=True).content.decode()
    assert (field(html, "created[gte]"), field(html, "created[lt]")) == ("2026-11-20 00:00", "2026-11-20 19:00")
    assert 'class="menu-value">Fri 20 Nov, 00:00 – 19:00</span>' in html


def test_exact_operators_show_their_days(three_days, client):
    html = client.get("/tickets/?created[gt]=19 Nov&created[lte]=20 Nov", follow=True).content.decode()
    assert (field(html, "created[gt]"), field(html, "created[lte]")) == ("2026-11-19", "2026-11-20")
    assert 'class="menu-value">After Thu 19 Nov, up to Fri 20 Nov</span>' in html


def test_what_is_shown_in_the_fields_can_be_sent_again(three_days, client):
    shown = client.get(f"/tickets/?{DAY}").content.decode()
    again = {name: field(shown, name) for name in ("created[gte]", "created[lt]")}
    assert client.get("/tickets/", again)["Location"] == f"/tickets/?{DAY}"


@pytest.mark.parametrize(
    ("name", "bounds"),
    [
        ("created[gte]", ["2026-11-12T00:00:00Z", "2025-12-11T00:00:00Z"]),
        ("created[gt]", ["2026-11-12T23:59:59.999999Z", "2025-12-11T23:59:59.999999Z"]),
        ("created[lte]", ["2026-11-12T23:59:59.999999Z", "2025-12-11T23:59:59.999999Z"]),
        ("created[lt]", ["2026-11-13T00:00:00Z", "2025-12-12T00:00:00Z"]),
    ],
)
def test_what_can_be_read_two_ways_is_chosen_beside_its_field(three_days, pages, name, bounds):
    page = pages.open(f"/tickets/?location=loc_a&search_query=R&{name}=11/12")
    assert page.status == 400
    assert "“11/12” can be read two ways. Which one do you mean? Thu 12 Nov 2026 Thu 11 Dec 2025" in page.text
    spelled = name.replace("[", "%5B").replace("]", "%5D")
    links = [f"/tickets/?location=loc_a&search_query=R&{spelled}={bound}" for bound in bounds]
    assert [link for link in page.links if "created" in link and "location=loc_a" in link] == links
    assert not [entry for entry in three_days.ledger if "/tickets" in entry.path]
    assert {pages.open(link).status for link in links} == {200}


def test_a_choice_keeps_the_other_time_as_it_was_understood(three_days, pages):
    page = pages.open("/tickets/?created[gte]=11/12&created[lt]=yesterday")
    assert "/tickets/?created%5Blt%5D=2026-11-20T00:00:00Z&created%5Bgte%5D=2026-11-12T00:00:00Z" in page.links


def test_what_is_wrong_is_said_with_examples_and_nothing_typed_is_lost(three_days, client):
    response = client.get("/tickets/?search_query=4417&created[gte]=nxt week&created[lt]=fri&location=loc_a")
    html = response.content.decode()
    assert response.status_code == 400
    assert "Type a date or a time, such as 20 Nov, 11/20, fri 7pm, yesterday or 2026-11-20 09:00." in html
    assert [field(html, name) for name in ("created[gte]", "search_query")] == ["nxt week", "4417"]
    assert field(html, "created[lt]") == "2026-11-20"  # what was understood
    assert not [entry for entry in three_days.ledger if "/tickets" in entry.path]


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("created[gte]=20 Nov&created[lt]=19 Nov", "19 Nov 2026 is before the start, 20 Nov 2026."),
        ("created[gte]=20 Nov&created[lt]=3 Dec", "3 Dec 2025 is before the start, 20 Nov 2026."),
        ("created[gt]=20 Nov&created[lt]=20 Nov", "20 Nov 2026 is before the start, 21 Nov 2026."),
        ("created[gt]=20 Nov&created[lte]=20 Nov", "20 Nov 2026 is before the start, 21 Nov 2026."),
        ("created[gte]=20 Nov 9am&created[lt]=20 Nov 9am", "Nothing lies between these two"),
        (
            "created[gte]=20 Nov 9am&created[lt]=20 Nov 8am",
            "20 Nov 2026, 08:00 is before the start, 20 Nov 2026, 09:00.",
        ),
        ("created[gte]=20 Nov 9am&created[lt]=3 Dec 2am", "3 Dec 2025, 02:00 is before the start, 20 Nov 2026, 09:00."),
        (
            "created[gte]=20 Nov 09:00:01&created[lt]=20 Nov 09:00",
            "2026-11-20T09:00:00Z is before the start, 2026-11-20T09:00:01Z.",
        ),
        (
            "created[gte]=20 Nov 9am&created[lt]=2026-11-20T09:00:00%2B01:00",
            "2026-11-20T09:00:00+01:00 is before the start, 2026-11-20T09:00:00Z.",
        ),
    ],
)
def test_days_and_times_the_wrong_way_round(three_days, pages, typed, why):
    page = pages.open(f"/tickets/?{typed}")
    assert (page.status, why in page.text) == (400, True)


def test_a_start_that_is_still_to_come_is_said_to_be(three_days, pages):
    ahead, past = (
        pages.open(f"/tickets/?created[gte]={day}T00:00:00Z&location=loc_none").text
        for day in ("2027-01-05", "2026-11-19")
    )
    assert ("That time is still to come" in ahead, "That time is still to come" in past) == (True, False)
    assert "Remove a filter above, or choose more days." in past


def test_labels_say_that_days_are_included(three_days, pages):
    text = pages.open("/tickets/").text
    for label in (
        "From (day included)",
        "To (day included)",
        "After (day not included)",
        "At or before (day included)",
    ):
        assert label in text


def test_the_calendar_has_no_name_and_is_not_sent(three_days, client):
    html = client.get("/tickets/").content.decode()
    calendars = re.findall(r'<input type="date"[^>]*>', html)
    assert len(calendars) == 4
    assert not [calendar for calendar in calendars if "name=" in calendar]


def test_presets_offer_days_by_name_weeks_and_months(three_days, pages, client):
    page = pages.open("/tickets/")
    for words in ("Wednesday 18 Nov", "Saturday 14 Nov", "This week", "Last week", "This month", "Last month"):
        assert words in page.text
    assert re.search(
        "Yesterday Wednesday 18 Nov Tuesday 17 Nov Monday 16 Nov Sunday 15 Nov Saturday 14 Nov This week", page.text
    )
    wednesday = "/tickets/?created%5Bgte%5D=2026-11-18T00:00:00Z&created%5Blt%5D=2026-11-19T00:00:00Z"
    assert wednesday in page.links
    chosen = client.get(wednesday).content.decode()
    assert re.search(r'aria-current="true" data-preset>Wednesday 18 Nov<', chosen)
    assert pages.ids("/tickets/?range=this-week") == ["tkt_00003", "tkt_00002", "tkt_00001", "tkt_00000"]
    assert pages.ids("/tickets/?range=last-week") == []
    assert (
        client.get("/tickets/?range=last-week").content.decode().count('aria-current="true" data-preset>Last week<')
        == 1
    )


def test_presets_are_days_of_the_persons_zone(three_days, client, pages):
    client.post("/preferences/", {"zone": "America/Los_Angeles"})
    wednesday = "/tickets/?created%5Bgte%5D=2026-11-18T00:00:00-08:00&created%5Blt%5D=2026-11-19T00:00:00-08:00"
    assert wednesday in pages.open("/tickets/").links
