"""The form of a look-up: what was pasted or uploaded is read, what is wrong is said at its field, and nothing typed is lost."""

import re
import threading
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from tests.pages.conftest import made
from tests.processes import wait_until
from tests.tickets_app.lookup.reading import DAY, PAGE, lines, look_up, text_of
from tickets_app.copper.query import FILTERS

pytestmark = pytest.mark.usefixtures("quick")


def test_a_file_is_read_and_its_column_found(client, serve):
    serve([made(number) for number in range(9)])
    content = "date;reference\r\n20 Nov;R-3\r\n20 Nov;none\r\n".encode("utf-16")
    response = client.post(PAGE, {"references": "", "file": SimpleUploadedFile("day.csv", content), **DAY})
    assert [line[:2] for line in lines(response)] == [("R-3", "found"), ("none", "missing")]
    assert "The column “reference” was read." in text_of(response)


BAD = [
    ({"references": " \r\n"}, "references", "Paste the references here, or choose a file."),
    ({"references": "a\r\n" * 5001}, "references", "These are 5,001 references: at most 5,000"),
    ({"references": "a\r\n" + "b" * 256}, "references", "Line 2 is too long"),
    ({"references": "a\tb\r\n1\t2"}, "column", "Which column holds the references?"),
    ({"references": "a", "column": "x"}, "column", "No column is called “x”."),
    ({"references": "a", "file": ("a.csv", b"b")}, "file", "empty it, or choose no file"),
    ({"references": "", "file": ("a.csv", b"PK\x03\x04")}, "file", "an Excel workbook"),
    ({"references": "", "file": ("a.txt", "é".encode("latin-1"))}, "file", "no text in UTF-8"),
    ({"references": "", "file": ("a.txt", b"")}, "file", "There is no reference in it."),
    ({"references": "", "file": ("a.txt", b"a\n" * 3_000_000)}, "file", "too large"),
    ({"references": "a", "created[gte]": "2026-02-30"}, "createdgte", "There is no such date"),
    ({"references": "a", "range": "24h", "created[gte]": "2026-11-20"}, "range", "not both"),
    ({"references": "a", "location": "a/b"}, "location", "This cannot be an id"),
]


@pytest.mark.parametrize(("fields", "field", "words"), BAD)
def test_what_is_wrong_is_said_at_its_field_nothing_typed_is_lost_and_copper_is_not_asked(
    client, serve, fields, field, words
):
    sandbox = serve([made(1)])
    fields = {name: SimpleUploadedFile(*value) if isinstance(value, tuple) else value for name, value in fields.items()}
    response = client.post(PAGE, fields)
    html = response.content.decode()
    assert response.status_code == 400
    part = re.search(rf'<div class="field field-{field}">.*?class="field-error">(.*?)</div>', html, re.DOTALL)
    assert words in unescape(part[1])
    assert f"{fields['references']}</textarea>" in html
    assert "Nothing was looked up yet" in html
    assert len(sandbox.ledger) == 0


def test_a_day_that_can_be_read_two_ways_is_told_and_typed_anew(client, serve):
    serve([made(1)])
    html = client.post(PAGE, {"references": "a", "created[lt]": "11/12/2026"}).content.decode()
    assert "“11/12/2026” can be read two ways" in html
    assert re.findall(r"<li>([^<]* 2026)</li>", html) == [
        "Thu 12 Nov 2026",
        "Fri 11 Dec 2026",
    ]  # links would lead to lists


def test_days_are_included_and_stay_days_in_the_form(client, serve):
    serve([made(1)])  # on 20 November
    html = client.post(PAGE, {"references": "R-1", "created[gte]": "20 Nov 2026", "created[lt]": "11/20/2026"})
    html = html.content.decode()
    assert re.findall(r'name="created\[(?:gte|lt)\]" value="([^"]*)"', html) == ["2026-11-20", "2026-11-20"]
    assert "Found" in html
    assert "/tickets/tkt_00001/" in html


def test_the_references_of_a_file_stand_in_the_field_when_something_else_was_wrong(client, serve):
    serve([made(1)])
    file = SimpleUploadedFile("a.csv", b"reference,x\r\nR-1,2\r\nR-2,3\r\n")
    response = client.post(PAGE, {"references": "", "file": file, "created[gte]": "never"})
    assert "R-1\nR-2</textarea>" in response.content.decode()
    assert "These are the references of the file." in text_of(response)


def test_more_than_a_form_may_hold_is_refused_in_words(client, serve):
    sandbox = serve([])
    response = client.post(PAGE, {"references": "a" * 2_700_000})
    assert response.status_code == 413
    assert "Go back: what you typed is still there." in text_of(response)
    assert len(sandbox.ledger) == 0


def test_the_list_leads_to_the_form_with_its_filters(client, serve):
    serve([made(1)])
    html = client.get("/tickets/?location=loc_a&range=30d&search_query=x").content.decode()
    assert 'href="/tickets/lookup/?location=loc_a&amp;range=30d"' in html
    form = client.get("/tickets/lookup/?location=loc_a&created[gt]=2026-11-20T09:00:00Z").content.decode()
    assert 'name="location"' in form
    assert "loc_a" in form
    assert 'value="2026-11-20 09:00"' in form
    assert "field-error" not in form
    assert client.get("/tickets/lookup/?created[gte]=never").status_code == 400
    assert client.get("/tickets/lookup/?location=%ff").status_code == 400


def test_each_filter_of_a_list_but_the_search_has_a_field_without_which_a_look_up_would_drop_it(client, serve):
    serve([made(1)])
    html = client.get(PAGE).content.decode()
    assert set(FILTERS.values()) - {"search_query"} <= set(re.findall(r' name="([^"]+)"', html))


def test_a_form_of_another_site_is_refused(serve):
    from django.test import Client

    sandbox = serve([made(1)])
    strict = Client(enforce_csrf_checks=True)
    assert look_up(strict, ["R-1"]).status_code == 403
    assert len(sandbox.ledger) == 0


def test_more_than_may_be_pasted_is_refused_with_the_bound_and_a_way_and_stays_in_the_field(client, serve):
    sandbox = serve([])
    pasted = "R-1234567\r\n" * 95_000
    response = client.post(PAGE, {"references": pasted})
    assert response.status_code == 413
    words = text_of(response)
    assert (
        "at most 1,000,000 characters. Save it as a file and choose that (up to 4 MB), or look it up in parts." in words
    )
    assert pasted in response.content.decode()
    assert len(sandbox.ledger) == 0


def test_a_file_of_that_size_is_read(client, serve):
    serve([])
    lines = "\n".join(f"{number:0250}" for number in range(4_500))
    response = client.post(PAGE, {"references": "", "file": SimpleUploadedFile("a.txt", lines.encode()), **DAY})
    assert response.status_code == 200
    assert "4,500 references" in text_of(response)


@pytest.mark.parametrize(("status", "asks"), [(200, True), (400, False)])
def test_the_names_of_locations_are_asked_for_by_a_page_that_is_right(client, serve, status, asks):
    sandbox = serve([made(1)])
    response = client.get(PAGE) if status == 200 else look_up(client, "")
    assert response.status_code == status
    wait_until(lambda: not any(thread.name == "location-names" for thread in threading.enumerate()), "names are there")
    assert any(entry.path.endswith("/locations") for entry in sandbox.ledger) is asks
