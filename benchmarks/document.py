"""docs/benchmarks.md: the tables, and on what occasion they were measured."""

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.measuring import DAYS, LATENCY, RATE
from benchmarks.report import Results, markdown, table
from benchmarks.verdicts import Verdict, verdict_table, verdicts


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and where a run was."""

    began: datetime
    load_before: float  # processes that wanted to run, mean of a minute: other work disturbs the figures

    @classmethod
    def now(cls) -> "Occasion":
        """A run that begins."""
        return cls(datetime.now(UTC), os.getloadavg()[0])

    def words(self) -> str:
        """Machine, date, and how long it took."""
        minutes = (datetime.now(UTC) - self.began).total_seconds() / 60
        return (
            f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
            f"Python {platform.python_version()}; {self.began:%d %B %Y, %H:%M} UTC, {minutes:.0f} minutes; "
            f"load {self.load_before:.1f} before and {os.getloadavg()[0]:.1f} after"
        )


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def document(results: Results, occasion: Occasion, command: str, pages: Sequence[Verdict] = ()) -> str:
    """All of docs/benchmarks.md. `pages`: what must hold of single pages (benchmarks/own_share.py)."""
    return f"""# Benchmarks

Written by `{command}`; do not edit. {occasion.words()}.

Each search runs against the sandbox, in a process of its own, at {LATENCY * 1000:.0f} ms a request, over tickets of {DAYS} days
whose references hold a needle at random places. Figures without a unit are ratios to the sequential walk of the same run with the
same number of tickets and matches; the seconds and numbers beside them are for orientation. Requests are those for tickets as the
sandbox counted them, refused ones included.

- **sequential walk**: `tickets_app.copper.walking.walk`, the definition of a right answer, one request after the other.
- **stripe-python**: its `auto_paging_iter`, taught to log in to Copper; `benchmarks/stripe_paging.py` says where it ends and why.
- **list and filter**: everything listed without the search, 100 at a time over one connection, and filtered at home.
- **ours, first** and **ours, second**: the pages, `/tickets/?search_query=…&created[gte]=…&limit=100` and each next link; first
  with nothing known, then with another needle of as many matches over the same range. A match is there when its page is.
  The second is compared with the walk of the first needle.
- **own share**: `Server-Timing` of a page, all of it less Copper, login and compression included, beside the same of Django's
  own `UserAdmin` list, behind the same middleware in the same process; medians of rounds that take each page in turn. Beside it
  the whole call of the application, with its request made and what it held freed.
- **many people**: locust's, who press every 2 to 8 s, at 200 ms a request; **beside a crowd** and **the same page**: of
  a gunicorn with gunicorn.conf.py, two processes, no proxy in front, the longest of all answers and the most requests to one
  address.
- **ours, scripts**: the pages as a browser with our scripts goes on by itself; **busy hours**: tickets that lie as a restaurant's
  do.

## What must hold

{markdown(verdict_table([*verdicts(results), *pages]))}

## Without a rate limit

{markdown(table(results, limited=False))}

## Under {RATE} requests a second

The three others send one request at a time, which is fewer than ten a second at {LATENCY * 1000:.0f} ms: the limit does not touch
them, and their rows are those from above. "Best" is what the limit allows for as many answered requests:
(requests − 429s − a burst of {RATE}) ÷ {RATE} seconds.

{markdown(table(results, limited=True))}
"""
