"""The soak (`make soak`: 10,000 requests, twenty minutes) says what it is to say; a few hundred requests of it as a test."""

import random
import re
import subprocess
import sys

import pytest

from copper_sandbox import Fault
from tests import people, server, soak
from tests.people import KINDS, Person, Reply
from tests.processes import PATIENCE
from tests.running_site import Used
from tests.soak import Tally, people_of, served, verdict

BEFORE = Used(memory=100_000, threads=10, descriptors=30)


@pytest.fixture(scope="module")
def used_for_a_while(tmp_path_factory):
    """What two people asked a site, and what it took at the end."""
    slow = {"AUDIT_REQUIRED": "false", "DATABASE_TIMEOUT": "60"}  # SQLite on a busy machine is no fault here
    folder = tmp_path_factory.mktemp("soak")
    with served(folder, people=2, WEB_WORKERS="2", **slow) as site, people_of(site) as two:
        tally = Tally()
        soak.use(two, tally, requests=250)
        taken, answers = site.used(), two[0].ask("/readyz")
        site.sandbox.script(lambda _asked: Fault(status=400))
        broken = Tally()
        soak.use(two, broken, requests=40)
        return tally, taken, answers, broken


def test_everything_that_people_do_is_done_and_nothing_fails(used_for_a_while):
    tally, _, answers, _ = used_for_a_while
    assert set(tally.asked) == KINDS
    assert tally.asked.total() >= 250
    assert not tally.faults
    assert answers.status == 200


def test_what_two_processes_take_is_counted_together(used_for_a_while):
    _, taken, _, _ = used_for_a_while
    assert taken.memory > 50_000
    assert taken.threads >= 2
    assert taken.descriptors >= 2


def test_what_fails_is_told(used_for_a_while):
    assert any("status 502" in fault for fault in used_for_a_while[3].faults)


def test_it_ends_well_where_nothing_grew():
    said: list[str] = []
    assert verdict(BEFORE, Used(110_000, 11, 33), [], said.append) == 0
    assert "memory: 100000 → 110000 (1.10)" in said


@pytest.mark.parametrize("after", [Used(110_001, 10, 30), Used(100_000, 12, 30), Used(100_000, 10, 34)])
def test_it_ends_with_1_where_something_grew(after):
    assert verdict(BEFORE, after, [], lambda _: None) == 1


def test_it_ends_with_1_where_something_failed():
    said: list[str] = []
    assert verdict(BEFORE, BEFORE, ["list: status 500 for /tickets/"], said.append) == 1
    assert "list: status 500 for /tickets/" in said


def test_no_worker_is_renewed_while_it_answers(tmp_path):
    """Else each renewal would cut what it sends, and hide what grows."""
    command = [sys.executable, "-m", "gunicorn", "dashboard.wsgi", "--print-config"]
    done = subprocess.run(
        command, cwd=server.PROJECT, env=server.environment(tmp_path), capture_output=True, text=True, timeout=PATIENCE
    )
    assert re.search(r"^max_requests += 0$", done.stdout, re.MULTILINE), done.stdout + done.stderr


@pytest.mark.parametrize(("asked", "seconds"), [(["--minutes", "20"], 1200), (["--seconds", "5"], 5), ([], None)])
def test_how_long_may_be_told_in_minutes(asked, seconds):
    assert soak._wanted([*asked, "--people", "50"]).seconds == seconds


class Told:
    """Instead of a person's `ask`: one answer after the other."""

    def __init__(self, *replies: Reply) -> None:
        self.replies, self.asked = list(replies), []

    def __call__(self, address: str, form: dict[str, str] | None = None, _headers: object = None) -> Reply:
        self.asked.append((address, form))
        return self.replies.pop(0)


def somebody(monkeypatch, *replies: Reply) -> tuple[Person, Told]:
    person, told = Person(None, "", random.Random(1), references=["4417"]), Told(*replies)
    monkeypatch.setattr(person, "ask", told)
    return person, told


def test_who_stands_in_line_for_a_file_comes_again_as_told_and_gets_it(monkeypatch):
    page, file, line = (
        Reply("", status, "", 0.0, again=again) for status, again in ((200, None), (200, None), (503, 0.0))
    )
    person, told = somebody(monkeypatch, page, line, line, file)
    assert list(people._export(person)) == [page, file]
    assert person.waits == 2
    assert len({address for address, _ in told.asked[1:]}) == 1


def test_who_never_gets_it_calls_it_a_fault(monkeypatch):
    line = Reply("", 503, "", 0.0, again=0.0)
    person, _ = somebody(monkeypatch, Reply("", 200, "", 0.0), *[line] * (people.MOST_WAITS + 1))
    assert [reply.well for reply in people._export(person)] == [True, False]


def test_a_look_up_goes_on_as_its_page_does(monkeypatch):
    button = '<input name="state" value="a&amp;b"><button id="lookup-go-on" hx-trigger="click, load delay:{}">'
    line, going, done = (Reply("", 200, body, 0.0) for body in (button.format("0s"), button.format("0ms"), ""))
    person, told = somebody(monkeypatch, line, going, done)
    assert list(people._look_up(person)) == [line, going, done]
    assert [form for _, form in told.asked[1:]] == [{"state": "a&b", "do": "go_on"}] * 2
    assert person.waits == 1
