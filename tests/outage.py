"""`make outage`: Copper is down for a minute while people go on reading: what do they see, and is all well again at once?

Ends with 1 where a page that was seen is not shown with its age in time, where Copper is asked too much meanwhile, or where it
takes too long until all is well (docs/decisions/0071-while-copper-is-down.md).
"""

import argparse
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from copper_sandbox import Fault
from tests import postgres_server, running_site
from tests.people import Person, Reply
from tests.soak import people_of, served

MOST_SECONDS = 0.5  # until a page of before is there
MOST_ASKED = 0.1  # of what Copper is asked while all is well
MOST_AFTER = 2.0  # seconds after Copper is back until nobody sees anything old any more
TICKETS = 5_000  # of the account: 50 people seldom look at the same one within COPPER_CACHE_SECONDS
PAUSES = 2.0, 8.0  # seconds between two presses
OWN_TICKETS = 100  # of a shift: who presses every 5 s sees hundreds an hour
HOW = {
    "refusing": Fault(status=503),
    "hanging up": Fault(drop=True),
    "silent": Fault(delay=600, drop=True),
}


@dataclass(frozen=True, slots=True)
class Seen:
    """An answer, and when it was asked for (time.monotonic)."""

    at: float
    reply: Reply

    @property
    def shown(self) -> bool:
        """Whether the page that was asked for was there, of now or of before."""
        return self.reply.status == 200

    @property
    def of_before(self) -> bool:
        """Whether it says that Copper is silent."""
        return "Copper has not answered since" in self.reply.body


@dataclass
class Phase:
    """What people saw in one part of it, and how often Copper was asked meanwhile."""

    began: float = field(default_factory=time.monotonic)
    seen: list[Seen] = field(default_factory=list)
    asked: int = 0

    def slowest(self, share: float) -> float:
        """The seconds within which this share of the answers came."""
        took = sorted(one.reply.seconds for one in self.seen)
        return took[min(len(took) - 1, int(share * len(took)))]

    def __str__(self) -> str:
        old = sum(one.of_before for one in self.seen)
        shown = sum(one.shown for one in self.seen)
        times = ", ".join(
            f"{name} {self.slowest(share):.2f} s" for name, share in (("p50", 0.5), ("p95", 0.95), ("max", 1))
        )
        return (
            f"{len(self.seen)} pages, {shown} shown, {old} of them of before; {times}; Copper asked {self.asked} times"
        )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; give the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.outage", description=__doc__)
    add = parser.add_argument
    add("--people", type=int, default=50)
    add("--seconds", type=float, default=60, help="that Copper is down; as long before, and a third of it afterwards")
    add("--how", choices=HOW, default="hanging up", help="what Copper does meanwhile")
    add("--cache", help="a CACHE_URL, such as a Redis")
    add("--workers", type=int, default=2, help="processes of the server")
    wanted = parser.parse_args(arguments)
    running_site.ready()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copper-tickets-outage-")))
        more = {"WEB_WORKERS": str(wanted.workers)} | ({"CACHE_URL": wanted.cache} if wanted.cache else {})
        more["DATABASE_URL"] = stack.enter_context(postgres_server.empty_database())
        print(f"{wanted.people} people; Copper {wanted.how}; {wanted.workers} processes, {wanted.cache or 'no Redis'}")
        return verdict(*outage(folder, people=wanted.people, seconds=wanted.seconds, fault=HOW[wanted.how], **more))


def outage(
    folder: Path, *, people: int, seconds: float, fault: Fault, pauses: tuple[float, float] = PAUSES, **more: str
) -> tuple[Phase, Phase, Phase]:
    """Before, down, after: what people saw."""
    with served(folder, people=people, tickets=TICKETS, **more) as site, people_of(site) as them:
        readers = [Reader(person, list(_pages_of(person)), pauses) for person in them]
        read(readers, None, site)
        before = read(readers, seconds, site)
        site.sandbox.script(lambda _asked: fault)
        down = read(readers, seconds, site)
        site.sandbox.unscript()
        return before, down, read(readers, seconds / 3, site)


def _pages_of(person: Person) -> Iterator[str]:
    """What a person goes on reading: two lists, and tickets of their own."""
    yield "/tickets/"
    yield person.dice.choice(["/tickets/?limit=20", "/tickets/?limit=100", "/tickets/?limit=50&columns=total"])
    for ticket in person.dice.sample(person.tickets, OWN_TICKETS):
        yield f"/tickets/{ticket}/"


@dataclass
class Reader:
    """A person, what they saw, and how long they look at it. Each page comes on a connection of its own, as from a proxy."""

    person: Person
    pages: Sequence[str]
    pauses: tuple[float, float]

    def see(self, page: str) -> Seen:
        """Load a page."""
        seen = Seen(time.monotonic(), self.person.ask(page))
        self.person.leave()
        return seen

    def read(self, until: float | None, told: Callable[[Seen], object]) -> None:
        """Each page once; or one after the other until it is so late, one at least. Nobody presses just because it ends."""
        if until is None:
            for page in self.pages:
                told(self.see(page))
            return
        told_one = False
        while True:
            pause, left = self.person.dice.uniform(*self.pauses), until - time.monotonic()
            if told_one and pause >= left:
                time.sleep(max(0.0, left))
                return
            time.sleep(pause)
            told(self.see(self.person.dice.choice(self.pages)))
            told_one = True


def read(readers: Sequence[Reader], seconds: float | None, site: running_site.Site) -> Phase:
    """Let them all read for so long, or each page once."""
    phase, asked = Phase(), len(site.sandbox.ledger)
    until = None if seconds is None else phase.began + seconds
    threads = [threading.Thread(target=reader.read, args=(until, phase.seen.append)) for reader in readers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    phase.asked = len(site.sandbox.ledger) - asked
    return phase


def verdict(before: Phase, down: Phase, after: Phase, say: Callable[[str], object] = print) -> int:
    """Say what they saw, and what of it is not as it should be; give the exit status."""
    say(f"before: {before}\ndown:   {down}\nafter:  {after}")
    wrong = []
    if missing := [one.reply for one in down.seen if not one.shown]:
        wrong.append(
            f"{len(missing)} pages were not shown while Copper was down, e.g. {missing[0].address}: {missing[0].status}"
        )
    if late := [one for one in down.seen if one.reply.seconds > MOST_SECONDS]:
        wrong.append(
            f"{len(late)} pages took longer than {MOST_SECONDS} s, the last {late[-1].at - down.began:.1f} s after it went down"
        )
    if down.asked > MOST_ASKED * before.asked:
        wrong.append(f"Copper was asked {down.asked / max(1, before.asked):.0%} of what it is asked otherwise")
    unwell = max((one.at - after.began for one in after.seen if one.of_before or not one.shown), default=0.0)
    say(f"all well {unwell:.2f} s after Copper was back")
    if unwell > MOST_AFTER:
        wrong.append(f"not all was well {MOST_AFTER} s after it was back")
    for one in wrong:
        say(one)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
