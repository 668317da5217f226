"""`python -m benchmarks.first_match [TICKETS:MATCHES …]`: when the first match is on the screen, beside the walk.

Prints the figures, as a page shows them with our scripts, three times, and without. About two minutes.
"""

import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import TYPE_CHECKING

from benchmarks.verdicts import Verdict

if TYPE_CHECKING:
    from benchmarks.measuring import Figures

CASES = ("1000:100", "10000:5", "10000:100", "10000:500", "10000:3000")
SCRIPTS = "ours, scripts"
REPEATS = 3  # of what is held against a bound: one pause of the machine is half of a request's time
FIRST_AT_MOST, WHOLE_AT_MOST = 1.5, 0.5  # of the walk's
LONG = (10_000, 3_000)  # tickets and matches of the search that is followed to its end


def main(cases: list[str]) -> None:
    """Measure, and print a table."""
    from benchmarks.__main__ import prepare

    prepare()
    from benchmarks.report import Results, markdown, table

    print(markdown(table(Results(measured_cases(cases)), limited=False)))


def measured_cases(cases: Sequence[str] = CASES) -> "list[Figures]":
    """What each case cost the walk and us; to be called where Django is set up."""
    from django.test.utils import override_settings

    from benchmarks.clients import Search, browser, pages, sequential_walk
    from benchmarks.measuring import DAYS, FIRST, LATENCY, SEED, WALK, measured
    from benchmarks.sandbox_process import SandboxProcess
    from tests import caches
    from tickets_app.gateway import shared

    now, figures = datetime.now(UTC).replace(second=0, microsecond=0), []
    since = (now - timedelta(days=DAYS)).isoformat().replace("+00:00", "Z")
    for case in cases:
        tickets, matches = (int(number) for number in case.split(":"))
        with SandboxProcess(tickets=tickets, days=DAYS, now=now, seed=SEED) as sandbox:
            with override_settings(COPPER_API_URL=(url := sandbox.serve(latency=0))):
                shared.forget()
                list(browser(Search(url, "warmed up", since)))  # templates are compiled with the first page
            needle, ids = next(iter(sandbox.hide({f"needle-{matches}": matches}, seed=SEED + matches).items()))
            for name, client in ((WALK, sequential_walk), (FIRST, pages), *[(SCRIPTS, browser)] * REPEATS):
                search = Search(sandbox.serve(latency=LATENCY), needle, since)
                caches.clear()
                with override_settings(COPPER_API_URL=search.url):
                    shared.forget()
                    figures.append(measured(name, client, search, sandbox, tickets, ids))
    return figures


def verdicts(figures: "Sequence[Figures]") -> list[Verdict]:
    """What issue 16 wants, as somebody sees it whose browser runs our scripts: medians."""
    from benchmarks.measuring import WALK

    walks = {(one.tickets, one.matches): one for one in figures if one.client == WALK}
    found = []
    for (tickets, matches), walk in walks.items():
        if walk.first is None:
            continue
        ours = [one for one in figures if (one.client, one.tickets, one.matches) == (SCRIPTS, tickets, matches)]
        where, complete = f"{tickets:,} tickets, {matches} matches, {SCRIPTS}", all(one.complete for one in ours)
        first = median(float("inf") if one.first is None else one.first for one in ours) / walk.first
        found.append(Verdict("9. first match ÷ sequential walk", where, first, FIRST_AT_MOST, complete))
        if (tickets, matches) == LONG:
            whole = median(one.seconds for one in ours) / walk.seconds
            found.append(Verdict("10. to the end ÷ sequential walk", where, whole, WHOLE_AT_MOST, complete))
    return found


if __name__ == "__main__":
    main(sys.argv[1:] or list(CASES))
