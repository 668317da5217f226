"""A chart that is closed: rows that are appended change its strip alone, and what was counted is drawn when it is opened."""

import re
from urllib.parse import urlencode

import pytest

from tests.pages.conftest import made
from tests.pages.reading import unescaped
from tests.tickets_app.ticket_list.test_complete import address
from tests.tickets_app.timeline.test_histogram import FRIDAY, bars
from tickets_app.timeline import counting

STATE = r'name="histogram" value="([^"]*)"'
CHART = r'hx-get="([^"]*)" hx-trigger="change from:#chart-open"'
HTMX = {"HX-Request": "true"}
CLOSED = {"chart_closed": "yes"}


@pytest.fixture
def appended(serve, pages, client):
    """A list of 120 is open, and its second page was asked for with these parameters besides. Gives the sandbox and the HTML."""

    def ask(**more: str):
        sandbox = serve([made(n) for n in range(120)])
        page = pages.open(address(**FRIDAY))
        state = re.search(STATE, unescaped(page.response.content))[1]
        url = f"{page.next_url}&{urlencode({'histogram': state, 'seen_since': 'top', **more})}"
        return sandbox, unescaped(client.get(url, headers=HTMX).content)

    return ask


def columns(html: str) -> str:
    return re.search(r'<path class="column" d="([^"]*)"', html)[1]


def test_the_strip_comes_alone_and_is_that_of_the_chart(appended):
    _, closed = appended(**CLOSED)
    _, whole = appended()
    assert bars(whole)
    assert not bars(closed)
    assert columns(closed) == columns(whole)
    assert 'id="histogram"' not in closed
    assert len(closed) < len(whole)


def test_it_is_drawn_as_far_as_it_was_counted_when_it_is_opened_and_copper_is_not_asked(appended, client):
    _, whole = appended()
    sandbox, closed = appended(**CLOSED)
    url, state = re.search(CHART, closed)[1], re.search(STATE, closed)[1]
    sandbox.ledger.clear()
    drawn = unescaped(client.get(f"{url}&{urlencode({'histogram': state})}", headers=HTMX).content)
    assert bars(drawn) == bars(whole)
    assert "At least 100 tickets" in drawn
    assert "data-running" not in drawn
    assert 'hx-trigger="click"' in drawn, "the rest is counted once somebody wants it"
    assert not sandbox.ledger


def test_the_next_page_goes_on_with_what_the_strip_was_counted_from(appended, pages, client):
    _, closed = appended(**CLOSED)
    following = re.search(r'rel="next" href="([^"]*)"', closed)[1]
    state = re.search(STATE, closed)[1]
    html = unescaped(client.get(f"{following}&{urlencode({'histogram': state, **CLOSED})}", headers=HTMX).content)
    url, state = re.search(CHART, html)[1], re.search(STATE, html)[1]
    assert "120 tickets" in unescaped(client.get(f"{url}&{urlencode({'histogram': state})}", headers=HTMX).content)


def test_a_page_opened_at_the_address_of_appended_rows_has_its_chart(serve, client):
    """As by "Ask Copper again" above them."""
    serve([made(n) for n in range(120)])
    page = unescaped(client.get(f"{address(**FRIDAY)}&{urlencode(CLOSED)}").content)
    assert bars(page)
    assert 'id="histogram-strip"' in page


def test_counts_of_others_are_looked_for_once_a_list(appended, monkeypatch):
    asked = []
    monkeypatch.setattr(counting, "recall", asked.append)
    appended(**CLOSED)
    assert len(asked) == 1, "an appended page goes on with what the page before it found"


def test_slots_that_are_not_counted_to_their_end_are_one_outline_where_they_stand_beside_each_other(appended):
    _, closed = appended(**CLOSED)
    _, whole = appended()
    open_bars = [int(x) for x in re.findall(r'<rect class="open" x="(\d+)"', whole)]
    outline = re.search(r'<path class="open" d="([^"]*)"', closed)[1]
    covered = [
        (start, start + wide)
        for start, wide in (map(int, one) for one in re.findall(r"M(\d+) 0h(\d+)v80h-\2z", outline))
    ]
    assert covered
    assert [x for start, end in covered for x in range(start, end, 20)] == open_bars
