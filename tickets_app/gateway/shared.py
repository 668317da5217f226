"""What all requests of this process share: the client, the cache with single flight in front of it, what was learned."""

import hashlib
import json
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from django.conf import settings
from django.core.signals import setting_changed

from tickets_app.copper.http.breaker import SILENT_AT_ONCE, Breaker
from tickets_app.copper.http.client import CopperClient
from tickets_app.copper.http.deadline import Deadline
from tickets_app.copper.http.retries import Retries
from tickets_app.copper.http.turns import Urgency
from tickets_app.copper.query import MAX_LIMIT, TicketQuery
from tickets_app.copper.resources import Location, is_list, parse_locations
from tickets_app.gateway import metrics, receipt, request_number, stood
from tickets_app.gateway.across_processes.board import Board
from tickets_app.gateway.across_processes.peers import Peers
from tickets_app.gateway.across_processes.recovery import Recovery
from tickets_app.gateway.across_processes.single_flight import Flights
from tickets_app.gateway.answer import Kept
from tickets_app.gateway.answer_cache import Answers
from tickets_app.gateway.cache import Guard, Shelf
from tickets_app.gateway.learned_counts import Counts
from tickets_app.gateway.location_names import Directory
from tickets_app.gateway.places import Places
from tickets_app.gateway.read_ahead import ReadAhead
from tickets_app.gateway.server_timing import waiting

LEAST = 1.0  # seconds that a request may take in any case
MAX_LOCATION_PAGES = 50  # 5,000 locations: more than a menu can hold

_COPPER_SETTINGS = {
    "COPPER_API_KEY",
    "COPPER_API_URL",
    "COPPER_ACCOUNT",
    "COPPER_CONNECT_TIMEOUT",
    "COPPER_READ_TIMEOUT",
    "COPPER_MAX_CONCURRENCY",
    "COPPER_MAX_PAUSE",
    "COPPER_CACHE_SECONDS",
    "STALE_MINUTES",
    "LONG_ANSWERS",
    "LONG_ANSWERS_IN_ALL",
    "CACHES",
}


def get(
    *segments: str,
    params: list[tuple[str, str]] | None = None,
    deadline: Deadline,
    keep: Callable[[object], bool],
    caller: object = None,
    urgency: Urgency = Urgency.FIRST_ROWS,
    stale: bool = False,
    otherwise: list[tuple[str, str]] | None = None,
) -> Kept:
    """Answer one GET from the cache, from the same request under way, or from Copper. Raises CopperError.

    `segments` and `params` as `CopperClient.get` takes them; an answer is kept where `keep(body)` says so: none that
    cannot be read, since it would come again, and in the place of a good one. `stale`: where Copper
    does not answer, what it gave up to STALE_MINUTES ago will do, and so will what it gave for the parameters `otherwise`.
    """
    load = partial(ask, *segments, params=params or [], deadline=deadline, caller=caller, urgency=urgency)
    question = key("get", segments, params or [])
    other = key("get", segments, otherwise) if otherwise is not None else None
    with waiting(), receipt.noted(segments, params or []) as answers:
        answers.append(parts().answers.get(question, load, deadline, keep, stale=stale, otherwise=other))
        return answers[0]


def ask(
    *segments: str,
    params: list[tuple[str, str]],
    deadline: Deadline,
    urgency: Urgency,
    caller: object = None,
    client: CopperClient | None = None,
) -> Kept:
    """Ask Copper itself, past the cache and whoever asks the same. `client`: another than this process's. Raises CopperError."""
    number = request_number.request_id.get()
    answer = (client or parts().client).get(
        *segments, params=params, deadline=deadline, caller=caller, urgency=urgency, request_id=number
    )
    now = time.time()
    skew = answer.date.timestamp() - now if answer.date else 0.0
    return Kept(answer.body, now, skew, text=answer.text)


def _load_locations(client: CopperClient, answers: Answers) -> list[Location]:
    """Ask for the locations' names; once for all processes that ask at the same time."""
    found: list[Location] = []
    deadline, params = whole_deadline(), [("limit", str(MAX_LIMIT))]
    for _ in range(MAX_LOCATION_PAGES):
        load = partial(ask, "locations", params=params, deadline=deadline, urgency=Urgency.GOING_ON, client=client)
        kept = answers.get(key("get", ["locations"], params), load, deadline, is_list)
        page, more = parse_locations(kept.body)
        found += page
        if not more or not page:
            break
        params = [("limit", str(MAX_LIMIT)), ("starting_after", page[-1].id)]
    return found


def whole_deadline() -> Deadline:
    """By when one request has to be done, whatever happens: what it stood before there was a thread for it counts."""
    whole = settings.COPPER_CONNECT_TIMEOUT + settings.COPPER_READ_TIMEOUT
    return Deadline.after(max(LEAST, whole - stood.seconds.get()))


def key(what: str, *parts: object) -> str:
    """A cache key of this account; hashed, so that it is short and shows neither key nor search text.

    `what` says what kind of thing is kept, `parts` (texts, numbers, None and lists of them) which. They are spelled as JSON:
    whatever stands in one of them, no other kinds, lengths or orders of parts give the same key.
    """
    whose = (settings.COPPER_API_URL, settings.COPPER_API_KEY, settings.COPPER_ACCOUNT)
    return hashlib.sha256(json.dumps([whose, what, parts]).encode()).hexdigest()


def counts_key(query: TicketQuery) -> str:
    """Where it is kept how many tickets lie when in a list: the same whatever is searched there, and for all times."""
    return key("counts", query.without_search().at_any_time().filters())


class Parts:
    """What all requests of this process share, made with the settings as they are when it is first needed."""

    def __init__(self) -> None:
        guard = Guard()
        meeting = _meeting_point()
        self.peers = Peers(*meeting, guard, lease=settings.PROCESS_LEASE) if meeting else None
        self.client = CopperClient(
            base_url=settings.COPPER_API_URL,
            api_key=settings.COPPER_API_KEY,
            account=settings.COPPER_ACCOUNT,
            connect_timeout=settings.COPPER_CONNECT_TIMEOUT,
            read_timeout=settings.COPPER_READ_TIMEOUT,
            max_concurrency=settings.COPPER_MAX_CONCURRENCY,
            retries=Retries(max_pause=settings.COPPER_MAX_PAUSE),
            breaker=Breaker(
                others=Recovery(*meeting, guard) if meeting else None,
                at_once=max(2, min(SILENT_AT_ONCE, settings.COPPER_MAX_CONCURRENCY)),
            ),
            observer=metrics.health,
            pool=self.peers,
        )
        self.shelf = Shelf(guard)
        flights = Flights(self.peers) if self.peers else None
        self.answers = Answers(
            settings.COPPER_CACHE_SECONDS,
            Shelf(guard, "answers"),
            flights,
            stale_seconds=60 * settings.STALE_MINUTES,
            worth_waiting=self.client.worth_waiting,
        )
        self.counts = Counts(self.shelf)
        self.read_ahead = ReadAhead()
        self.directory = Directory(partial(_load_locations, self.client, self.answers))
        board = (
            Board(guard, meeting[0], meeting[1], f"copper-tickets:1:{meeting[2]}:places") if meeting else Board(guard)
        )
        self.places = Places(board, here=settings.LONG_ANSWERS, in_all=settings.LONG_ANSWERS_IN_ALL)


def _meeting_point() -> tuple[str, Mapping[str, Any], str] | None:
    """Where processes that ask with the same key meet: the Redis, its options, and the name they share. None without one."""
    cache = settings.CACHES["default"]
    if not cache["BACKEND"].endswith("RedisCache"):
        return None
    servers = cache["LOCATION"]
    first = servers if isinstance(servers, str) else servers[0]  # the first is the one written to
    return first, cache.get("OPTIONS", {}), key("peers")[:16]


_process: Parts | None = None
_making = threading.Lock()  # two clients would be two concurrency limits


def parts() -> Parts:
    """Give what this process shares."""
    global _process  # noqa: PLW0603 - one for the whole process is what it is for
    with _making:
        if _process is None:
            _process = Parts()
        return _process


def forget(*, setting: str | None = None, **_: object) -> None:
    """Start anew with the settings as they are now. Django's tests call it when they change one."""
    global _process  # noqa: PLW0603 - one for the whole process is what it is for
    if setting is None or setting in _COPPER_SETTINGS:
        with _making:
            _process = None


setting_changed.connect(forget)
