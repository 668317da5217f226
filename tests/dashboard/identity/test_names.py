"""One spelling rule for names that come from elsewhere: whatever the capitals, accents' forms and spaces, it is one person."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from unicodedata import normalize

import pytest
from django.contrib.auth.models import User
from django.db import connection, connections, transaction
from django.db.utils import load_backend
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from dashboard.identity import accounts, names
from tests.audit.conftest import postgres, postgres_url  # noqa: F401 - fixtures
from tests.dashboard.identity.conftest import through, wsgi
from tickets_app.copper import spelling

SPELLINGS = [
    ("ana", "Ana"),
    ("ana", "ANA"),
    ("Ana", "ana"),
    ("ana", "ＡＮＡ"),
    ("zoë", "Zoë"),
    ("zoë", normalize("NFD", "ZOË")),
    (normalize("NFD", "Zoë"), "zoë"),
    ("łukasz", "ŁUKASZ"),
    ("straße", "STRASSE"),
    ("ana maria", "Ana  Maria"),
    ("ana maria", "Ana\u00a0Maria"),
    ("kim", "\u212aim"),  # the sign for kelvin
    ("ana@example.com", "Ana@Example.COM"),
    ("θέμης", "ΘΈΜΗΣ"),
    ("\u01f0an", "J\u030cAN"),
]


def test_spellings_of_one_name_are_alike():
    for one, other in SPELLINGS:
        assert names.alike(one) == names.alike(other), (one, other)


@pytest.mark.parametrize("other", ["anna", "an a", "aná", "ana2", "аna", "ana@example.com"])
def test_other_names_are_not(other):
    assert names.alike("ana") != names.alike(other)


@pytest.mark.parametrize(
    "unseen", ["\u00ad", "\u034f", "\u115f", "\u180b", "\u200b", "\u2060", "\u3164", "\ufe0f", "\ufeff"]
)
def test_a_name_with_what_nobody_can_see_cannot_be_used_and_an_old_account_of_that_name_is_found(unseen):
    assert names.kept(f"an{unseen}a") == ""
    assert names.alike(f"an{unseen}a") == "ana"


def test_what_nobody_can_see_in_a_name_is_what_nobody_can_see_in_a_reference():
    for code in (*range(0x20000), *range(0xE0000, 0xE1100)):
        name = f"an{chr(code)}a"
        unseen = spelling.seen(name) == "ana"
        assert (names.alike(name) == "ana") == unseen, ascii(name)
        assert not (unseen and names.kept(name)), ascii(name)


@given(st.text(max_size=20))
def test_the_rule_gives_the_same_whatever_the_form_and_however_often_it_is_used(name):
    common = names.alike(name)
    assert names.alike(common) == common
    assert {names.alike(normalize(form, name)) for form in ("NFC", "NFD", "NFKC", "NFKD")} == {common}
    assert names.alike(names.kept(name)) in {common, ""}


@pytest.mark.parametrize(("is_called", "sent"), SPELLINGS)
def test_an_account_is_found_however_the_proxy_spells_it(client, proxy, person, is_called, sent):
    user = person(is_called, "viewer")
    assert through(client, wsgi(sent)).wsgi_request.user == user
    assert User.objects.count() == 1


@pytest.mark.parametrize(("is_called", "sent"), SPELLINGS)
def test_who_is_switched_off_stays_out_however_the_proxy_spells_it(client, proxy, person, is_called, sent):
    person(is_called, "viewer", is_active=False)
    assert through(client, wsgi(sent)).status_code == 403
    assert User.objects.count() == 1


def test_a_proxy_that_changes_its_spelling_ends_no_session(client, proxy):
    through(client, "ana")
    session = client.session.session_key
    assert through(client, "ANA").wsgi_request.user.get_username() == "ana"
    assert client.session.session_key == session


def test_who_is_switched_off_in_the_middle_is_out_with_the_next_request(client, proxy):
    through(client, "Ana")
    User.objects.update(is_active=False)
    for name in ("Ana", "ana", "ANA"):
        assert through(client, name).status_code == 403


def test_a_second_account_from_before_this_rule_is_no_way_around(client, proxy, person):
    person("ana", is_active=False)
    person("Ana", "viewer")
    for name in ("ana", "Ana", "ANA"):
        assert through(client, name).status_code == 403


def test_of_two_accounts_from_before_this_rule_the_one_that_is_meant_is_taken_or_none(proxy, person, caplog):
    person("ana")
    person("Ana")
    for name in ("ana", "Ana"):
        assert through(Client(), name).wsgi_request.user.get_username() == name
    assert through(Client(), "ANA").status_code == 403
    assert "“ANA” may be any of the accounts" in caplog.text
    assert User.objects.count() == 2


def test_a_new_account_has_the_name_as_it_was_written(client, proxy):
    through(client, wsgi(normalize("NFD", " Zoë ")))
    assert User.objects.get().username == normalize("NFC", "Zoë")


def test_an_account_that_was_made_while_one_looked_is_taken(db, monkeypatch):
    monkeypatch.setattr(accounts, "_one_after_the_other", lambda: User.objects.create(username="Ana"))
    assert accounts.named("ana").username == "Ana"
    assert User.objects.count() == 1


@pytest.mark.usefixtures("postgres")
def test_who_is_making_an_account_is_waited_for_by_whoever_comes_at_the_same_moment():
    came: list[str] = []
    settings = connection.settings_dict

    def come() -> None:
        with _connection_of_this_thread(settings):
            came.append(accounts.named("Ana").username)

    other = threading.Thread(target=come)
    with transaction.atomic():
        accounts._one_after_the_other()
        other.start()
        while other.is_alive() and not _somebody_waits():
            pass
        assert not came
        User.objects.create(username="ana")
    other.join()
    assert came == ["ana"]


@contextmanager
def _connection_of_this_thread(settings: dict[str, object]) -> Iterator[None]:
    connections["default"] = load_backend(settings["ENGINE"]).DatabaseWrapper(settings, "default")
    try:
        yield
    finally:
        connection.close()


def _somebody_waits() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0] > 0
