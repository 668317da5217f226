"""`python -m benchmarks.first_match [TICKETS:MATCHES …]`: when the first match is on the screen, beside the walk.

Prints the figures, as a page shows them with our scripts and without. About a minute.
"""

import sys
from datetime import UTC, datetime, timedelta

CASES = ("1000:100", "10000:5", "10000:100", "10000:500", "10000:3000")


def main(cases: list[str]) -> None:
    """Measure, and print a table."""
    from benchmarks.__main__ import prepare

    prepare()
    from django.core.cache import cache
    from django.test.utils import override_settings

    from benchmarks.clients import Search, browser, pages, sequential_walk
    from benchmarks.measuring import DAYS, FIRST, LATENCY, SEED, WALK, measured
    from benchmarks.report import Results, markdown, table
    from benchmarks.sandbox_process import SandboxProcess
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
            for name, client in ((WALK, sequential_walk), (FIRST, pages), ("ours, scripts", browser)):
                search = Search(sandbox.serve(latency=LATENCY), needle, since)
                cache.clear()
                with override_settings(COPPER_API_URL=search.url):
                    shared.forget()
                    figures.append(measured(name, client, search, sandbox, tickets, ids))
    print(markdown(table(Results(figures), limited=False)))


if __name__ == "__main__":
    main(sys.argv[1:] or list(CASES))
