"""Ways to search Copper, each an iterator of the ids it finds, as it finds them. stripe-python has a module of its own."""

import re
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from urllib.parse import urlencode

import requests
from django.test import Client
from django.urls import reverse

from tickets_app.copper.http.client import CopperClient
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.moments import Moment
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Page, Ticket, parse_page
from tickets_app.copper.walking.walk import walk
from tickets_app.display.request import SCRIPTS

KEY = "sk_test_bench"
PATIENCE = 18.0  # seconds for one request: the sum of the site's default time-outs
MOST_PAGES = 5_000  # a list of pages that is longer goes round


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched, and where: all tickets since a time, at all locations."""

    url: str  # the base URL of the API
    needle: str
    since: str  # ISO 8601


SearchClient = Callable[[Search], Iterator[str]]


def sequential_walk(search: Search) -> Iterator[str]:
    """The definition of a right answer: one request after the other."""
    client = CopperClient(base_url=search.url, api_key=KEY, max_concurrency=1)

    def fetch(query: TicketQuery) -> Page:
        return parse_page(client.get("tickets", params=query.params(), deadline=Deadline.after(PATIENCE)).body)

    query = TicketQuery(search_query=search.needle, created_gte=Moment.parse(search.since), limit=MAX_LIMIT)
    try:
        for step in walk(query, fetch):
            if step.failure:
                raise step.failure
            yield from (row.id for row in step.rows if isinstance(row, Ticket))
    finally:
        client.close()


def listing(search: Search) -> Iterator[str]:
    """What a person with curl does: list everything, 100 at a time over one connection, and filter at home."""
    params = {"created[gte]": search.since, "limit": str(MAX_LIMIT)}
    with requests.Session() as session:
        session.auth, session.trust_env = (KEY, ""), False
        more = True
        while more:
            answer = session.get(f"{search.url}/tickets", params=params, timeout=PATIENCE)
            answer.raise_for_status()
            page = answer.json()
            yield from (one["id"] for one in page["data"] if search.needle in (one.get("reference") or ""))
            more = page["has_more"]
            if page["data"]:
                params["starting_after"] = page["data"][-1]["id"]


def pages(search: Search) -> Iterator[str]:
    """Ours: the pages of the site, from the first next link to the last. `site.COPPER_API_URL` is the search's already."""
    client = _client()
    client.cookies.clear()
    filters = {"search_query": search.needle, "created[gte]": search.since, "limit": str(MAX_LIMIT)}
    url: str | None = f"{reverse('tickets:list')}?{urlencode(filters)}"
    for _ in range(MOST_PAGES):
        if url is None:
            return
        response = client.get(url)
        page = _Shown()
        page.feed(response.content.decode())
        yield from page.ids
        if response.status_code == 503:  # the page says when to try again; its next link does
            time.sleep(float(response.headers.get("Retry-After", 1)))
        elif response.status_code != 200:
            raise RuntimeError(f"a page answered {response.status_code}")
        url = page.next_url
    raise RuntimeError(f"still a next link after {MOST_PAGES} pages")


def browser(search: Search) -> Iterator[str]:
    """Ours as somebody sees it who has JavaScript and scrolls on at once: the page, and then what htmx appends to it."""
    client = _client()
    client.cookies[SCRIPTS] = "on"  # our script has been here before
    filters = {"search_query": search.needle, "created[gte]": search.since, "limit": str(MAX_LIMIT)}
    page = _shown(client, f"{reverse('tickets:list')}?{urlencode(filters)}")
    for _ in range(MOST_PAGES):
        yield from page.ids
        if page.next_url is None:
            return
        time.sleep(page.delay)
        url = f"{page.next_url}&{urlencode(page.included)}"
        included = page.included
        page = _shown(client, url, headers={"HX-Request": "true", "X-By-Itself": "true"})
        page.included = included | page.included
    raise RuntimeError(f"still a next link after {MOST_PAGES} pages")


@cache
def _client() -> Client:
    """One for all: with its first request it makes the middleware, which looks through all static files."""
    return Client(SERVER_NAME="127.0.0.1")


def _shown(client: Client, url: str, **options: dict[str, str]) -> "_Shown":
    response, page = client.get(url, **options), _Shown()  # type: ignore[arg-type] # headers alone
    if response.status_code != 200:
        raise RuntimeError(f"a page answered {response.status_code}")
    page.feed(response.content.decode())
    return page


@dataclass
class _Shown(HTMLParser):
    """The hooks that a page's HTML promises (DESIGN.md, "URLs"): ids of tickets, and one next link.

    `delay` is after how many seconds it goes on by itself, `included` what it sends along then.
    """

    ids: list[str] = field(default_factory=list)
    next_url: str | None = None
    delay: float = 0.0
    included: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if ticket_id := values.get("data-ticket-id"):
            self.ids.append(ticket_id)
        if tag == "a" and values.get("rel") == "next":
            self.next_url = values.get("href")
            delay = re.search(r"load delay:(\d+)ms", values.get("hx-trigger") or "")
            self.delay = int(delay[1]) / 1000 if delay else 0.0
        if tag == "input" and values.get("id") in {"histogram-state", "seen-since", "chart-closed"}:
            self.included[str(values.get("name"))] = values.get("value") or ""
