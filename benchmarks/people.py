"""`python -m benchmarks.people [--seconds N] [--people N] [--processes N] [--vs COMMIT]`: how a site carries 200 people.

Locust lets them press every 2 to 8 s; a gunicorn with gunicorn.conf.py and the default settings, Copper's stand-in at 200 ms a
request behind it, no proxy in front. All on one machine: what locust and the stand-in take is not left for the site.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from benchmarks.crowd import Door
from benchmarks.crowded import site
from benchmarks.verdicts import Verdict

PEOPLE, SECONDS, PROCESSES = 200, 60.0, 2
LATENCY = 0.2  # seconds that Copper takes
COME_AT_ONCE = 40  # people a second, until all are there
SETTLED = 8.0  # seconds after that: everybody has pressed once
OWN_AT_MOST, LIST_AT_MOST = 0.150, 1.5  # seconds, 95 of 100
FASTER = 2.5  # times as many answers as the version before
PROJECT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Answer:
    """One page that somebody asked for."""

    what: str
    began: float  # epoch seconds
    status: int  # 0: none came
    seconds: float  # until it was whole
    own: float  # of it our own, without Copper, as `Server-Timing` says


@dataclass(frozen=True, slots=True)
class Carried:
    """What so many people saw."""

    people: int
    processes: int
    answers: Sequence[Answer]
    seconds: float  # over which they were counted

    @property
    def a_second(self) -> float:
        """Answers that were what was asked for."""
        return sum(one.status == 200 for one in self.answers) / self.seconds

    @property
    def errors(self) -> int:
        """Answers that were not, a page that asks to come back later among them."""
        return sum(one.status != 200 for one in self.answers)

    def own(self, part: float) -> float:
        """Seconds of our own that so large a part of all answers took at most."""
        return quantile([one.own for one in self.answers if one.status == 200], part)

    def opening(self, part: float) -> float:
        """Seconds in which so large a part of all lists were opened, whole."""
        return quantile([one.seconds for one in self.answers if one.what == "list" and one.status == 200], part)


def quantile(values: Sequence[float], part: float) -> float:
    """The smallest of the values that so large a part of them does not exceed; infinite where there are none."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))] if ordered else float("inf")


def measured(
    *, people: int = PEOPLE, seconds: float = SECONDS, processes: int = PROCESSES, home: Path | None = None
) -> Carried:
    """Let them all come, and count from when they have settled. `home`: another version of the site, with its .venv."""
    coming = people / COME_AT_ONCE + SETTLED
    with site(processes, people=people, latency=LATENCY, home=home) as door:
        began = time.time()
        answers = _answers(door, people, coming + seconds)
    within = [one for one in answers if one.began >= began + coming]
    return Carried(people, processes, within, seconds)


def _answers(door: Door, people: int, seconds: float) -> list[Answer]:
    with tempfile.TemporaryDirectory(prefix="copper-tickets-people-") as folder:
        told = Path(folder, "answers.json")
        env = os.environ | {"PEOPLE_DOOR": json.dumps(asdict(door)), "PEOPLE_ANSWERS": str(told)}
        command = [sys.executable, "-m", "locust", "-f", str(PROJECT / "benchmarks/locustfile.py"), "--headless"]
        command += ["--users", str(people), "--spawn-rate", str(COME_AT_ONCE), "--run-time", f"{seconds:.0f}s"]
        command += ["--only-summary", "--loglevel", "ERROR", "--exit-code-on-error", "0", "--stop-timeout", "30"]
        subprocess.run(command, cwd=folder, env=env, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return [Answer(**one) for one in json.loads(told.read_text())]


def verdicts(now: Carried, before: Carried | None = None) -> list[Verdict]:
    """What issue 16 wants of the crowd; `before`: how an earlier version carried the same people."""
    where = f"{now.people} people, {now.processes} processes, {len(now.answers)} answers, {now.a_second:.1f} a second"
    some = bool(now.answers)
    found = [
        Verdict("6. many people: own share p95, s", where, now.own(0.95), OWN_AT_MOST, some),
        Verdict("6. many people: opening the list p95, s", where, now.opening(0.95), LIST_AT_MOST, some),
        Verdict("6. many people: errors", where, now.errors, 0, some),
    ]
    if before is not None and now.a_second:
        times = f"{now.a_second:.1f} after {before.a_second:.1f} answers a second"
        found.append(
            Verdict(
                f"6. many people: {FASTER} × the answers before ÷ now",
                times,
                FASTER * before.a_second / now.a_second,
                1,
            )
        )
    return found


@contextmanager
def version(commit: str) -> Iterator[Path]:
    """A folder with another version of the site, and what it needs in a .venv of its own; it goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="copper-tickets-before-") as folder:
        home = Path(folder, "site")
        git = ["git", "-C", str(PROJECT), "worktree"]
        subprocess.run([*git, "add", "--detach", "--quiet", str(home), commit], check=True)
        try:
            setup = [sys.executable, "scripts/setup.py", "requirements-dev.txt"]
            subprocess.run(setup, cwd=home, check=True, stdout=subprocess.DEVNULL)
            yield home
        finally:
            subprocess.run([*git, "remove", "--force", str(home)], check=True)


def main() -> None:
    """Measure, and print the table."""
    from benchmarks.report import markdown
    from benchmarks.verdicts import verdict_table

    parser = argparse.ArgumentParser(prog="benchmarks.people", description="How a site carries many people.")
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--people", type=int, default=PEOPLE)
    parser.add_argument("--processes", type=int, default=PROCESSES)
    parser.add_argument("--vs", metavar="COMMIT", help="measure that version, too")
    given = parser.parse_args()
    options = {"people": given.people, "seconds": given.seconds, "processes": given.processes}
    now, before = measured(**options), None
    if given.vs:
        with version(given.vs) as home:
            before = measured(**options, home=home)
    print(markdown(verdict_table(verdicts(now, before))))
    for what in sorted({one.what for one in now.answers}):
        taken = [one.seconds for one in now.answers if one.what == what]
        print(f"{what}: {len(taken)}, p50 {quantile(taken, 0.5):.2f} s, p95 {quantile(taken, 0.95):.2f} s")
    print(f"own share p50 {now.own(0.5) * 1000:.0f} ms; load {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    main()
