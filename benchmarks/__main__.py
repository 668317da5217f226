"""`python -m benchmarks [--quick]`: measure all pages and searches, print the tables, and write docs/benchmarks.md."""

import argparse
import os
from pathlib import Path

import django
from django.core.management import call_command

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Run until all is measured: about 14 minutes, or 2 with --quick."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Searches side by side, against the sandbox.")
    parser.add_argument("--quick", action="store_true", help="the small sizes with 5 matches; writes no document")
    quick = parser.parse_args().quick

    prepare()
    _run(quick=quick)


def prepare(settings: str = "benchmarks.settings") -> None:
    """Set up Django as it is measured, whatever was done in this folder before."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name static files by their hashes
    call_command("migrate", verbosity=0)  # the database is always a new one: pages ask for saved views


def _run(*, quick: bool) -> None:
    from benchmarks import own_share
    from benchmarks.document import Occasion, document
    from benchmarks.measuring import Scenario, run
    from benchmarks.report import Results, markdown, table
    from benchmarks.verdicts import verdict_table, verdicts

    if quick:
        scenarios = [Scenario(1_000, (5,)), Scenario(10_000, (5,), limited=(5,))]
    else:
        every = (0, 5, 500)
        scenarios = [
            Scenario(1_000, every),
            Scenario(10_000, every, limited=every),
            Scenario(50_000, every, limited=(5,)),
        ]
    occasion = Occasion.now()
    pages = own_share.verdicts(own_share.measured())
    results = Results(run(scenarios))
    held = [*verdicts(results), *pages]
    for rows in (table(results, limited=False), table(results, limited=True), verdict_table(held)):
        print(markdown(rows), end="\n\n")
    if not quick:
        DOCUMENT.write_text(document(results, occasion, "make bench", pages) + _by_hand(DOCUMENT.read_text()))
        print(f"Written: {DOCUMENT}")


def _by_hand(text: str) -> str:
    """What stands in the document under this heading and is no figure of searches: it stays."""
    _, heading, rest = text.partition("\n## Exports")
    return heading + rest


if __name__ == "__main__":
    main()
