"""`python -m benchmarks.own_share`: what our pages cost beside Django admin's list, in one process, as ratios.

The site is as a person meets it: she has logged in, has saved views, sees timeline and menus, and her browser takes
compressed pages. Each page goes through all of the WSGI application. What it cost is what `Server-Timing` says: all of it less
Copper. Beside it stands the whole call, with what nobody's browser is told of: the request is made, and what it held freed.
"""

import argparse
import gc
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from statistics import median
from types import SimpleNamespace
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from benchmarks.verdicts import Verdict, verdict_table

if TYPE_CHECKING:
    from benchmarks.visitor import Visitor

ROUNDS = 40
WARM_UP = 3  # rounds that load templates and open connections
TICKETS, DAYS = 10_000, 30
ADMIN = "/beside/auth/user/"  # Django's own UserAdmin: 100 people × 5 columns, its filters and its search
LIST = "/tickets/?limit=100"
BOUNDS = {
    "page of 100 tickets": 0.25,
    "appended page of 100": 0.10,
    "page of one ticket": 0.10,
    "ticket beside its list": 0.10,
}


@dataclass(frozen=True, slots=True)
class Share:
    """What one kind of page cost beside the admin's list, as medians over all rounds.

    Milliseconds and ratios are by `Server-Timing`; a ratio is the median of those of each round.
    """

    page: str
    ours: float
    admin: float
    ratio: float  # what is judged
    processor: float  # the same ratio of processor time alone: other work of the machine hardly touches it
    whole: float  # the ratio of whole calls
    whole_processor: float
    bytes: int  # as sent


def verdicts(shares: list[Share]) -> list[Verdict]:
    """The first line of issue 16's "Must show"."""
    line = "5. own share ÷ Django admin's list of 100 × 5: "
    return [
        Verdict(
            line + one.page,
            f"{one.ours:.2f} of {one.admin:.1f} ms; of processor time {one.processor:.3f}; "
            f"whole calls {one.whole:.3f}, of processor time {one.whole_processor:.3f}",
            one.ratio,
            BOUNDS[one.page],
        )
        for one in shares
    ]


def measured(rounds: int = ROUNDS) -> list[Share]:
    """The shares, measured in a process of its own: its settings are those of a site where people log in."""
    command = [sys.executable, "-m", "benchmarks.own_share", "--json", "--rounds", str(rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    return [Share(**one) for one in json.loads(done.stdout)]


def measure(rounds: int = ROUNDS) -> list[Share]:
    """All pages one after the other, so many times; to be called where Django is set up with `benchmarks.site_settings`."""
    from benchmarks.sandbox_process import SandboxProcess

    with SandboxProcess(tickets=TICKETS, days=DAYS, now=datetime.now(UTC).replace(microsecond=0)) as sandbox:
        pages = _pages(sandbox.serve(latency=0))
        as_a_worker_does()
        # In a thread of a pool, as a worker does: Django's list takes 23 to 51 ms by where Python's frames begin (decision 77).
        with ThreadPoolExecutor(1) as pool:
            wall, sizes = pool.submit(_rounds, pages, rounds, time.perf_counter).result()
            processor, _ = pool.submit(_rounds, pages, rounds, time.thread_time).result()
    return [
        Share(
            page=name,
            ours=median(cost.own for cost in wall[name]),
            admin=median(cost.own for cost in wall["admin"]),
            ratio=_ratio(wall, name, lambda cost: cost.own),
            processor=_ratio(processor, name, lambda cost: cost.own),
            whole=_ratio(wall, name, lambda cost: cost.whole),
            whole_processor=_ratio(processor, name, lambda cost: cost.whole),
            bytes=sizes[name],
        )
        for name in BOUNDS
    ]


class Cost(NamedTuple):
    """What one page took without Copper, in milliseconds."""

    own: float  # by `Server-Timing`
    whole: float  # by who called the application


Taken = dict[str, list[Cost]]
# By a clock that tells seconds: what it cost us, and how many bytes were sent.
Page = Callable[[Callable[[], float]], tuple[Cost, int]]


def _ratio(taken: Taken, name: str, of: Callable[[Cost], float]) -> float:
    return median(of(ours) / of(admin) for ours, admin in zip(taken[name], taken["admin"], strict=True))


def _rounds(pages: dict[str, Page], rounds: int, clock: Callable[[], float]) -> tuple[Taken, dict[str, int]]:
    """What each page cost by this clock in each round, and how many bytes were sent."""
    from tickets_app import middleware
    from tickets_app.gateway import server_timing

    taken: Taken = {name: [] for name in pages}
    sizes = {}
    this_clock = SimpleNamespace(perf_counter=clock)
    with patch.object(server_timing, "time", this_clock), patch.object(middleware, "time", this_clock):
        for number in range(WARM_UP + rounds):
            for name, page in pages.items():
                cost, sizes[name] = page(clock)
                if number >= WARM_UP:
                    taken[name].append(cost)
    return taken, sizes


def as_a_worker_does() -> None:
    """Look for garbage as seldom as gunicorn's workers do (gunicorn.conf.py)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def _pages(copper: str) -> dict[str, Page]:
    """The pages by their names; "admin" is what they are compared with. Each is asked of Copper anew."""
    from benchmarks.visitor import Visitor

    visitor = Visitor(copper)
    first = visitor.get(LIST).text
    ticket = re.findall(r'href="(/tickets/tkt_[^"/?]+/)"', first)[0]
    appended = visitor.appended_url(first)

    return {
        "admin": lambda clock: _timed(clock, visitor, ADMIN),
        "page of 100 tickets": lambda clock: _timed(clock, visitor, LIST),
        "appended page of 100": lambda clock: _timed(clock, visitor, appended, htmx=True),
        "page of one ticket": lambda clock: _timed(clock, visitor, ticket),
        "ticket beside its list": lambda clock: _timed(clock, visitor, ticket, htmx=True, target="panel"),
    }


def _timed(
    clock: Callable[[], float], visitor: "Visitor", url: str, *, htmx: bool = False, target: str = ""
) -> tuple[Cost, int]:
    visitor.forget()
    started = clock()
    answer = visitor.get(url, htmx=htmx, target=target)
    whole = clock() - started
    return Cost((answer.total - answer.copper) * 1000, (whole - answer.copper) * 1000), len(answer.body)


def prepare() -> None:
    """Set up Django with the settings of a site, its database in a folder of its own."""
    from benchmarks.__main__ import prepare as set_up

    set_up("benchmarks.site_settings")


def main() -> None:
    """Measure, and print the table, or the figures as JSON."""
    parser = argparse.ArgumentParser(prog="benchmarks.own_share", description="Our pages beside Django admin's list.")
    parser.add_argument("--json", action="store_true", help="print the figures alone")
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    given = parser.parse_args()
    prepare()

    from benchmarks.report import markdown
    from benchmarks.site_settings import FOLDER

    try:
        shares = measure(given.rounds)
    finally:
        shutil.rmtree(FOLDER)
    if given.json:
        print(json.dumps([{name: getattr(one, name) for name in Share.__slots__} for one in shares]))
        return
    print(markdown(verdict_table(verdicts(shares))))
    print("bytes as sent: " + ", ".join(f"{one.page} {one.bytes:,}" for one in shares))
    print(f"load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
