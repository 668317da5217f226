"""Guessing passwords: slow for who guesses, not for the owner (RELIABILITY.md, row 59)."""

from collections import Counter
from datetime import datetime, timedelta
from ipaddress import ip_network
from itertools import count

import pytest
import time_machine
from axes.models import AccessAttempt
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from audit.models import Event, Kind
from dashboard.identity.backends import Argon2
from dashboard.identity.throttle import HashCap
from dashboard.proxy import client_address
from tests.dashboard.identity.conftest import PASSWORD, log_in

THEN = datetime.fromisoformat("2026-11-24T09:00:00+00:00")


@pytest.fixture
def hashed(monkeypatch):
    """Each time that a password is hashed; none of them takes long."""
    calls: list[str] = []
    monkeypatch.setattr(Argon2, "encode", lambda self, password, salt: calls.append(password) or "argon2$x")
    monkeypatch.setattr(
        Argon2, "verify", lambda self, password, encoded: calls.append(password) or password == PASSWORD
    )
    monkeypatch.setattr(Argon2, "must_update", lambda self, encoded: False)
    return calls


def test_a_hundred_guesses_at_one_account_cost_ten_hashes(client, person, hashed):
    person("anna", "viewer")
    hashed.clear()
    with time_machine.travel(THEN, tick=False):
        statuses = [log_in(client, password=f"guess {number}").status_code for number in range(100)]
    assert statuses == [200] * 9 + [429] * 91
    assert len(hashed) == 10


def test_guessing_on_while_locked_out_leaves_no_more_in_the_trail_and_writes_nothing(client, person, hashed):
    """Anybody can, at any rate, and the trail is kept for a year: it grew by two rows for each request to the log-in page."""
    person("anna", "viewer")
    with time_machine.travel(THEN, tick=False):
        for _ in range(10):
            log_in(client, password="wrong")
        with CaptureQueriesContext(connection) as asked:
            assert {log_in(client, password="wrong").status_code for _ in range(20)} == {429}
    written = Counter(Event.objects.values_list("kind", flat=True))
    assert (written[Kind.LOGIN_FAILED], written[Kind.LOCKED_OUT]) == (10, 1)
    assert {query["sql"].split()[0] for query in asked} == {"SELECT"}


def test_who_is_locked_out_reads_when_to_try_again(client, person, hashed):
    person("anna", "viewer")
    with time_machine.travel(THEN, tick=False) as clock:
        for _ in range(10):
            response = log_in(client, password="wrong", next="/tickets/?limit=5")
        assert response["Retry-After"] == "900"
        clock.shift(timedelta(minutes=10))
        response = log_in(client, password=PASSWORD, next="/tickets/?limit=5")
    assert (response.status_code, response["Retry-After"]) == (429, "300")
    page = response.content.decode()
    assert "Too many wrong passwords came for this user name from your address. Try again in 5 minutes" in page
    assert 'name="next" value="/tickets/?limit=5"' in page


def test_the_owner_elsewhere_still_gets_in(client, person, hashed):
    person("anna", "viewer")
    for _ in range(20):
        log_in(client, password="wrong")
    assert log_in(Client(), address="10.0.0.9").status_code == 302
    assert log_in(Client()).status_code == 429, "and the guesser does not"


def test_somebody_else_at_the_same_address_still_gets_in(client, person, hashed):
    person("anna", "viewer")
    person("berta", "viewer")
    for _ in range(20):
        log_in(client, password="wrong")
    assert log_in(Client(), "berta").status_code == 302


def test_a_lock_ends_by_itself_even_while_somebody_guesses_on(client, person, hashed):
    person("anna", "viewer")
    with time_machine.travel(THEN, tick=False) as clock:
        for _ in range(20):
            log_in(client, password="wrong")
        for _ in range(14):
            clock.shift(timedelta(minutes=1))
            assert log_in(client, password="wrong").status_code == 429
        clock.shift(timedelta(minutes=1, seconds=1))
        assert log_in(client).status_code == 302


def test_getting_in_forgets_the_failures(client, person, hashed):
    person("anna", "viewer")
    for _ in range(3):
        for _ in range(9):
            assert log_in(client, password="wrong").status_code == 200
        assert log_in(client).status_code == 302
        client.post("/logout/")


def test_another_browser_is_no_way_around(person, hashed):
    person("anna", "viewer")
    statuses = [
        log_in(Client(), password="wrong", headers={"User-Agent": f"browser {number}"}).status_code
        for number in range(12)
    ]
    assert statuses[-3:] == [429] * 3


def test_a_forged_header_is_no_way_around(client, person, hashed):
    person("anna", "viewer")
    numbers = count()
    statuses = []
    for _ in range(12):
        forged = {
            "X-Forwarded-For": f"10.9.8.{next(numbers)}",
            "X-Real-IP": f"10.9.8.{next(numbers)}",
            "Forwarded": "for=10.9.8.7",
        }
        statuses.append(log_in(client, password="wrong", headers=forged, address="198.51.100.9").status_code)
    assert statuses[-3:] == [429] * 3


@pytest.mark.parametrize("hop", ["203.0.113.{}:4000", "[2001:db8::{}]:443"])
def test_behind_a_proxy_that_names_ports_a_guesser_locks_out_nobody_else(client, person, hashed, settings, hop):
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.1")]
    person("anna", "viewer")

    def come(number: int, port: int, password: str):
        seen = {"X-Forwarded-For": hop.format(number).replace(":4000", f":{port}").replace(":443", f":{port}")}
        return log_in(Client(), password=password, headers=seen, address="10.0.0.1")

    assert [come(66, 4000 + guess, "wrong").status_code for guess in range(11)][-2:] == [429] * 2
    assert come(67, 4000, PASSWORD).status_code == 302
    assert set(AccessAttempt.objects.values_list("ip_address", flat=True)) <= {"203.0.113.66", "2001:db8::66"}
    assert set(Event.objects.values_list("address", flat=True)) == {
        hop.format(number).rsplit(":", 1)[0].strip("[]") for number in (66, 67)
    }


def test_guessing_from_many_addresses_costs_only_so_many_hashes(client, person, hashed, settings):
    person("anna", "viewer")
    settings.LOGIN_HASHES_PER_SECOND = 0.1
    hashed.clear()
    answers = [log_in(client, password="wrong", address=f"10.0.{number}.1") for number in range(50)]
    assert len(hashed) == 1
    assert [answer.status_code for answer in answers] == [200] + [429] * 49
    assert 1 <= int(answers[-1]["Retry-After"]) <= 10
    assert "Very many people are logging in at this moment" in answers[-1].content.decode()


def test_and_keeps_nobody_out_who_has_been_in_from_the_same_browser_before(person, hashed, settings):
    person("anna", "viewer")
    person("berta", "viewer")
    at_work, elsewhere = Client(), Client()
    log_in(at_work)
    at_work.post("/logout/")
    log_in(elsewhere, "berta")
    elsewhere.post("/logout/")
    settings.LOGIN_HASHES_PER_SECOND = 0.1
    flood = [log_in(Client(), password="wrong", address=f"10.0.{number}.1").status_code for number in range(20)]
    assert flood[-1] == 429
    assert log_in(elsewhere).status_code == 429, "in a browser of somebody else"
    forged = Client()
    forged.cookies["known_browser"] = "0" * 64
    assert log_in(forged).status_code == 429
    assert log_in(at_work).status_code == 302
    assert log_in(at_work).status_code == 429, "and these have no more than their own"


def test_being_turned_away_that_way_counts_against_nobody(client, person, hashed, settings):
    person("anna", "viewer")
    settings.LOGIN_HASHES_PER_SECOND = 0.1
    for _ in range(15):
        log_in(client, password="wrong")
    assert AccessAttempt.objects.get().failures_since_start == 1


def test_who_is_locked_out_takes_no_hash_from_others(client, person, hashed, settings):
    person("anna", "viewer")
    person("berta", "viewer")
    for _ in range(10):
        log_in(client, password="wrong")
    settings.LOGIN_HASHES_PER_SECOND = 0.1
    for _ in range(30):
        assert log_in(client, password="wrong").status_code == 429
    assert log_in(Client(), "berta").status_code == 302


def test_the_password_page_is_capped_too(logged_in, settings, hashed):
    client = logged_in("anna", "viewer")
    settings.LOGIN_HASHES_PER_SECOND = 0.1
    sent = {"old_password": "wrong", "new_password1": "another horse", "new_password2": "another horse"}
    assert client.post("/password/", sent).status_code == 200
    response = client.post("/password/", sent)
    assert response.status_code == 429
    assert "Retry-After" in response


def test_nothing_that_was_searched_is_kept_with_a_failure(client, person):
    person("anna", "viewer")
    client.post(
        "/login/?next=/tickets/%3Fsearch_query%3DSMITH", {"username": "anna", "password": "SECRET", "next": "/SMITH"}
    )
    kept = AccessAttempt.objects.get()
    assert "SMITH" not in kept.get_data + kept.post_data + kept.path_info
    assert "SECRET" not in kept.get_data + kept.post_data


def test_the_bucket_fills_by_its_rate_and_holds_a_burst():
    now = 0.0
    cap = HashCap(lambda: 2.0, lambda: now)
    assert [cap.take() for _ in range(6)] == [0.0] * 6, "three seconds' worth at once"
    assert cap.take() == 0.5
    now = 0.5
    assert cap.take() == 0.0
    assert cap.take() == 0.5
    now = 1000.0
    assert [cap.take() for _ in range(7)] == [0.0] * 6 + [0.5]


@pytest.mark.parametrize(
    ("found", "address"), [("10.0.0.1", "10.0.0.1"), ("::1", "::1"), ("<script>", None), ("", None)]
)
def test_the_address_that_counts_is_one(found, address):
    """Which one that is behind proxies: tests/dashboard/test_proxy.py."""
    assert client_address(RequestFactory().get("/", REMOTE_ADDR=found)) == address
