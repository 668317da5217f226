"""New tickets in a real browser: they are told, put on top where nothing moves, and asked for while somebody is there."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Held, accessible
from tests.browser.test_list import ROWS, ids, scroll_to_the_end
from tests.pages.conftest import made
from tickets_app.ticket_list import arrivals

PILL = "#arrivals button"


@pytest.fixture
def quick(monkeypatch):
    """New tickets are asked for at once, not every 15 seconds."""
    monkeypatch.setattr(arrivals, "EVERY", 0.2)


def arrive(sandbox, *numbers: int) -> None:
    for number in numbers:
        sandbox.store.add(
            {"id": f"tkt_new{number}", "created": f"2026-11-20T12:{number:02}:30Z", "reference": f"N-{number}"}
        )


def polls(sandbox) -> int:
    return sum("ending_before" in str(entry.query) for entry in sandbox.ledger)


def test_new_tickets_are_told_and_put_on_top_where_nothing_moves(site, serve, page, quick):
    sandbox = serve([made(number) for number in range(200)])
    page.goto(f"{site}/tickets/")
    scroll_to_the_end(page, 100)
    read = page.locator("[data-ticket-id=tkt_00040] a")
    read.scroll_into_view_if_needed()
    read.focus()
    top = read.evaluate("one => one.getBoundingClientRect().top")
    arrive(sandbox, 1, 2, 3)
    expect(page.locator(PILL)).to_have_text("3 new tickets")
    expect(page.locator("#live")).to_have_text("3 new tickets")
    expect(page).to_have_title("(3) TEST · Tickets · Copper Tickets")
    expect(page.locator(PILL)).to_be_in_viewport()
    assert read.evaluate("one => one.getBoundingClientRect().top") == top
    expect(read).to_be_focused()
    arrive(sandbox, 4, 5)
    expect(page.locator(PILL)).to_have_text("5 new tickets")
    assert len(ids(page)) == 100
    page.locator(PILL).click()
    expect(page.locator(PILL)).to_be_hidden()
    assert ids(page)[:6] == ["tkt_new5", "tkt_new4", "tkt_new3", "tkt_new2", "tkt_new1", "tkt_00000"]
    first = page.locator("[data-ticket-id=tkt_new5]")
    expect(first).to_be_in_viewport()
    expect(first).to_have_class("fresh")
    expect(first.locator("a")).to_be_focused()
    expect(page.locator(".so-far")).to_contain_text("105 tickets")
    assert "created%5Blte%5D=2026-11-20T12:05:30Z" in page.locator("#fixed-link").get_attribute("href")
    scroll_to_the_end(page, 205)
    assert len(set(ids(page))) == 205


def test_by_keyboard_the_focus_goes_to_the_first_new_ticket(site, serve, page, quick):
    sandbox = serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/")
    arrive(sandbox, 1)
    expect(page.locator(PILL)).to_have_text("1 new ticket")
    accessible(page)
    page.locator(PILL).focus()
    page.keyboard.press("Enter")
    expect(page.locator("[data-ticket-id=tkt_new1] a")).to_be_focused()


def test_a_search_is_told_of_new_matches_alone(site, serve, page, quick):
    sandbox = serve([made(number) for number in range(5)])
    page.goto(f"{site}/tickets/?search_query=N-")
    expect(page.locator(".so-far")).to_contain_text("No match")
    at = page.evaluate("new Date().toISOString()")
    sandbox.store.add({"id": "tkt_other", "created": at, "reference": "x"})
    sandbox.store.add({"id": "tkt_match", "created": at, "reference": "N-1"})
    expect(page.locator(PILL)).to_have_text("1 new ticket")
    page.locator(PILL).click()
    assert ids(page) == ["tkt_match"]


HELPERS = """
    window.hide = (yes) => {
      Object.defineProperty(document, "hidden", { value: yes, configurable: true });
      document.dispatchEvent(new Event("visibilitychange"));
    };
    window.planned = 0; // how often the page has made up its mind when to ask next
    const setTimer = window.setTimeout;
    window.setTimeout = (callback, ...rest) => {
      if (callback.name === "ask") window.planned += 1;
      return setTimer(callback, ...rest);
    };"""


class Minutes:
    """A page whose clock stands still, minutes pass at once, and answers about new tickets come when a test says so."""

    def __init__(self, page: Page) -> None:
        self.page = page
        page.clock.install(time=datetime.now(UTC))
        page.clock.pause_at(datetime.now(UTC) + timedelta(seconds=1))
        page.add_init_script(HELPERS)
        self.polls = Held(page, "**/tickets/new*")

    def asks_within(self, seconds: float) -> None:
        """Once: the clock goes on by so much in one step, and the page has taken the answer at the end."""
        before = self.page.evaluate("planned")
        self.page.clock.fast_forward(int(seconds * 1000))
        self.polls.wait()
        assert len(self.polls.routes) == 1
        self.polls.next()
        self.page.wait_for_function("before => planned > before", arg=before)

    def does_not_ask_for(self, seconds: float) -> None:
        self.page.clock.run_for(int(seconds * 1000))
        self.page.evaluate("fetch('/healthz')")  # whatever was sent before it is known by now
        assert not self.polls.routes


def test_the_switch_turns_it_off_and_is_remembered(site, serve, page):
    sandbox = serve([made(number) for number in range(5)])
    minutes = Minutes(page)
    page.goto(f"{site}/tickets/")
    minutes.asks_within(16)
    switch = page.get_by_role("button", name="New:")
    expect(switch).to_have_attribute("aria-pressed", "true")
    switch.press("Enter")
    expect(switch).to_have_attribute("aria-pressed", "false")
    minutes.does_not_ask_for(600)
    page.reload()
    expect(switch).to_have_attribute("aria-pressed", "false")
    expect(page.get_by_role("button", name="New: off")).to_be_visible()
    minutes.does_not_ask_for(600)
    switch.click()
    arrive(sandbox, 1)
    minutes.asks_within(61)
    expect(page.locator(PILL)).to_have_text("1 new ticket")


def test_nobody_asks_while_the_tab_is_hidden_and_seldom_while_nobody_is_there(site, serve, page):
    sandbox = serve([made(number) for number in range(5)])
    minutes = Minutes(page)
    page.goto(f"{site}/tickets/")
    page.evaluate("hide(true)")
    minutes.does_not_ask_for(600)
    page.evaluate("hide(false)")
    minutes.asks_within(0.1)
    for _ in range(3):
        page.keyboard.press("Shift")
        minutes.does_not_ask_for(8)
        minutes.asks_within(10)
    minutes.asks_within(400)  # and nobody was here for five minutes
    minutes.does_not_ask_for(45)
    minutes.asks_within(20)
    page.keyboard.press("Shift")
    minutes.asks_within(16)
    assert polls(sandbox) == 7


def unanswered(site: str, page: Page) -> Minutes:
    """Ask for new tickets, and hold the answer."""
    minutes = Minutes(page)
    page.goto(f"{site}/tickets/")
    page.clock.run_for(16_000)
    minutes.polls.wait()
    return minutes


def test_an_answer_that_never_comes_ends_no_later_question(site, serve, page):
    serve([made(number) for number in range(5)])
    minutes = unanswered(site, page)
    page.clock.run_for(45_000)
    page.wait_for_function("() => planned === 2")  # it was given up
    page.clock.run_for(1_000)
    minutes.polls.wait(count=2)
    minutes.polls.routes.pop(0)
    minutes.polls.next()
    page.wait_for_function("() => planned === 3")
    minutes.asks_within(16)


def test_while_an_answer_is_awaited_it_is_not_asked_for_once_more(site, serve, page):
    serve([made(number) for number in range(5)])
    minutes = unanswered(site, page)
    page.evaluate("hide(true)")
    page.evaluate("hide(false)")
    page.clock.run_for(40_000)
    page.evaluate("fetch('/healthz')")  # whatever was sent before it is known by now
    assert len(minutes.polls.routes) == 1


def test_very_many_are_not_put_on_top_one_by_one(site, serve, page):
    """How many there are stands there still; they are asked for no more, and come with the list anew."""
    serve([made(number) for number in range(5)])
    minutes = unanswered(site, page)
    rows = "".join(f'<tr data-ticket-id="tkt_new{number}"><td><a href="/">new</a></td></tr>' for number in range(500))
    answer = f'<div data-poll="/tickets/new"><table><tbody>{rows}</tbody></table></div>'
    minutes.polls.routes.pop().fulfill(body=answer, content_type="text/html")
    expect(page.locator(PILL)).to_have_text("500 or more new tickets: load the list again")
    expect(page).to_have_title("(500+) TEST · Tickets · Copper Tickets")
    minutes.does_not_ask_for(600)
    page.evaluate("window.former = true")
    page.locator(PILL).click()
    page.wait_for_function("() => !window.former")
    expect(page.locator(ROWS)).to_have_count(5)  # the page anew is there from its first byte, its rows are not
    expect(page.locator(PILL)).to_be_hidden()
    assert ids(page) == [f"tkt_{number:05}" for number in range(5)]
