"""The pages under /admin/ for the stores' clocks: one by one and as CSV, for administrators alone."""

import pytest
from django.contrib.admin.models import LogEntry
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.pages.conftest import made
from tickets_app.gateway import tickets as gateway
from tickets_app.gateway.location_names import Names, State
from tickets_app.models import LocationClock
from tickets_app.stores.clocks import store_clock

PAGES = "/admin/tickets_app/locationclock/"
IMPORT, EXPORT = f"{PAGES}import/", f"{PAGES}export.csv"
HEADING = "location,zone,turns_over"
NAMES = Names(State.KNOWN, {"loc_a": "Reno", "loc_b": "Harbor Café"})


@pytest.fixture
def boss(logged_in, monkeypatch) -> Client:
    monkeypatch.setattr(gateway, "location_names", lambda **_: NAMES)
    return logged_in("boss", "admin")


def kept() -> list[tuple[str, str, int]]:
    return list(LocationClock.objects.values_list("location", "zone", "turns_over"))


def test_an_administrator_sets_changes_and_removes_a_clock(boss):
    assert "store clocks" in boss.get("/admin/").content.decode().lower()
    page = boss.get(f"{PAGES}add/").content.decode()
    assert "Reno (loc_a)" in page
    sent = {"location": "loc_a", "zone": "America/Los_Angeles", "turns_over": "4"}
    assert boss.post(f"{PAGES}add/", sent).status_code == 302
    assert kept() == [("loc_a", "America/Los_Angeles", 4)]
    assert store_clock("loc_a").turns_over == 4
    change = f"{PAGES}{LocationClock.objects.get().pk}/"
    assert boss.post(f"{change}change/", {**sent, "location": "loc_b", "turns_over": "5"}).status_code == 302
    assert kept() == [("loc_a", "America/Los_Angeles", 5)]
    assert "Reno" in boss.get(PAGES).content.decode()
    assert boss.post(f"{change}delete/", {"post": "yes"}).status_code == 302
    assert (kept(), store_clock("loc_a")) == ([], None)


@pytest.mark.parametrize(
    "wrong", [{"location": "loc_x"}, {"zone": "PST"}, {"turns_over": "24"}, {"turns_over": "-1"}, {"zone": ""}]
)
def test_what_makes_no_sense_is_refused(boss, wrong):
    sent = {"location": "loc_a", "zone": "America/Los_Angeles", "turns_over": "4", **wrong}
    page = boss.post(f"{PAGES}add/", sent)
    assert (page.status_code, "errorlist" in page.content.decode(), kept()) == (200, True, [])


def test_a_table_is_pasted_and_given_out_again(boss):
    text = f"{HEADING}\r\nloc_a,America/Los_Angeles,4\r\nloc_b,America/New_York,0\r\n"
    page = boss.post(IMPORT, {"table": text}, follow=True)
    assert (page.redirect_chain[-1][0], "Imported: 2." in page.content.decode()) == (PAGES, True)
    assert kept() == [("loc_a", "America/Los_Angeles", 4), ("loc_b", "America/New_York", 0)]
    assert store_clock("loc_b")
    file = boss.get(EXPORT)
    assert (file.content.decode(), file["Content-Type"]) == (text, "text/csv; charset=utf-8")
    assert LogEntry.objects.filter(change_message="Imported from CSV.").count() == 2
    assert boss.post(IMPORT, {"file": SimpleUploadedFile("clocks.csv", file.content)}).status_code == 302


def test_nothing_is_imported_where_a_line_is_wrong_and_nothing_pasted_is_lost(boss):
    LocationClock.objects.create(location="loc_a", zone="UTC", turns_over=1)
    text = f"{HEADING}\nloc_a,America/Los_Angeles,4\nloc_x,America/New_York,0\nloc_b,<b>PST</b>,0"
    for sent in ({"table": text}, {"file": SimpleUploadedFile("clocks.csv", text.encode())}):
        page = boss.post(IMPORT, sent)
        html = page.content.decode()
        assert page.status_code == 400
        assert '<p class="errornote" role="alert">Nothing was imported.' in html
        assert "Line 3: Copper’s Locations have no “loc_x”." in html
        assert "Line 4: there is no time zone “&lt;b&gt;PST&lt;/b&gt;”." in html
        assert f">\n{text.replace('<', '&lt;').replace('>', '&gt;')}</textarea>" in html
        assert kept() == [("loc_a", "UTC", 1)]


@pytest.mark.parametrize(
    ("sent", "why"),
    [
        ({"table": ""}, "Line 1: it has to name the columns"),
        ({"file": SimpleUploadedFile("clocks.csv", b"location,zone\nloc_\xe9,UTC")}, "This file is no text in UTF-8"),
        ({"file": SimpleUploadedFile("clocks.csv", b"x" * 1_000_001)}, "This file is too large: at most 1 MB."),
        ({"table": "a", "file": SimpleUploadedFile("clocks.csv", b"b")}, "There is a table in the field as well"),
    ],
)
def test_what_is_no_table_is_said(boss, sent, why):
    page = boss.post(IMPORT, sent)
    assert (page.status_code, why in page.content.decode(), kept()) == (400, True, [])


def test_without_coppers_locations_nothing_is_imported_and_it_is_not_the_tables_fault(boss, monkeypatch):
    monkeypatch.setattr(gateway, "location_names", lambda **_: Names(State.FAILED))
    page = boss.post(IMPORT, {"table": f"{HEADING}\nloc_a,UTC,4"})
    assert (page.status_code, kept()) == (503, [])
    assert "Copper’s locations could not be read just now" in page.content.decode()
    assert "loc_a,UTC,4</textarea>" in page.content.decode()


def test_the_locations_are_coppers(logged_in, serve):
    serve([made(1)])
    client = logged_in("boss", "admin")
    gateway.location_names(refresh=True)
    gateway.shared.parts().directory.names(30.0)
    page = client.post(IMPORT, {"table": f"{HEADING}\nloc_a,UTC,4\nloc_nowhere,UTC,4"})
    assert "Line 3: Copper’s Locations have no “loc_nowhere”." in page.content.decode()
    assert client.post(IMPORT, {"table": f"{HEADING}\nloc_a,UTC,4"}).status_code == 302


def test_only_administrators_come_in(logged_in, client):
    analyst = logged_in("ann", "analyst")
    for page in (PAGES, IMPORT, EXPORT, f"{PAGES}add/"):
        assert analyst.get(page).status_code == 403
        assert client.get(page).status_code == 302
    assert analyst.post(IMPORT, {"table": f"{HEADING}\nloc_a,UTC,4"}).status_code == 403
    assert kept() == []


def test_what_was_pasted_is_kept_where_the_session_has_ended(client, db):
    page = client.post(IMPORT, {"table": f"{HEADING}\nloc_a,UTC,4"})
    assert page.status_code == 401
    assert f"{HEADING}\nloc_a,UTC,4" in page.content.decode()
