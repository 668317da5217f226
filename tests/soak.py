"""`make soak`: the site as people use it for a long time: what it takes does not grow, and nothing fails. Ends with 1 otherwise.

Workers are never renewed (docs/decisions/0072-room-and-renewal.md): this is what shows that they need not be.
"""

import argparse
import random
import sys
import tempfile
import threading
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from copper_sandbox import Store
from tests import postgres_server, running_site
from tests.people import Person, Reply, all_day
from tests.running_site import Site, Used

MOST_GROWTH = 1.1  # what is taken at the end ÷ what was taken after warm-up
WARM_UP = 0.2  # of what follows: what is loaded once, pools that fill, and tables that grow to their size
PAUSES = 2.0, 8.0  # seconds between two presses, where it goes by time
BODY = 120  # signs of an answer that are told with a fault
TICKETS, DAYS = 400, 20.0
SEED = 15


@dataclass
class Tally:
    """What was asked, and what came of it; told by many at once."""

    asked: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, kind: str, reply: Reply) -> int:
        """Count an answer; give how many there are now."""
        with self._lock:
            self.asked[kind] += 1
            if not reply.well:
                self.faults.append(f"{kind}: status {reply.status} for {reply.address}: {reply.body[:BODY]!r}")
            return self.asked.total()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; give the exit status."""
    wanted = _wanted(arguments)
    running_site.ready()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copper-tickets-soak-")))
        more = {"WEB_WORKERS": str(wanted.workers)}
        if (
            wanted.database == "postgresql"
        ):  # with SQLite, two processes that write at once wait longer than an event may
            more["DATABASE_URL"] = stack.enter_context(postgres_server.empty_database())
        if wanted.cache:
            more["CACHE_URL"] = wanted.cache
        if wanted.seconds:
            return soak(folder, people=wanted.people, seconds=wanted.seconds, seed=wanted.seed, **more)
        return soak(folder, people=wanted.people, requests=wanted.requests, seed=wanted.seed, **more)


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    add = parser.add_argument
    add("--requests", type=int, default=10_000, help="how many after warm-up, without a pause between them")
    add("--seconds", type=float, help="instead: for so long, with the pauses that people make")
    add("--minutes", type=float, help="the same in minutes")
    add("--people", type=int, default=4, help="how many at the same time")
    add("--seed", type=int, default=SEED, help="the same seed, the same people")
    add("--workers", type=int, default=2, help="processes of the server")
    add("--database", choices=["sqlite", "postgresql"], default="postgresql")
    add("--cache", help="a CACHE_URL, such as a Redis")
    wanted = parser.parse_args(arguments)
    if wanted.minutes is not None:
        wanted.seconds = 60 * wanted.minutes
    for name in ("requests", "seconds", "people", "workers"):
        if (getattr(wanted, name) or 1) <= 0:
            parser.error(f"{name} must be more than 0")
    return wanted


def soak(
    folder: Path,
    *,
    people: int,
    requests: int = 0,
    seconds: float = 0.0,
    seed: int = SEED,
    say: Callable[[str], object] = print,
    **more: str,
) -> int:
    """Let people use a site for so many requests or seconds, after a fifth of that as warm-up; give the exit status."""
    with served(folder, people=people, **more) as site, people_of(site, seed) as them:
        say(
            f"{people} people, {requests or f'{seconds:g} s of'} requests after a fifth of that as warm-up, seed {seed}."
        )
        warm_up, tally = Tally(), Tally()
        use(them, warm_up, requests=round(WARM_UP * requests), seconds=WARM_UP * seconds)
        before, began = site.used(), time.monotonic()
        use(them, tally, requests=requests, seconds=seconds)
        after, took = site.used(), time.monotonic() - began
    say(f"{tally.asked.total()} requests in {took:.0f} s: {dict(tally.asked.most_common())}")
    say(f"In line for a file or a look-up: {sum(person.waits for person in them)} times.")
    return verdict(before, after, warm_up.faults + tally.faults, say)


@contextmanager
def served(folder: Path, *, people: int, tickets: int = TICKETS, **more: str) -> Iterator[Site]:
    """A site with so many tickets of the last days, and so many people who may do everything."""
    with running_site.running(folder, Store.generate(tickets=tickets, days=DAYS), people=people, **more) as site:
        yield site


def can_be_typed(reference: str) -> bool:
    """Whether a person can search it: what holds a control character or half of one is refused, and rightly so."""
    return len(reference) < 100 and not any(unicodedata.category(sign) in {"Cc", "Cs"} for sign in reference)


@contextmanager
def people_of(site: Site, seed: int = SEED) -> Iterator[list[Person]]:
    """Who is signed in there, until they leave. The same seed, and each does the same."""
    truth = site.sandbox.store.truth()
    tickets = [str(ticket["id"]) for ticket in truth]
    references = sorted(
        {found for ticket in truth if (found := str(ticket.get("reference") or "")) and can_be_typed(found)}
    )
    them = [
        Person(site, session, random.Random(f"{seed}:{number}"), tickets, references)
        for number, session in enumerate(site.sessions)
    ]
    try:
        yield them
    finally:
        for person in them:
            person.leave()


def verdict(before: Used, after: Used, faults: Sequence[str], say: Callable[[str], object] = print) -> int:
    """Say what grew and what failed; give the exit status."""
    grown = []
    for what in ("memory", "threads", "descriptors"):
        first, last = getattr(before, what), getattr(after, what)
        say(f"{what}: {first} → {last} ({last / first:.2f})")
        if last > MOST_GROWTH * first:
            grown.append(what)
    for fault in faults[:20]:
        say(fault)
    say(f"{len(faults)} faults; {', '.join(grown) or 'nothing'} grew by more than {MOST_GROWTH - 1:.0%}.")
    return 1 if grown or faults else 0


def use(people: Sequence[Person], tally: Tally, *, requests: int = 0, seconds: float = 0.0) -> None:
    """All of them at once, until so many were answered or so long has passed."""
    until = time.monotonic() + seconds if seconds else None
    threads = [threading.Thread(target=_one, args=(person, tally, requests, until)) for person in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _one(person: Person, tally: Tally, requests: int, until: float | None) -> None:
    for kind, reply in all_day(person):
        asked = tally.count(kind, reply)
        if until is None and asked >= requests:
            return
        if until is not None:
            if time.monotonic() >= until:
                return
            time.sleep(min(person.dice.uniform(*PAUSES), max(0.0, until - time.monotonic())))


if __name__ == "__main__":
    sys.exit(main())
