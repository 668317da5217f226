"""Two machines are one site: sessions, answers and the limit are shared, and one may die at any time."""

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from urllib.parse import urlencode

import pytest

from tests.cluster.conftest import LATENCY, LIMIT, Site, kill
from tests.processes import PATIENCE, wait_until


def ticket_requests(site: Site) -> list[str]:
    return [asked.raw_path for asked in site.sandbox.ledger if "/tickets" in asked.path]


def test_who_logged_in_on_one_machine_is_known_to_the_other(site):
    first, second = site.machines
    person = site.person()
    assert person.log_in(at=first).status == 302
    assert len(person.open("/tickets/?limit=5", at=second).ids) == 5
    stranger = site.person(2)
    assert stranger.ask("/tickets/?limit=5", at=second).status == 302


def test_an_answer_that_one_machine_got_is_shown_by_the_other(site):
    first, second = site.machines
    person = site.person()
    person.log_in()
    shown = person.open("/tickets/?limit=7", at=first).ids
    asked = len(ticket_requests(site))
    assert person.open("/tickets/?limit=7", at=second).ids == shown
    assert len(ticket_requests(site)) == asked


def test_50_people_who_open_the_same_address_at_once_cost_one_request(site):
    people = [site.person(number) for number in range(1, 51)]
    people[0].log_in()
    for person in people:
        person.cookies = dict(people[0].cookies)
    site.sandbox.ledger.clear()
    all_are_there = threading.Event()
    site.sandbox.script(lambda _asked: all_are_there.wait(PATIENCE) and None)
    with ThreadPoolExecutor(50) as pool, ExitStack() as stack:
        stack.callback(site.sandbox.unscript)
        stack.callback(all_are_there.set)
        looks = [pool.submit(lambda one: one.open("/tickets/?limit=20").ids, person) for person in people]
        wait_until(lambda: site.people_waiting() == 50, "all 50 wait for their page")
        all_are_there.set()
        seen = [look.result() for look in looks]
    assert len(ticket_requests(site)) == 1
    assert seen == [[ticket["id"] for ticket in site.sandbox.store.truth()][:20]] * 50


class UnderWay:
    """Counts requests until their answers are sent; those for tickets begin to be answered once many are there."""

    def __init__(self) -> None:
        self.most, self._now = 0, 0
        self._lock, self._many = threading.Lock(), threading.Event()

    def __call__(self, asked) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        if self.most >= LIMIT - 1:
            self._many.set()
        if "/tickets" in asked.path:
            self._many.wait(PATIENCE)
        time.sleep(LATENCY)
        with self._lock:
            self._now -= 1


def test_searches_on_both_machines_keep_to_one_limit(site):
    person = site.person()
    person.log_in()
    for number, machine in enumerate(
        site.machines
    ):  # tests before this one held answers back: who waits long is sent away
        person.open(f"/tickets/?limit={50 + number}", at=machine)
    site.sandbox.ledger.clear()
    under_way = UnderWay()
    site.sandbox.script(under_way)

    def search(number: int) -> int:
        path = "/tickets/?" + urlencode({"search_query": f"no such {number}"})
        return person.open(path, at=site.machines[number % 2]).status

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(search, range(4))) == [200] * 4
    site.sandbox.unscript()
    tickets = [asked for asked in site.sandbox.ledger if "/tickets" in asked.path]
    assert LIMIT - 1 <= under_way.most <= LIMIT
    assert len(tickets) > 3 * LIMIT


@pytest.mark.parametrize("dies", [0, 1], ids=["the first dies", "the second dies"])
@pytest.mark.parametrize("filters", [{"limit": "100"}, {"search_query": "44"}], ids=["a list", "a search"])
def test_nothing_is_lost_when_a_machine_is_killed_in_the_middle_of_a_crawl(frail_site, dies, filters):
    site = frail_site
    person = site.person()
    person.log_in()
    query = {name: value for name, value in filters.items() if name == "search_query"}
    truth = [ticket["id"] for ticket in site.sandbox.store.truth(**query)]
    asked: list[str] = []

    def at_the_5th_request(entry) -> None:
        asked.append(entry.raw_path)
        if len(asked) == 5:
            kill(site.machines[dies])

    site.sandbox.script(at_the_5th_request)
    found, url, pages = [], "/tickets/?" + urlencode(filters), 0
    while url is not None:
        page = person.open(url)
        assert page.status == 200, page.text
        found, url, pages = found + page.ids, page.next_url, pages + 1
        assert pages < 200
    assert len(asked) > 10
    assert site.machines[dies].process.returncode == -9
    assert found == truth
