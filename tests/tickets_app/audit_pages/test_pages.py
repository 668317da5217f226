"""The pages of the trail: for those with the right alone; every event once; files that are safe and say when they are whole."""

import csv
import io
import json
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.contrib.auth.models import User
from django.db import OperationalError
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from audit.models import Event, Kind
from tests.pages.reading import Seen
from tickets_app.audit_pages import files

PAGES = ["/audit/", "/audit/export.csv", "/audit/export.ndjson"]
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def add(count: int = 1, **values: object) -> None:
    for number in range(count):
        Event(**{"at": AT + timedelta(minutes=number), "kind": Kind.TICKET_VIEWED, **values}).save()


@pytest.mark.parametrize("path", PAGES)
def test_without_the_right_there_is_nothing_to_see(db, path):
    client = Client()
    assert client.get(path).status_code == 403
    client.force_login(User.objects.create_user("grace"))
    assert client.get(path).status_code == 403
    assert b"Audit" not in client.get("/nowhere").content


def test_with_the_right_there_is_a_link_to_it(auditor):
    assert b'href="/audit/"' in auditor.get("/nowhere").content


@pytest.mark.parametrize("path", PAGES)
def test_nothing_there_can_be_written(auditor, path):
    for method in ("post", "put", "patch", "delete"):
        assert getattr(auditor, method)(path).status_code == 405


def ids(html: str) -> list[int]:
    import re

    return [int(found) for found in re.findall(r'data-event-id="(\d+)"', html)]


def test_following_the_list_shows_every_event_once_newest_first_also_while_some_are_added(auditor):
    add(170, user_name="grace")
    expected = sorted(Event.objects.filter(user_name="grace").values_list("id", flat=True), reverse=True)
    found, url = [], "/audit/?person=grace"
    while url:
        page = Seen(auditor.get(url))
        found += ids(page.response.content.decode())
        url = page.next_url
        add(3, user_name="grace")
    assert found == expected


FILTERS = [
    ("person=grace", {2}),
    ("kind=logged_in&to=2026-11-20T13:00:00Z", {2, 3}),
    ("about=tkt_1", {1}),
    ("from=2026-11-20T12:01:00Z&to=2026-11-20T13:00:00Z", {2, 3}),
    ("to=2026-11-20 12:01", {1}),
    ("from=2026-11-20T07:01:00-05:00&to=2026-11-20T12:02:00Z", {2}),
    ("kind=logged_in&person=alan", {3}),
    ("from=2026-11-20&to=2026-11-20", {1, 2, 3}),  # days are included
    ("to=2026-11-19", set()),
    ("person=&kind=&to=2026-11-20T13:00:00Z", {1, 2, 3}),
    ("person=nobody", set()),
    # as they are pasted
    ("person=%20grace%20", {2}),
    ("about=tkt_1%C2%A0%0D%0A", {1}),
    ("person=%20&to=2026-11-20T13:00:00Z", {1, 2, 3}),
]


@pytest.fixture
def three(auditor) -> dict[int, int]:
    """Three events; gives id → number. The auditor's own log-in is not among them."""
    former = set(Event.objects.values_list("id", flat=True))
    add(user_name="ada", subject="tkt_1")
    add(user_name="grace", kind=Kind.LOGGED_IN, at=AT + timedelta(minutes=1))
    add(user_name="alan", kind=Kind.LOGGED_IN, at=AT + timedelta(minutes=2))
    made = Event.objects.exclude(id__in=former).order_by("id").values_list("id", flat=True)
    return {pk: number for number, pk in enumerate(made, 1)}


@pytest.mark.parametrize(("query", "expected"), FILTERS)
def test_filters_by_person_kind_subject_and_time(auditor, three, query, expected):
    html = auditor.get(f"/audit/?{query}").content.decode()
    assert {three[pk] for pk in ids(html)} == expected
    lines = b"".join(auditor.get(f"/audit/export.ndjson?{query}").streaming_content).decode().splitlines()
    assert {three[json.loads(line)["id"]] for line in lines[:-1]} == expected


def test_words_for_a_time_become_an_address_that_means_the_same_tomorrow(auditor):
    response = auditor.get("/audit/?from=11/20/2026&to=20 Nov 2026&person=ada")
    assert response.status_code == 302
    assert response.url == "/audit/?person=ada&from=2026-11-20T00:00:00Z&to=2026-11-21T00:00:00Z"
    html = auditor.get(response.url).content.decode()
    assert re.findall(r'name="(?:from|to)" value="([^"]*)"', html) == ["2026-11-20", "2026-11-20"]


BAD = [
    ("kind=nothing", "There is no such kind"),
    ("from=2026-02-30", "no such date"),
    ("from=2026-11-21&to=2026-11-20", "not after the start"),
    ("before=x", "start from the top"),
    ("before=99999999999999999999", "start from the top"),
    ("before=٣", "start from the top"),
    ("person=%00", "control character"),
    ("person=%ff", "not UTF-8"),
    ("person=a&person=b", "more than once"),
    ("about=" + "x" * 600, "too long"),
]


@pytest.mark.parametrize(("query", "words"), BAD)
@pytest.mark.parametrize("path", PAGES)
def test_bad_input_is_a_400_that_says_why(auditor, path, query, words):
    response = auditor.get(f"{path}?{query}")
    assert response.status_code == 400
    assert words in Seen(response).text


def test_an_event_is_shown_with_what_is_known_of_it(auditor):
    facts = {"filters": {"created[gte]": "2026-11-20T09:00:00Z"}, "shown": 3, "complete": True}
    add(user_name="<b>ada", subject="tkt_1", address="10.0.0.9", request_id="abcdefgh", facts=facts)
    page = Seen(auditor.get("/audit/"))
    for words in (
        "<b>ada",
        "Looked at a ticket",
        "from 2026-11-20T09:00:00Z",
        "rows shown 3",
        "complete yes",
        "10.0.0.9",
    ):
        assert words in page.text
    assert "/tickets/tkt_1/" in page.links


@pytest.mark.parametrize("subject", ["", ".", "..", "a/b", "tkt ü?#"])
def test_a_ticket_id_that_is_none_breaks_no_page(auditor, subject):
    add(subject=subject)
    assert auditor.get("/audit/").status_code == 200


def test_what_would_turn_or_hide_the_text_around_it_is_marked(auditor):
    add(
        user_name="an\u202ena",
        subject="tkt_\u200b1",
        facts={"filters": {"search_query": "\u202e7144", "location": "é 👩\u200d🍳"}},
    )
    html = auditor.get("/audit/?kind=ticket_viewed").content.decode()
    for shown in ("an‹U+202E›na", "tkt_‹U+200B›1", "‹U+202E›7144", "é 👩\u200d🍳"):
        assert f"<bdi>{shown}</bdi>" in html


def test_nothing_found_is_said(auditor):
    assert "No event matches" in Seen(auditor.get("/audit/?person=nobody")).text


def download(client: Client, name: str) -> str:
    response = client.get(f"/audit/export.{name}")
    assert response["Content-Disposition"] == f'attachment; filename="audit.{name}"'
    return b"".join(response.streaming_content).decode()


def test_both_files_hold_every_event_and_say_that_they_are_whole(auditor, monkeypatch):
    monkeypatch.setattr(files, "PAGE", 4)
    add(11, user_name="ada", facts={"shown": 3})
    expected = sorted(Event.objects.values_list("id", flat=True), reverse=True)
    rows = list(csv.reader(io.StringIO(download(auditor, "csv"))))
    assert [int(row[0]) for row in rows[1:-1]] == expected
    assert (rows[0], rows[-1]) == (list(files.NAMES), ["END: complete", " 12 rows"])
    lines = [json.loads(line) for line in download(auditor, "ndjson").splitlines()]
    assert [line["id"] for line in lines[1:-1]] == expected
    assert lines[-1] == {"end": "END: complete, 13 rows"}
    assert lines[1]["at"] == "2026-11-20T12:10:00Z"


def test_taking_the_trail_away_is_in_the_trail(auditor):
    add(3)
    list(auditor.get("/audit/export.csv?kind=ticket_viewed").streaming_content)
    [event] = Event.objects.filter(kind=Kind.AUDIT_EXPORTED)
    expected = {"format": "csv", "filters": {"kind": "ticket_viewed"}, "rows": 3, "complete": True}
    assert (event.user_name, event.facts) == ("ada", expected)


@pytest.mark.parametrize("name", files.FORMATS)
def test_a_file_that_breaks_off_says_so_itself_and_in_the_trail(auditor, monkeypatch, name):
    add(11)
    monkeypatch.setattr(files, "PAGE", 4)
    broken = files._Counted.__iter__

    def breaks(self):
        for number, event in enumerate(broken(self)):
            if number == 6:
                raise OperationalError
            yield event

    monkeypatch.setattr(files._Counted, "__iter__", breaks)
    sent = []
    with pytest.raises(OperationalError):
        sent.extend(auditor.get(f"/audit/export.{name}").streaming_content)
    assert b"INCOMPLETE after" in sent[-1]
    assert Event.objects.get(kind=Kind.AUDIT_EXPORTED).facts["complete"] is False


def test_a_reader_who_leaves_got_an_incomplete_file(auditor):
    add(11)
    response = auditor.get("/audit/export.csv")
    next(iter(response.streaming_content))
    response.close()
    assert Event.objects.get(kind=Kind.AUDIT_EXPORTED).facts["complete"] is False


RISKY = ["=", "+", "-", "@", "\t", "\r", "\n", "\0", "＝", "＋", "－", "＠"]


@given(st.sampled_from(["", *RISKY]), st.text(alphabet=st.characters(codec="utf-8"), max_size=30))
def test_no_cell_is_a_formula_and_each_can_be_read_back(start, rest):
    event = Event(id=1, at=AT, kind="searched", user_name=start + rest, facts={"x": start + rest})
    [_, row] = list(csv.reader(io.StringIO("".join(files.csv_rows([event])), newline="")))
    cell = row[files.NAMES.index("user_name")]
    assert not cell.startswith(tuple(RISKY))
    assert cell.removeprefix("'" if (start + rest).startswith(tuple(RISKY)) else "") == start + rest
    assert json.loads(row[-1]) == {"x": start + rest}
