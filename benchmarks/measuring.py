"""Which searches are run, one after the other, and what is noted of each."""

import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from django.test.utils import override_settings

from benchmarks.clients import Search, SearchClient, listing, pages, sequential_walk
from benchmarks.sandbox_process import SandboxProcess
from benchmarks.stripe_paging import stripe_paging
from tests import caches
from tickets_app.gateway import shared

DAYS = 30  # over which the tickets are spread
SEED = 7
LATENCY = 0.1  # seconds
RATE = 20  # requests a second; the sandbox lets as many through at once when none came for a second
REFILL = 1.2  # seconds until the whole rate can be used again

WALK, STRIPE, LISTING, FIRST, SECOND = (
    "sequential walk",
    "stripe-python",
    "list and filter",
    "ours, first",
    "ours, second",
)
OTHERS: dict[str, SearchClient] = {WALK: sequential_walk, STRIPE: stripe_paging, LISTING: listing}


@dataclass(frozen=True, slots=True)
class Scenario:
    """So many tickets, and for each of `matches` the searches that find so many; those of `limited` under the rate limit too."""

    tickets: int
    matches: tuple[int, ...]
    limited: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Figures:
    """What one search cost and found."""

    client: str
    tickets: int
    matches: int
    seconds: float
    first: float | None  # seconds until the first match was there
    requests: int  # for tickets, the refused ones included
    throttled: int  # of these, answered 429
    found: int
    in_order: bool  # newest first, each once, and nothing else
    failure: str = ""  # the kind of exception that ended it
    limited: bool = False

    @property
    def complete(self) -> bool:
        """Whether all was found, in order."""
        return self.found == self.matches and self.in_order and not self.failure

    @property
    def best(self) -> float:
        """Seconds that the requests that were answered take at best under the rate limit."""
        return max(0, self.requests - self.throttled - RATE) / RATE


def run(scenarios: list[Scenario], *, latency: float = LATENCY) -> Iterator[Figures]:
    """Run all scenarios."""
    # The tickets lie before a moment that is nearly now, so that the site needs no other clock.
    now = datetime.now(UTC).replace(second=0, microsecond=0)
    for scenario in scenarios:
        say(f"making {scenario.tickets:,} tickets")
        with SandboxProcess(tickets=scenario.tickets, days=DAYS, now=now, seed=SEED) as sandbox:
            yield from _Side(scenario, sandbox, now - timedelta(days=DAYS), latency).figures()


def say(words: str) -> None:
    """Tell whoever waits what is being done."""
    print(f"{datetime.now(UTC):%H:%M:%S}  {words}", file=sys.stderr, flush=True)


class _Side:
    """The searches of one scenario, side by side over the same tickets."""

    def __init__(self, scenario: Scenario, sandbox: SandboxProcess, since: datetime, latency: float) -> None:
        self._scenario, self._sandbox, self._latency = scenario, sandbox, latency
        self._since = since.isoformat().replace("+00:00", "Z")

    def figures(self) -> Iterator[Figures]:
        for matches in self._scenario.matches:
            needles = {f"needle-{matches}-{name}": matches for name in ("first", "second")}
            hidden = self._sandbox.hide(needles, seed=SEED + matches)
            others = list(self._others(hidden))
            yield from others
            yield from self._ours(hidden)
            if matches in self._scenario.limited:
                # One request at a time is fewer than ten a second at 100 ms: the limit does not touch them.
                yield from (replace(one, limited=True) for one in others)
                yield from self._ours(hidden, rate_limit=RATE)

    def _others(self, hidden: dict[str, list[str]]) -> Iterator[Figures]:
        url = self._sandbox.serve(latency=self._latency)
        needle, expected = next(iter(hidden.items()))
        for name, client in OTHERS.items():
            yield self._measured(name, client, Search(url, needle, self._since), expected)

    def _ours(self, hidden: dict[str, list[str]], rate_limit: int | None = None) -> Iterator[Figures]:
        """A search that knows nothing yet, and then another one over the same range."""
        url = self._sandbox.serve(latency=self._latency, rate_limit=rate_limit)
        caches.clear()
        with override_settings(COPPER_API_URL=url):
            shared.forget()
            for name, (needle, expected) in zip((FIRST, SECOND), hidden.items(), strict=True):
                figures = self._measured(name, pages, Search(url, needle, self._since), expected)
                yield replace(figures, limited=rate_limit is not None)
                if rate_limit:
                    time.sleep(REFILL)

    def _measured(self, name: str, client: SearchClient, search: Search, expected: list[str]) -> Figures:
        return measured(name, client, search, self._sandbox, self._scenario.tickets, expected)


def measured(
    name: str, client: SearchClient, search: Search, sandbox: SandboxProcess, size: int, ids: list[str]
) -> Figures:
    """Run one search over `size` tickets, and note what it cost; `ids` are those that it has to find, newest first."""
    sandbox.traffic()  # what came before is not counted
    found, first, failure = list[str](), None, ""
    started = time.perf_counter()
    try:
        for id_ in client(search):
            first = first or time.perf_counter() - started
            found.append(id_)
    except Exception as error:  # how a client ends is one of the things measured
        failure = type(error).__name__
    seconds = time.perf_counter() - started
    _wait_for_lanes()
    traffic, known = sandbox.traffic(), set(found)
    figures = Figures(
        client=name,
        tickets=size,
        matches=len(ids),
        seconds=seconds,
        first=first,
        requests=traffic.requests,
        throttled=traffic.throttled,
        found=len(known.intersection(ids)),
        in_order=found == [id_ for id_ in ids if id_ in known],
        failure=failure,
    )
    say(
        f"{name}: {figures.tickets:,} tickets, {figures.found} of {figures.matches} found, {seconds:.1f} s, "
        f"{figures.requests} requests, {figures.throttled} refused {failure}"
    )
    return figures


def _wait_for_lanes() -> None:
    """Wait for requests that a search of ours left under way: they are counted as its own."""
    for thread in threading.enumerate():
        if thread.name == "copper-lane":
            thread.join()
