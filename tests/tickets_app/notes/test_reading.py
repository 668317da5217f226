"""Where notes are seen: marked in lists, searched, in files; by account and mode, by one query, and for how long."""

import csv
import io
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission, User
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from audit import recording
from audit.models import Event, Kind
from tests.pages.conftest import made
from tests.tickets_app.notes.conftest import without_notes
from tickets_app.models import Note
from tickets_app.notes import store

HTMX = {"HX-Request": "true"}
NOTES = "/tickets/tkt_00001/notes/"


def write(client: Client, number: int, words: str = "Hello") -> None:
    assert client.post(f"/tickets/tkt_{number:05}/notes/", {"text": words}).status_code == 303


def asked(client: Client, path: str, **headers: str) -> list[str]:
    """The statements about notes for a page."""
    client.get(path, headers=headers)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path, headers=headers).status_code == 200
    return [query["sql"] for query in queries if "tickets_app_note" in query["sql"]]


@pytest.mark.parametrize("columns", ["", "&columns=created,total"])
def test_rows_say_how_many_notes_they_have_appended_ones_too(anna, serve, columns):
    serve([made(number) for number in range(30)])
    for number in (1, 1, 25):
        write(anna, number)
    page = anna.get(f"/tickets/?limit=20{columns}").content.decode()
    assert page.count('class="noted"') == 1
    assert '<span class="visually-hidden">2 notes</span>' in page.split("tkt_00001")[2]
    url = page.split('<a rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert '<span class="visually-hidden">1 note</span>' in anna.get(url, headers=HTMX).content.decode()
    assert len(asked(anna, url, **HTMX)) == 1


def test_a_list_and_a_ticket_ask_once_and_not_at_all_for_who_may_not_see_them(anna, browser, settings):
    nora = browser("nora")
    User.objects.get(username="nora").user_permissions.add(Permission.objects.get(codename="view_tickets"))
    for path in ("/tickets/", "/tickets/tkt_00001/"):
        assert len(asked(anna, path)) == 1
        assert asked(nora, path) == []
    settings.NOTES = False
    assert asked(anna, "/tickets/") == asked(anna, "/tickets/tkt_00001/") == []


@pytest.mark.parametrize("path", ["/tickets/", "/tickets/tkt_00001/"])
def test_for_a_person_with_a_role_the_database_is_asked_once_for_each_thing(anna, path):
    anna.get(path)
    with CaptureQueriesContext(connection) as queries:
        assert anna.get(path).status_code == 200
    texts = [query["sql"] for query in queries if query["sql"].startswith(("SELECT", "INSERT", "UPDATE"))]
    person = "auth_user LEFT JOIN tickets_app_preference"  # and what she prefers
    wanted = ["django_session", person, "auth_permission ", "note", "audit_event"]
    wanted += ["savedview"] if path == "/tickets/" else []
    assert sorted(name for text in texts for name in wanted if name in text.replace('"', " ")) == sorted(wanted)
    assert len(texts) == len(wanted)


def test_the_database_that_holds_them_is_away_and_the_tickets_come(anna):
    write(anna, 1)
    with without_notes():
        page, ticket = anna.get("/tickets/"), anna.get("/tickets/tkt_00001/")
    assert (page.status_code, ticket.status_code) == (200, 200)
    assert "tkt_00001" in page.content.decode()
    assert "The notes cannot be shown" in ticket.content.decode()


def test_notes_of_the_test_mode_and_of_another_account_are_not_those_of_this_one(anna, settings, serve):
    write(anna, 1)
    settings.COPPER_API_KEY = "sk_live_X"
    assert store.of_ticket("tkt_00001") == []
    write(anna, 1, "live")
    settings.COPPER_ACCOUNT = "acct_2"
    assert list(store.matching("", "")) == []
    settings.COPPER_API_KEY, settings.COPPER_ACCOUNT = "sk_test_X", ""
    assert [note.text for note in store.of_ticket("tkt_00001")] == ["Hello"]


def test_they_are_searched_in_any_capitals_newest_first_by_writer_and_paged(anna, browser, settings, monkeypatch):
    write(anna, 1, "Zoë PAID 100% twice")
    write(browser("bert", "sharer"), 2, "Straße closed\nZOË agrees")
    html = anna.get("/tickets/notes/?q=zoë").content.decode()
    assert html.index("tkt_00002") < html.index("tkt_00001")
    assert 'href="/tickets/tkt_00001/#notes"' in html
    for query, found in {"q=ZOE%CC%88": 2, "q=strasse": 1, "q=100%25": 1, "q=1_0": 0, "author=bert": 1, "": 2}.items():
        assert anna.get(f"/tickets/notes/?{query}").content.decode().count('class="note-item"') == found, query
    monkeypatch.setattr("tickets_app.notes.views.ROWS", 1)
    html = anna.get("/tickets/notes/?q=zoë").content.decode()
    older = html.split('rel="next" href="')[1].split('"')[0].replace("&amp;", "&")
    assert "tkt_00001" in anna.get(older).content.decode()
    facts = Event.objects.filter(kind=Kind.NOTES_SEARCHED).first().facts
    assert facts == {"filters": {"search_query_length": 3}, "shown": 1}, "of the search its length alone"


@pytest.mark.parametrize(
    "query", ["q=%00", "q=" + "x" * 201, "before=x", "before=9999999999999999999", "q=1&q=2", "q=%"]
)
def test_an_address_of_the_search_that_makes_no_sense_is_400(anna, query):
    assert anna.get(f"/tickets/notes/?{query}").status_code == 400


def test_the_menu_leads_there_where_there_are_notes(anna, settings):
    assert 'href="/tickets/notes/"' in anna.get("/tickets/").content.decode()
    settings.NOTES = False
    assert 'href="/tickets/notes/"' not in anna.get("/tickets/").content.decode()


def rows(response) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(b"".join(response.streaming_content).decode(), newline="")))


def test_a_file_has_them_on_request_by_one_query_a_batch(anna, serve):
    serve([made(number) for number in range(150)])
    for words in ("=1+1", "line\nline"):
        write(anna, 1, words)
    plain = rows(anna.get("/tickets/export.csv"))
    assert not any("notes" in name for name in plain[0])
    with CaptureQueriesContext(connection) as queries:
        found = rows(anna.get("/tickets/export.csv?columns=id&notes=1"))
    assert len([one for one in queries if "tickets_app_note" in one["sql"]]) <= 3
    assert len(found) == 150
    cell = found[1]["(notes)"]
    stamp = f"{Note.objects.first().at:%Y-%m-%dT%H:%MZ}"
    assert cell == f"{stamp} anna: =1+1\n{stamp} anna: line\nline"
    assert found[0]["(notes)"] == ""
    assert Event.objects.filter(kind=Kind.EXPORTED).first().facts["notes"] is True


def test_an_excel_file_has_them_and_ndjson_stays_as_copper_sent_it(anna):
    write(anna, 1)
    anna.get("/tickets/export.xlsx?notes=1").close()
    ndjson = b"".join(anna.get("/tickets/export.ndjson?notes=1").streaming_content)
    assert b"Hello" not in ndjson
    assert 'name="notes"' in anna.get("/tickets/export/").content.decode()


def test_a_file_says_where_notes_could_not_be_read(anna):
    with without_notes():
        found = rows(anna.get("/tickets/export.csv?notes=1"))
    assert {row["(notes)"] for row in found} == {store.UNREAD}


def test_they_go_after_the_days_that_the_site_names(anna, settings, capsys):
    for number in (0, 1):
        write(anna, number)
    old = Note.objects.first()
    Note.objects.filter(pk=old.pk).update(at=timezone.now() - timedelta(days=366))
    call_command("prune_notes", "--dry-run")
    assert Note.objects.count() == 2
    call_command("prune_notes", "--days=0")
    assert Note.objects.count() == 2
    call_command("prune_notes")
    assert [note.ticket for note in Note.objects.all()] == ["tkt_00001"]
    event = Event.objects.get(kind=Kind.NOTES_PRUNED)
    assert (event.user_name, event.facts["rows"]) == ("prune_notes", 1)


def test_whoever_wrote_it_may_be_gone(anna):
    write(anna, 1)
    User.objects.get(username="anna").delete()
    assert [note.author for note in store.of_ticket("tkt_00001")] == ["anna"]


def test_who_sees_them_without_the_ticket_is_in_the_trail(anna, settings, monkeypatch):
    """By their own address, by a note that is not taken, by removing one that is gone: as often as one likes, without a row."""
    anna.post(NOTES, {"text": "the guest is Quatermain"})
    ways = [
        lambda **more: anna.get(NOTES, **more),
        lambda **more: anna.post(NOTES, {"text": " "}, **more),
        lambda **more: anna.post(f"{NOTES}99/remove/", **more),
    ]
    for see in ways:
        before = Event.objects.count()
        assert "Quatermain" in see(headers=HTMX).content.decode()
        event = Event.objects.order_by("id").last()
        assert (Event.objects.count(), event.kind, event.subject) == (before + 1, Kind.NOTES_SEARCHED, "tkt_00001")
        assert event.facts == {"shown": 1}
    before = Event.objects.count()
    assert "Quatermain" in anna.post(NOTES, {"text": "again"}, headers=HTMX).content.decode()
    assert Event.objects.count() == before + 1  # that one was written
    settings.AUDIT_REQUIRED = True
    monkeypatch.setattr(recording, "_added", lambda *_, **__: False)
    for see in ways:
        page = see(headers=HTMX).content.decode()
        assert "The notes cannot be shown" in page
        assert "Quatermain" not in page
