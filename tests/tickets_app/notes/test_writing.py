"""Writing and removing notes: what is taken and what is refused, who may, and that nothing typed is lost."""

import re
from html import unescape
from unicodedata import normalize
from unittest.mock import Mock

import pytest
from django.test import Client

from audit import recording
from audit.models import Event, Kind
from tests.tickets_app.notes.conftest import without_notes
from tickets_app.models import Note
from tickets_app.notes import text

TICKET = "/tickets/tkt_00001/"
NOTES = f"{TICKET}notes/"
HTMX = {"HX-Request": "true"}


def write(client: Client, words: str = "Guest was charged twice", **headers: str):
    return client.post(NOTES, {"text": words}, headers=headers)


def test_a_note_is_kept_and_leads_back_to_its_ticket_where_it_says_who_when_and_what(anna):
    response = write(anna, "Called Reno.\r\nThey refund <b>it</b> http://x.example")
    assert (response.status_code, response["Location"]) == (303, f"{TICKET}#notes")
    html = anna.get(TICKET).content.decode()
    assert "Notes (1)" in html
    assert "<bdi>anna</bdi>" in html
    assert ">Called Reno.\nThey refund &lt;b&gt;it&lt;/b&gt; http://x.example</p>" in html
    assert 'href="http://x' not in html
    event = Event.objects.get(kind=Kind.NOTE_WRITTEN)
    assert (event.user_name, event.subject, event.facts["characters"]) == ("anna", "tkt_00001", 51)
    assert "Reno" not in str(event.facts)


def test_with_htmx_the_section_alone_comes_back(anna):
    response = write(anna, **HTMX)
    assert response.status_code == 200
    assert response.content.decode().startswith(
        '<details class="notes" id="notes" data-url="/tickets/tkt_00001/notes/" data-count="1" open>'
    )


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("é" * 2001, "The note has 2,001 characters; 2,000 is the most."),
        ("e\u0301" * 4001, "The note has more than 2,000 characters, which is the most."),
        ("a\0b\x1b", "control characters (NUL, U+0000, ESC, U+001B)"),
        ("a\x85b", "control characters (U+0085)"),
        (" \n\t ", "Write something first."),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_what_is_not_taken_is_said_beside_it_and_stands_there_still(anna, typed, said, headers):
    response = write(anna, typed, **headers)
    html = unescape(response.content.decode())
    assert response.status_code == 400
    assert said in html
    assert f'data-most="2000">\n{typed}</textarea>' in html
    assert not Note.objects.exists()


def test_characters_are_counted_as_people_see_them(anna):
    assert text.good("e\u0301" * 2000 + "\r\n") == "é" * 2000
    assert text.good("😀" * 2000)
    assert text.good("a\tb\r\nc\rd") == "a\tb\nc\nd"


def test_a_heap_of_marks_is_refused_before_they_are_put_in_order(monkeypatch):
    """Python takes the square of their number for that and lets no other thread run: 50,000 held a worker for 15 s."""
    put_in_order = Mock(side_effect=normalize)
    monkeypatch.setattr(text.unicodedata, "normalize", put_in_order)
    with pytest.raises(text.BadNoteError, match="more than 2,000 characters"):
        text.good("\u0301\u0323" * 25_000)
    put_in_order.assert_not_called()
    four_each = "\u03b1\u0313\u0301\u0345" * 2000  # ᾄ: no character is made of more
    assert text.good(four_each) == normalize("NFC", four_each)
    assert len(text.good(four_each)) == 2000


def test_marks_of_direction_are_shown_and_turn_nothing(anna):
    write(anna, "pay \u202eeurt")
    assert "pay ‹U+202E›eurt" in anna.get(TICKET).content.decode()


def test_whoever_may_only_read_sees_no_form_and_is_refused(anna, browser):
    write(anna)
    vera = browser("vera", "viewer")
    html = vera.get(TICKET).content.decode()
    assert "Notes (1)" in html
    assert "note-form" not in html
    assert "remove/" not in html
    assert write(vera).status_code == 403
    assert vera.post(f"{NOTES}{Note.objects.get().pk}/remove/").status_code == 403


def test_the_own_note_is_removed_and_somebody_elses_by_administrators_alone(anna, browser):
    write(anna)
    address = f"{NOTES}{Note.objects.get().pk}/remove/"
    bert = browser("bert", "sharer")
    assert address not in bert.get(TICKET).content.decode()
    refused = bert.post(address)
    assert (refused.status_code, "somebody else’s" in refused.content.decode()) == (403, True)
    assert Note.objects.count() == 1
    root = browser("root", "admin")
    assert address in root.get(TICKET).content.decode()
    assert root.post(address)["Location"] == f"{TICKET}#notes"
    assert root.post(address).status_code == 303, "it is gone already"
    event = Event.objects.get(kind=Kind.NOTE_REMOVED)
    assert (event.user_name, event.facts["author"]) == ("root", "anna")
    write(anna)
    assert anna.post(f"{NOTES}{Note.objects.get().pk}/remove/").status_code == 303
    assert not Note.objects.exists()


def test_a_note_is_removed_under_its_own_ticket_alone(anna):
    write(anna)
    anna.post(f"/tickets/tkt_00002/notes/{Note.objects.get().pk}/remove/")
    assert Note.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_note_sent_after_the_session_ended_is_kept_in_the_page(anna, headers):
    anna.session.flush()
    response = write(anna, "long and <dear>", **headers)
    assert response.status_code == 401
    assert '<input type="hidden" name="text" value="long and &lt;dear&gt;">' in response.content.decode()
    assert 'data-kept="login"' in response.content.decode()


def test_a_form_from_before_the_log_in_is_kept_and_one_from_elsewhere_is_not(anna, browser):
    strict = browser("anna", "analyst", enforce_csrf_checks=True)
    kept = strict.post(NOTES, {"text": "mine"}, headers={"Origin": "http://testserver"})
    assert (kept.status_code, 'value="mine"' in kept.content.decode()) == (403, True)
    foreign = strict.post(NOTES, {"text": "mine"}, headers={"Origin": "https://evil.example"})
    assert (foreign.status_code, 'value="mine"' in foreign.content.decode()) == (403, False)
    assert not Note.objects.exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_without_a_database_what_was_typed_stays(anna, headers):
    with without_notes():
        response = write(anna, "dear words", **headers)
    assert response.status_code == 503
    html = response.content.decode()
    assert "the note was not saved" in html
    assert ">\ndear words</textarea>" in html
    assert "cannot be shown" in html


def test_what_cannot_be_recorded_is_not_kept(anna, settings, monkeypatch):
    settings.AUDIT_REQUIRED = True
    monkeypatch.setattr(recording, "_added", lambda *_, **__: False)
    anna.raise_request_exception = False
    assert write(anna).status_code == 503
    assert not Note.objects.exists()


def test_a_ticket_holds_so_many_notes(anna, monkeypatch):
    monkeypatch.setattr("tickets_app.notes.store.MOST", 1)
    assert [write(anna).status_code for _ in range(2)] == [303, 400]


def test_where_they_are_off_or_nobody_logs_in_there_is_nothing_of_them(anna, client, settings):
    write(anna)
    settings.NOTES = False
    for page in (TICKET, "/tickets/", "/tickets/export/"):
        html = "".join(line for line in anna.get(page).content.decode().splitlines() if "<script" not in line)
        assert not re.findall("notes|noted", html.lower())
    assert write(anna).status_code == 404
    assert anna.get("/tickets/notes/").status_code == 404
    assert anna.get("/tickets/export.csv?notes=1").status_code == 400
    settings.NOTES, settings.LOGIN_REQUIRED = True, False
    assert 'id="notes"' not in client.get(TICKET).content.decode()
