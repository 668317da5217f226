"""The file of a look-up: what the page has, with no formula; unfinished, its name and its last line say so."""

import re

import pytest

from copper_sandbox import Fault
from tests.pages.conftest import made
from tests.tickets_app.lookup.reading import download, go_on, lines, look_up
from tickets_app.lookup.result import HEADER

pytestmark = pytest.mark.usefixtures("quick")


def test_the_file_has_what_the_page_has_and_no_formula(client, serve):
    serve(
        [
            made(1, reference="=1+1"),
            made(2, reference="same", location="loc_b"),
            made(3, reference="same", location=None),
        ]
    )
    client.get("/tickets/")  # by now the names of the locations are asked for
    response = look_up(client, ["none", "=1+1", "same", "tkt_00003"])
    file = go_on(client, response, "download")
    assert file["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(r'attachment; filename="lookup-[\d-]+\.csv"', file["Content-Disposition"])
    assert file["Cache-Control"] == "private, no-store"
    rows = download(client, response)
    assert tuple(rows[0]) == HEADER
    through = rows[1][-1]
    assert re.fullmatch(r"from 2026-11-19T00:00:00Z to 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ", through)
    assert [row[:4] for row in rows[1:]] == [
        ["none", "Not found", "0", ""],
        ["'=1+1", "Found", "1", "tkt_00001"],
        ["same", "Found 2 times", "2", "tkt_00002 tkt_00003"],
        ["tkt_00003", "Found", "1", "tkt_00003"],
    ]
    assert rows[3][4:7] == ["2026-11-20T11:58:00Z 2026-11-20T11:57:00Z", "loc_b none", "Harbor Café; none"]
    assert [(row[0].removeprefix("'"), row[1], row[3].split()) for row in rows[1:]] == [
        (text, words, ids) for text, _, words, ids in lines(response)
    ]


def test_an_unfinished_file_says_so_in_its_name_and_its_last_line(client, serve):
    sandbox = serve([made(1)])
    sandbox.script(lambda entry: Fault(status=400))
    response = look_up(client, ["R-1"])
    assert "-INCOMPLETE.csv" in go_on(client, response, "download")["Content-Disposition"]
    rows = download(client, response)
    assert rows[-1][0].startswith("INCOMPLETE: nothing was searched; asked for: from 2026-11-19")
    assert rows[1][1] == "Not searched yet"


def test_a_location_that_is_no_id_is_not_none(client, serve):
    serve([{**made(1), "location": 7}, {**made(2), "location": "a/b"}])
    rows = download(client, look_up(client, ["R-1", "R-2"]))
    assert [row[5:7] for row in rows[1:]] == [["7", "7"], ["a/b", "a/b"]]
