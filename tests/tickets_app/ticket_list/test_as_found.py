"""What a search found is shown as soon as it is known, where our scripts go on; the next page is asked for meanwhile."""

import threading

import pytest

from copper_sandbox import Fault, Sandbox
from tests.pages.conftest import made
from tests.tickets_app.ticket_list.test_complete import address
from tests.tickets_app.ticket_list.test_search import SINCE, asked
from tickets_app.display.request import SCRIPTS

HTMX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def kept(settings):
    """As in production, but no page ends for want of time: what it waits for is what is tested."""
    settings.COPPER_CACHE_SECONDS, settings.SEARCH_TIME_BUDGET, settings.COPPER_READ_TIMEOUT = 15, 60, 60


def shop(count: int, every: int) -> list[dict[str, object]]:
    """Every so many of them can be found."""
    return [made(number, reference="hit" if number % every == every // 2 else "x") for number in range(count)]


def all_is_quiet() -> None:
    """Wait until no lane is at work."""
    while lanes := [thread for thread in threading.enumerate() if thread.name == "copper-lane"]:
        lanes[0].join()


def truth(sandbox: Sandbox) -> list[str]:
    return [ticket["id"] for ticket in sandbox.store.truth(search_query="hit")]


@pytest.fixture
def held(serve):
    """Starts a sandbox that answers one request for tickets, and the others only once it is let go."""
    go = threading.Event()

    def start(tickets: list[dict[str, object]]) -> tuple[Sandbox, threading.Event]:
        sandbox, first = serve(tickets), threading.Lock()

        def hold(request) -> None:
            if request.path.endswith("/tickets") and not first.acquire(blocking=False):
                go.wait(60)

        sandbox.script(hold)
        return sandbox, go

    yield start
    go.set()
    all_is_quiet()


def test_with_scripts_the_first_matches_are_shown_while_all_else_is_still_asked(held, pages, client):
    client.cookies[SCRIPTS] = "on"
    sandbox, go = held(shop(1000, every=25))
    page = pages.open(address(search_query="hit", gte=SINCE, limit="100"))
    assert not go.is_set()
    assert page.ids == truth(sandbox)[:4]  # the newest hundred's
    assert "load delay" in page.response.content.decode()


def test_a_single_match_in_the_newest_hundred_is_shown_at_once_too(held, pages, client):
    """It is the last row that is known of what was looked at; what lies below it goes on behind it, and not by its time."""
    client.cookies[SCRIPTS] = "on"
    sandbox, go = held(shop(1000, every=100))
    page = pages.open(address(search_query="hit", gte=SINCE, limit="100"))
    assert not go.is_set()
    found = list(page.ids)
    assert found == truth(sandbox)[:1]
    go.set()
    while page.next_url:
        page = pages.open(page.next_url, **HTMX)
        found += page.ids
    assert found == truth(sandbox)


def test_without_scripts_a_page_waits_until_it_is_full_or_done(held, pages):
    sandbox, go = held(shop(1000, every=25))
    threading.Thread(target=lambda: asked_for(sandbox, 2) and go.set(), daemon=True).start()
    page = pages.open(address(search_query="hit", gte=SINCE, limit="100"))
    assert (page.ids, page.next_url) == (truth(sandbox), None)


def asked_for(sandbox: Sandbox, count: int) -> bool:
    """Wait until so many requests were made."""
    while len(asked(sandbox)) < count:
        threading.Event().wait(0.005)
    return True


def test_a_page_that_htmx_appends_shows_what_it_found_too(held, pages):
    """Nothing here says that scripts run but htmx itself: it asked."""
    sandbox, go = held(shop(1000, every=25))
    page = pages.rows(address(search_query="hit", gte=SINCE, limit="100"))
    assert not go.is_set()
    assert page.ids == truth(sandbox)[:4]


def test_without_a_cache_no_page_is_shown_early(held, pages, client, settings):
    """What was asked meanwhile would be lost."""
    settings.COPPER_CACHE_SECONDS = 0
    client.cookies[SCRIPTS] = "on"
    sandbox, go = held(shop(1000, every=25))
    threading.Thread(target=lambda: asked_for(sandbox, 2) and go.set(), daemon=True).start()
    assert pages.open(address(search_query="hit", gte=SINCE, limit="100")).ids == truth(sandbox)


@pytest.mark.parametrize(("every", "walk"), [(3, 53), (19, 40), (300, 84)])
def test_pages_shown_early_find_all_in_order_and_ask_hardly_more_than_one_walk(serve, pages, client, every, walk):
    """Also with the pages that htmx appends, of which each ends a moment after it found something.

    How many pages there are hangs on how fast the machine is; where one ends in the middle of an answer it costs one more. Of a
    dense search rests of two requests are shared out, for up to a third more of them (docs/decisions/0078-as-it-is-found.md).
    """
    client.cookies[SCRIPTS] = "on"
    sandbox = serve(shop(4000, every), latency=0.02)
    page = pages.open(address(search_query="hit", gte="2026-11-17T00:00:00Z", limit="100"))
    found, opened = list(page.ids), 1
    while page.next_url:
        page = pages.open(page.next_url, **HTMX)
        found += page.ids
        opened += 1
    all_is_quiet()
    assert found == truth(sandbox)
    assert len(asked(sandbox)) <= walk + opened
    searches = [tuple(query.items()) for query in asked(sandbox) if "search_query" in query]
    assert len(set(searches)) == len(searches)


def test_the_list_behind_a_hundred_without_a_match_is_not_asked_for_by_each_page_above_it_again(serve, pages):
    """Of a dense search with a gap: the answers ahead of the place are found again, those that say where it is empty, too."""
    tickets = [made(n, reference="hit" if n % 8 == 4 and not 420 < n < 900 else "x") for n in range(2000)]
    sandbox = serve(tickets, latency=0.02)
    found = pages.follow(address(search_query="hit", gte="2026-11-18T00:00:00Z", limit="25"))
    assert [id_ for page in found for id_ in page.ids] == truth(sandbox)
    all_is_quiet()
    questions = [tuple(query.items()) for query in asked(sandbox)]
    assert any("search_query" not in query for query in asked(sandbox))
    assert len(set(questions)) == len(questions)


def test_while_a_page_is_read_the_next_is_asked_for_and_no_more(serve, pages):
    """Ten matches a request: a page of 50 takes five or six, and so does the next."""
    sandbox = serve(shop(5000, every=10), latency=0.02)
    first = pages.open(address(search_query="hit", gte=SINCE, limit="50"))
    all_is_quiet()
    assert len(asked(sandbox)) <= 2 * 6 + 4
    sandbox.script(lambda request: Fault(status=500) if request.path.endswith("/tickets") else None)
    second = pages.open(first.next_url)
    assert first.ids + second.ids == truth(sandbox)[: len(first.ids + second.ids)]
    assert len(second.ids) >= 0.75 * 50
    assert "Copper had an error" not in second.text


def test_nothing_is_asked_ahead_of_a_page_that_is_not_full(held, pages, client):
    """Whoever left after the first matches leaves no search behind that goes on."""
    client.cookies[SCRIPTS] = "on"
    sandbox, go = held(shop(20_000, every=25))
    pages.open(address(search_query="hit", gte="2026-11-01T00:00:00Z", limit="100"))
    go.set()
    all_is_quiet()
    assert len(asked(sandbox)) <= 1 + 8  # one for each lane, begun before the page was given


def test_who_reads_ahead_stops_once_the_next_page_is_asked_for(serve, pages, settings):
    """The turn is the next page's then: what two of them asked for would be asked for twice."""
    sandbox = serve(shop(6000, every=10), latency=0.02)
    found = pages.follow(address(search_query="hit", gte=SINCE, limit="100"))
    all_is_quiet()
    assert [id_ for page in found for id_ in page.ids] == truth(sandbox)
    assert len(asked(sandbox)) <= 1.07 * 6000 / 91
