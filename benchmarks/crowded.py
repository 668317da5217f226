"""`python -m benchmarks.crowded [SECONDS] [PROCESSES]`: how soon pages come beside a crowd that holds what it can.

A gunicorn with gunicorn.conf.py and no proxy in front, the sandbox behind it; 20 exports, 20 slow readers of an export, 8 long
searches and 30 requests of which only half is ever sent. Prints the figures, and what must hold (issue 16).
"""

import http.client
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median

from benchmarks.crowd import EXPORTS, HALF_SENT, SEARCHES, SLOW_READERS, Crowd, Door
from benchmarks.sandbox_process import SandboxProcess
from benchmarks.verdicts import Verdict

SECONDS, PROCESSES = 60.0, 2
TICKETS, DAYS, LATENCY = 20_000, 60, 0.1
HOST = "tickets.example.com"
TOKEN = "made-up-for-this-benchmark"  # pragma: allowlist secret - guards nothing
OBSERVER = EXPORTS + SLOW_READERS + SEARCHES + HALF_SENT  # a person of its own, beside the crowd
GIVEN_UP = 30.0  # seconds
PAUSE = 0.5  # seconds between two looks at the same address
AT_MOST = {"a list page": 2.0, "/healthz": 0.5, "/readyz": 0.5, "/metrics": 0.5}

SIGN_IN = """
import sys, time
from django.conf import settings
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
now = int(time.time())
# Whoever has a password here: in an earlier version it is another class.
backend = next(path for path in settings.AUTHENTICATION_BACKENDS if not path.startswith("axes."))
for number in range({people}):
    user = User.objects.create_superuser(f"person{{number}}")
    session = SessionStore()
    session["_auth_user_id"], session["_auth_user_hash"] = str(user.pk), user.get_session_auth_hash()
    session["_auth_user_backend"] = backend
    session["began"] = session["seen"] = now
    session.create()
    print(session.session_key)
"""


@dataclass(frozen=True, slots=True)
class Looks:
    """How long each answer took, in seconds, by what was asked for; and what became of the crowd."""

    alone: dict[str, list[float]]
    beside: dict[str, list[float]]
    noted: dict[str, list[float]]


def run(arguments: list[str]) -> int:
    """Measure, and print two tables; 1 where something falls short."""
    seconds = float(arguments[0]) if arguments else SECONDS
    processes = int(arguments[1]) if arguments[1:] else PROCESSES
    print(f"{processes} processes, {TICKETS:,} tickets, {LATENCY * 1000:.0f} ms a request", flush=True)
    looks = measured(seconds, processes)
    _print_table(looks.alone, looks.beside)
    for what, taken in sorted(looks.noted.items()):
        print(f"{what}: {len(taken)}, {min(taken):.1f} to {max(taken):.1f} s, median {median(taken):.1f} s")
    short = [what for what, at_most in AT_MOST.items() if max(looks.beside[what]) > at_most]
    print("falls short: " + ", ".join(short) if short else "all holds")
    return 1 if short else 0


def measured(seconds: float = SECONDS, processes: int = PROCESSES) -> Looks:
    """Look for a while alone, and for so many seconds beside the crowd."""
    while_alone = min(5.0, seconds / 2)
    with site(processes) as door:
        _look(door, 3.0)  # so that all is imported
        alone = _look(door, while_alone)
        with Crowd(door) as crowd:
            _look(door, 5.0)  # until all have come
            return Looks(alone, _look(door, seconds), crowd.noted())


def verdicts(looks: Looks) -> list[Verdict]:
    """What issue 16 wants beside the crowd: the longest of all looks counts."""
    crowd = f"{EXPORTS} exports, {SLOW_READERS} slow readers, {SEARCHES} searches, {HALF_SENT} half-sent requests"
    return [
        Verdict(
            f"7. beside a crowd: {what}, s", f"{crowd}; {len(looks.beside[what])} looks", max(looks.beside[what]), most
        )
        for what, most in AT_MOST.items()
    ]


@contextmanager
def site(
    processes: int, *, people: int = OBSERVER + 1, latency: float = LATENCY, home: Path | None = None, **more: str
) -> Iterator[Door]:
    """A server with people who are logged in, and made-up tickets behind it. `home`: another version, with its .venv."""
    from tests import run_folder, server
    from tests.processes import held_port, started, wait_until
    from tests.run_folder import PROJECT

    python, where = (str(home / ".venv/bin/python"), home) if home else (sys.executable, PROJECT)
    with (
        tempfile.TemporaryDirectory(prefix="copper-tickets-crowded-") as folder,
        SandboxProcess(tickets=TICKETS, days=DAYS, now=datetime.now(UTC)) as sandbox,
        Path(folder, "server.log").open("w") as log,
    ):
        url = sandbox.serve(latency=latency)
        env = server.environment(Path(folder), COPPER_API_URL=url, WEB_WORKERS=str(processes), LOG_LEVEL="ERROR")
        env |= {"METRICS_TOKEN": TOKEN, **more}
        if home:
            env[run_folder.VARIABLE] = folder  # its static files are others

        def manage(*command: str) -> str:
            whole = [python, "manage.py", *command]
            return subprocess.run(whole, cwd=where, env=env, check=True, stdout=subprocess.PIPE, text=True).stdout

        if home:
            manage("migrate", "--verbosity=0")
            manage("collectstatic", "--noinput", "--verbosity=0")
        else:
            server.migrate(env)
        sessions = manage("shell", "--no-imports", "--command", SIGN_IN.format(people=people)).split()
        command = [python, "-m", "gunicorn", "dashboard.wsgi", "--log-level", "warning"]
        with (
            held_port() as port,
            started(
                command, signal.SIGINT, cwd=where, env=env | {"PORT": str(port)}, stdout=log, stderr=log
            ) as process,
        ):
            running = server.Server(process, port)
            wait_until(running.answers, "the server answers", process)
            door = Door(running.port, HOST, sessions, {"Authorization": f"Bearer {TOKEN}"})
            if (status := door.ask("/tickets/", person=0)[0]) != 200:
                raise RuntimeError(f"nobody is let in there: /tickets/ answered {status}")
            yield door


def _look(door: Door, seconds: float) -> dict[str, list[float]]:
    """Ask for all addresses again and again, each in a thread of its own; how long each answer took."""
    taken: dict[str, list[float]] = {what: [] for what in AT_MOST}
    until = time.monotonic() + seconds

    def ask(what: str) -> None:
        while time.monotonic() < until or not taken[what]:
            taken[what].append(_seconds(door, what))
            time.sleep(PAUSE)

    threads = [threading.Thread(target=ask, args=(what,)) for what in AT_MOST]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return taken


def _seconds(door: Door, what: str) -> float:
    """How long one answer took; what does not come, or not as it should, was given up."""
    began = time.monotonic()
    try:
        status, _, _ = door.ask(what if what.startswith("/") else _list_page(), OBSERVER, GIVEN_UP)
    except (OSError, http.client.HTTPException):
        return GIVEN_UP
    return time.monotonic() - began if status == 200 else GIVEN_UP


def _list_page() -> str:
    """An address that nobody asked for before: the cache does not know it."""
    before = datetime.now(UTC) - timedelta(days=1)
    return f"/tickets/?limit=50&created%5Blt%5D={before:%Y-%m-%dT%H:%M:%S.%f}Z"


def _print_table(alone: dict[str, list[float]], beside: dict[str, list[float]]) -> None:
    print("| what | alone: median | beside the crowd: median | p95 | longest | looks | at most |")
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for what, at_most in AT_MOST.items():
        found = sorted(beside[what])
        p95 = found[int(0.95 * (len(found) - 1))]
        figures = f"{median(alone[what]):.2f} | {median(found):.2f} | {p95:.2f} | {found[-1]:.2f} | {len(found)}"
        print(f"| {what} | {figures} | {at_most:.1f} |")


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
