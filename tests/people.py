"""What people do on the site all day, over real connections: lists, tickets, searches, files, look-ups, saved views."""

import http.client
import random
import re
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from html import unescape
from urllib.parse import urlencode

from tests.processes import PATIENCE
from tests.running_site import HOST, TOKEN, Site

MOST_WAITS = 12  # times that somebody comes again for a file before they call it a fault
# What a look-up's page does by itself, and when: in milliseconds, or in seconds where it stands in line.
_GOES_ON = re.compile(r'id="lookup-go-on"[^>]* load delay:(\d+)(ms|s)')
_STATE = re.compile(r'name="state" value="([^"]*)"')
PLAIN, HTMX = {}, {"HX-Request": "true"}  # type: dict[str, str], dict[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back."""

    address: str
    status: int  # 0: nothing whole
    body: str
    seconds: float
    location: str = ""
    again: float | None = None  # seconds after which it shall be asked for again

    @property
    def well(self) -> bool:
        """Whether it is what was asked for."""
        return self.status in {200, 204, 302, 303}


@dataclass
class Person:
    """Somebody with a browser, which keeps its connection open as browsers do."""

    site: Site
    session: str
    dice: random.Random
    tickets: Sequence[str] = ()  # ids that they may look at
    references: Sequence[str] = ()
    waits: int = 0  # times that they stood in line for a file or a look-up
    _connection: http.client.HTTPConnection | None = field(default=None, repr=False)

    def ask(self, address: str, form: dict[str, str] | None = None, headers: dict[str, str] = PLAIN) -> Reply:
        """Ask for a page, or send a form; a connection that the server closed meanwhile is opened anew."""
        began = time.monotonic()
        try:
            answer, body = self._exchange(address, form, headers)
        except (http.client.HTTPException, OSError):
            self.leave()
            try:
                answer, body = self._exchange(address, form, headers)
            except (http.client.HTTPException, OSError) as error:
                self.leave()
                return Reply(address, 0, repr(error), time.monotonic() - began)
        text = body.decode("utf-8", "replace")
        again = answer.getheader("Retry-After")
        location = answer.getheader("Location", "")
        return Reply(address, answer.status, text, time.monotonic() - began, location, float(again) if again else None)

    def _exchange(
        self, address: str, form: dict[str, str] | None, headers: dict[str, str]
    ) -> tuple[http.client.HTTPResponse, bytes]:
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self.site.server.port, timeout=PATIENCE)
        sent = {
            "Host": HOST,
            "X-Forwarded-Proto": "https",
            "Cookie": f"__Host-csrftoken={TOKEN}; __Host-sessionid={self.session}",
            **headers,
        }
        body = None
        if form is not None:
            body = urlencode(form | {"csrfmiddlewaretoken": TOKEN})
            sent |= {"Origin": f"https://{HOST}", "Content-Type": "application/x-www-form-urlencoded"}
        self._connection.request("POST" if body is not None else "GET", address, body, sent)
        answer = self._connection.getresponse()
        return answer, answer.read()

    def leave(self) -> None:
        """Close the browser."""
        if self._connection is not None:
            self._connection.close()
        self._connection = None


Visit = Callable[[Person], Iterator[Reply]]


def _list(person: Person) -> Iterator[Reply]:
    limit, place = person.dice.choice((20, 50, 100)), person.dice.choice(("", "&range=7d", "&range=30d"))
    yield person.ask(f"/tickets/?limit={limit}{place}")


def _appended(person: Person) -> Iterator[Reply]:
    page = person.ask("/tickets/?limit=20")
    yield page
    for _ in range(person.dice.randrange(1, 4)):
        if not (found := re.search(r'<a rel="next" href="([^"]+)"', page.body)):
            return
        page = person.ask(unescape(found[1]), headers=HTMX)
        yield page


def _search(person: Person) -> Iterator[Reply]:
    yield person.ask("/tickets/?" + urlencode({"search_query": person.dice.choice(person.references), "range": "30d"}))


def _ticket(person: Person) -> Iterator[Reply]:
    yield person.ask(f"/tickets/{person.dice.choice(person.tickets)}/")


def _look_up(person: Person) -> Iterator[Reply]:
    references = "\n".join(person.dice.sample(person.references, min(5, len(person.references))))
    page = person.ask("/tickets/lookup/", {"references": references, "range": "7d"})
    yield page
    while goes_on := _GOES_ON.search(page.body):  # as its page does: who stands in line and leaves is in others' way
        person.waits += goes_on[2] == "s"
        time.sleep(float(goes_on[1]) / (1 if goes_on[2] == "s" else 1000))
        page = person.ask("/tickets/lookup/", {"state": unescape(_STATE.findall(page.body)[0]), "do": "go_on"})
        yield page


def _export(person: Person) -> Iterator[Reply]:
    yield person.ask("/tickets/export/?range=7d")
    file = person.ask(address := f"/tickets/export.{person.dice.choice(('csv', 'ndjson', 'xlsx'))}?range=7d")
    for _ in range(MOST_WAITS):  # who stands in line comes again, as they are told to: else they are in others' way
        if file.status != 503 or file.again is None:
            break
        person.waits += 1
        time.sleep(file.again)
        file = person.ask(address)
    yield file


def _saved_views(person: Person) -> Iterator[Reply]:
    name = f"View {person.dice.randrange(10**9)}"
    yield person.ask("/views/", {"name": name, "query": "range=7d"})
    page = person.ask("/views/")
    yield page
    mine = set(re.findall(r'action="/views/(\d+)/"', page.body))
    for number in mine:
        yield person.ask(f"/views/{number}/", {"change": "delete"})


def _health(person: Person) -> Iterator[Reply]:
    yield person.ask(person.dice.choice(("/healthz", "/readyz")))


# How often each is done, of a hundred.
VISITS: dict[Visit, int] = {
    _list: 30,
    _ticket: 30,
    _appended: 12,
    _search: 10,
    _health: 8,
    _look_up: 4,
    _export: 3,
    _saved_views: 3,
}
KINDS = {visit.__name__.strip("_") for visit in VISITS}


def all_day(person: Person) -> Iterator[tuple[str, Reply]]:
    """One thing after the other, in an order that the person's dice give, each once first: what it was, what came back."""
    for visit in _in_order(person.dice):
        for reply in visit(person):
            yield visit.__name__.strip("_"), reply


def _in_order(dice: random.Random) -> Iterator[Visit]:
    visits, weights = list(VISITS), list(VISITS.values())
    yield from dice.sample(visits, len(visits))
    while True:
        yield dice.choices(visits, weights)[0]
