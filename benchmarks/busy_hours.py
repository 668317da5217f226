"""`python -m benchmarks.busy_hours [NEEDLE …]`: a first search where the hours weigh as a restaurant's do, beside the walk.

Prints the figures. Some 50 seconds a needle.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from benchmarks.verdicts import Verdict
from copper_sandbox import Store

if TYPE_CHECKING:
    from benchmarks.measuring import Figures

TICKETS = 10_000
AT_ONCE = 130  # tickets of one moment: a till that was offline
SPANS = (30, 60)  # days
TIME_AT_MOST, REQUESTS_AT_MOST = 0.17, 1.15  # of the walk's
NEEDLES = ("123", "456")  # of check numbers: ten in a row, and one in each thousand


def busy_store(*, tickets: int, days: int, now: datetime, seed: int) -> Store:
    """Tickets that lie as a restaurant's do: none at night, most at noon and in the evening, numbers counted up."""
    rng = random.Random(seed)
    times = [_moment(rng, days, now) for _ in range(tickets - AT_ONCE)]
    times = sorted([*times, *[rng.choice(times)] * AT_ONCE], reverse=True)
    return Store(
        tickets=[
            {
                "id": f"tkt_{number:07}",
                "created": at.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
                "reference": str(1000 + (tickets - number) % 9000),
                "location": "loc_only",
            }
            for number, at in enumerate(times)
        ]
    )


def _moment(rng: random.Random, days: int, now: datetime) -> datetime:
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    while True:
        hour = rng.choices(range(24), HOURS)[0]
        at = midnight - timedelta(days=rng.randrange(days + 1)) + timedelta(hours=hour + rng.random())
        if now - timedelta(days=days) <= at < now:
            return at


def _hours() -> Iterator[float]:
    """None from 1 to 6, a quarter of the day between 11 and 14, two fifths between 17 and 21, the rest evenly."""
    for hour in range(24):
        if 1 <= hour < 6:
            yield 0.0
        elif 11 <= hour < 14:
            yield 0.25 / 3
        elif 17 <= hour < 21:
            yield 0.4 / 4
        else:
            yield 0.35 / 12


HOURS = list(_hours())


def main(needles: list[str]) -> None:
    """Measure, and print a table."""
    from benchmarks.__main__ import prepare

    prepare()
    from benchmarks.report import Results, markdown, table

    for days in SPANS:
        found = table(Results(measured_days(days, needles)), limited=False)
        print(f"{days} days", markdown(found), sep="\n\n", end="\n\n", flush=True)


def measured_days(days: int, needles: Sequence[str] = NEEDLES) -> "list[Figures]":
    """What each search over so many days cost the walk and us; to be called where Django is set up."""
    from django.test.utils import override_settings

    from benchmarks.clients import Search, browser, pages, sequential_walk
    from benchmarks.first_match import SCRIPTS
    from benchmarks.measuring import FIRST, LATENCY, SEED, WALK, measured
    from benchmarks.sandbox_process import SandboxProcess
    from tests import caches
    from tickets_app.gateway import shared

    now, figures = datetime.now(UTC).replace(second=0, microsecond=0), []
    with SandboxProcess(tickets=TICKETS, days=days, now=now, seed=SEED, make=busy_store) as sandbox:
        since = (now - timedelta(days=days)).isoformat().replace("+00:00", "Z")
        with override_settings(COPPER_API_URL=(url := sandbox.serve(latency=0))):
            shared.forget()
            list(browser(Search(url, "warmed up", since)))  # a server's pages were drawn before
        for needle in needles:
            ids = sandbox.truth(needle)
            for name, client in ((WALK, sequential_walk), (FIRST, pages), (SCRIPTS, browser)):
                search = Search(sandbox.serve(latency=LATENCY), needle, since)
                caches.clear()
                with override_settings(COPPER_API_URL=search.url):
                    shared.forget()
                    figures.append(measured(name, client, search, sandbox, TICKETS, ids))
    return figures


def verdicts(days: int, figures: "Sequence[Figures]") -> list[Verdict]:
    """What issue 16 wants; each search beside the walk that was measured before it."""
    from benchmarks.measuring import WALK

    found, walk = [], None
    for one in figures:
        if one.client == WALK:
            walk = one
        elif walk is not None:
            where = f"{one.tickets:,} tickets, {days} days, {one.matches} matches, {one.client}"
            for what, ratio, most in (
                ("time", one.seconds / walk.seconds, TIME_AT_MOST),
                ("requests", one.requests / walk.requests, REQUESTS_AT_MOST),
            ):
                found.append(Verdict(f"11. busy hours: {what} ÷ sequential walk", where, ratio, most, one.complete))
    return found


if __name__ == "__main__":
    main(sys.argv[1:] or list(NEEDLES))
