"""`python -m benchmarks [--quick] [--vs COMMIT]`: measure pages, crowds and searches; write docs/benchmarks.md."""

import argparse
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
from django.core.management import call_command

if TYPE_CHECKING:
    from benchmarks.verdicts import Verdict

DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"


def main() -> None:
    """Run until all is measured: about 25 minutes, or 3 with --quick."""
    parser = argparse.ArgumentParser(prog="benchmarks", description="Searches side by side, against the sandbox.")
    parser.add_argument("--quick", action="store_true", help="the small sizes with 5 matches; writes no document")
    parser.add_argument("--vs", default="", metavar="COMMIT", help="let the same people use that version, too")
    given = parser.parse_args()
    if (
        given.vs
        and subprocess.run(
            ["git", "rev-parse", "--verify", "--quiet", f"{given.vs}^{{commit}}"], check=False
        ).returncode
    ):
        parser.error(f"{given.vs} is no commit of this repository")

    prepare()
    _run(quick=given.quick, before=given.vs)


def prepare(settings: str = "benchmarks.settings") -> None:
    """Set up Django as it is measured, whatever was done in this folder before."""
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    django.setup()
    call_command("collectstatic", interactive=False, verbosity=0)  # pages name static files by their hashes
    call_command("migrate", verbosity=0)  # the database is always a new one: pages ask for saved views


def _run(*, quick: bool, before: str) -> None:
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
    site = list(_of_the_site(quick=quick, before=before))
    results = Results(run(scenarios))
    held = [*verdicts(results), *site]
    for rows in (table(results, limited=False), table(results, limited=True), verdict_table(held)):
        print(markdown(rows), end="\n\n")
    short = [one for one in held if not one.holds]
    print(f"{len(short)} of {len(held)} fall short: {'; '.join(one.line for one in short)}" if short else "All holds.")
    if not quick:
        command = f"make bench VS={before}" if before else "make bench"
        DOCUMENT.write_text(document(results, occasion, command, site) + _by_hand(DOCUMENT.read_text()))
        print(f"Written: {DOCUMENT}")


def _of_the_site(*, quick: bool, before: str) -> Iterator["Verdict"]:
    """What must hold of pages, crowds and first matches (issue 16)."""
    from benchmarks import busy_hours, crowded, first_match, own_share, people, same_page
    from benchmarks.measuring import say

    say("own share")
    yield from own_share.verdicts(own_share.measured(15 if quick else own_share.ROUNDS))
    seconds = 8.0 if quick else people.SECONDS
    say(f"{people.PEOPLE} people")
    now, then = people.measured(seconds=seconds), None
    if before:
        say(f"the same with {before}")
        with people.version(before) as home:
            then = people.measured(seconds=seconds, home=home)
    yield from people.verdicts(now, then)
    say("beside a crowd")
    yield from crowded.verdicts(crowded.measured(8.0 if quick else crowded.SECONDS))
    say("the same page")
    yield from same_page.verdicts()
    yield from first_match.verdicts(first_match.measured_cases(first_match.CASES[:1] if quick else first_match.CASES))
    for days in () if quick else busy_hours.SPANS:
        yield from busy_hours.verdicts(days, busy_hours.measured_days(days))


def _by_hand(text: str) -> str:
    """What stands in the document under this heading and is no figure of searches: it stays."""
    _, heading, rest = text.partition("\n## Exports")
    return heading + rest


if __name__ == "__main__":
    main()
