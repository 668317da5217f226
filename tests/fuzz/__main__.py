"""`make fuzz`: odd requests to the server as it runs, on SQLite and on PostgreSQL.

Ends with 1 where one got a 5xx of ours, signed its person out, reached Copper though refused, or where the server grows.
"""

import argparse
import secrets
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from tests import postgres_server, running_site
from tests.fuzz import growth
from tests.running_site import Site

if TYPE_CHECKING:
    from tests.fuzz.shapes import Maker


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it; give the exit status."""
    wanted = _wanted(arguments)
    running_site.ready()
    databases = ["sqlite", "postgresql"] if wanted.database == "both" else [wanted.database]
    numbers = [wanted.only] if wanted.only is not None else range(wanted.requests // len(databases))
    print(f"Seed {wanted.seed}; {len(numbers)} requests to each of: {', '.join(databases)}.", flush=True)
    faults = sum(_with(database, wanted.seed, numbers, wanted.most) for database in databases)
    print(f"{faults or 'No'} fault{'' if faults == 1 else 's'} found. Seed {wanted.seed}.")
    return 1 if faults else 0


def _wanted(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--requests", type=int, default=100_000, help="how many, over all databases")
    parser.add_argument(
        "--seed", type=int, default=secrets.randbelow(1_000_000), help="the same seed, the same requests"
    )
    parser.add_argument("--only", type=int, help="the one request of this number")
    parser.add_argument("--database", choices=["sqlite", "postgresql", "both"], default="both")
    parser.add_argument("--most", type=int, default=20, help="faults after which a run ends")
    return parser.parse_args(arguments)


def _with(database: str, seed: int, numbers: Sequence[int], most: int) -> int:
    """Send them to a site with this database; print what is wrong and give how much that is."""
    from tests.fuzz.shapes import Maker

    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="copper-tickets-fuzz-")))
        more = {}
        if database == "postgresql":
            more["DATABASE_URL"] = stack.enter_context(postgres_server.empty_database())
        running = stack.enter_context(running_site.running(folder, **more))
        faults = _sent(database, running, Maker(seed, running.session), numbers, most)
        if faults:
            print((folder / "server.log").read_text()[-2_000_000:], file=sys.stderr)
    return faults


def _sent(database: str, running: Site, maker: "Maker", numbers: Sequence[int], most: int) -> int:
    """Send them, and tell as it goes what the server holds."""
    from tests.fuzz import drive

    faults, held = 0, [growth.Held(0, running.used())]
    print(f"[{database}] {held[0]}", flush=True)
    for begin in range(0, len(numbers), growth.STRETCH):
        for fault in drive.drive(running, maker, numbers[begin : begin + growth.STRETCH]):
            print(f"[{database}] {fault}\n", flush=True)
            faults += 1
        held.append(growth.Held(min(begin + growth.STRETCH, len(numbers)), running.used()))
        print(f"[{database}] {held[-1]}", flush=True)
        if faults >= most or not drive.signed_in(running):
            print(f"[{database}] Ended early.")
            return faults + 1
    well, words = growth.judge(held)
    print(f"[{database}] {words}", flush=True)
    return faults + (not well)


if __name__ == "__main__":
    sys.exit(main())
