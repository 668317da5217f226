"""What a test needs besides Python, and what of that this machine has: for marks, for `make test-quick`, and said at the start.

Marks are given here, by what a test's module and fixtures name, and not by hand: "browser" by tests/browser/conftest.py;
"server" to what starts a process, drives every page against every fault of a raw socket, or takes long;
"service" to what asks PostgreSQL or Redis. A test without a mark that starts a process all the same fails, so that what is
quick stays quick.
"""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

import pytest

from tests import redis_server

MINUTES = 8  # that all tests take on two cores
STARTS = (
    "subprocess",
    "tests.processes",
    "tests.server",
    "tests import server",
    "running_site",
    "oidc_provider",
    "run_folder",
    "import FAULTS",
    "tests.outage",
)
# These walk thousands of tickets over HTTP, ask every address with everything, or wait for what is locked or silent: half of
# the time of all that starts no process. Whatever takes more than some 2 s on one core belongs here (`--durations=0`).
LONG = {
    "test_as_found.py",
    "test_away.py",
    "test_benchmarks.py",
    "test_canaries.py",
    "test_client.py",
    "test_comparison.py",
    "test_complete.py",
    "test_connections.py",
    "test_contents.py",
    "test_contract.py",
    "test_copper_away.py",
    "test_ends_of_the_calendar.py",
    "test_equality.py",
    "test_every_address.py",
    "test_exports.py",
    "test_forms_away.py",
    "test_going_on.py",
    "test_guessing.py",
    "test_histogram.py",
    "test_kept.py",
    "test_lane_requests.py",
    "test_lanes.py",
    "test_looks.py",
    "test_lookup.py",
    "test_malformed_addresses.py",
    "test_many_at_once.py",
    "test_menus.py",
    "test_nothing_typed_is_lost.py",
    "test_one_spelling.py",
    "test_outlasting.py",
    "test_recording.py",
    "test_references.py",
    "test_round_trip.py",
    "test_runs.py",
    "test_same.py",
    "test_search.py",
    "test_secrets.py",
    "test_times.py",
    "test_waiting.py",
    "test_whole_list.py",
    "test_writers.py",
}
SERVICES = {"postgres_url", "postgres", "postgres_of_its_own", "postgres_of_the_module", "database", "needs_redis"}


def is_quick(config: pytest.Config) -> bool:
    """Whether this is `make test-quick`."""
    return "not server" in config.option.markexpr


def mark(items: list[pytest.Item]) -> None:
    """Give each test the marks of what it needs."""
    for item in items:
        text = _text(item.path)
        if _serves(item.path):
            item.add_marker("server")
        fixtures = set(getattr(item, "fixturenames", ()))
        if SERVICES & fixtures or "[postgresql" in item.name or "redis_server" in text:
            item.add_marker("service")


def is_left_out(path: Path, config: pytest.Config) -> bool:
    """Whether nothing in a file or folder is quick: then it is not even read, by any of the processes."""
    return is_quick(config) and (path.name == "browser" or (path.name.startswith("test_") and _serves(path)))


@cache
def _serves(module: Path) -> bool:
    return module.name in LONG or (module.suffix == ".py" and any(word in _text(module) for word in STARTS))


@cache
def _text(module: Path) -> str:
    return module.read_text()


@pytest.fixture(autouse=True)
def no_process_unless_it_says_so(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Quick tests start none: what loads this site anew takes half a second."""
    if not {"server", "service", "browser"} & {mark.name for mark in request.node.iter_markers()}:

        def refuse(*command: object, **_: object) -> None:
            pytest.fail(f"a process is started by a test without the mark “server” (tests/needs.py): {command}")

        monkeypatch.setattr(subprocess, "Popen", refuse)


def _found(*names: str) -> Callable[[], bool]:
    return lambda: any(map(shutil.which, names))


# What is looked for, whether it is there, what is skipped without it, and what makes that run.
_PARTS: list[tuple[str, Callable[[], bool], str, str]] = [
    (
        "Chromium",
        _found("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"),
        "the tests in a browser",
        "apt install chromium",
    ),
    (
        "PostgreSQL",
        _found("psql"),
        "the audit trail on it, and two machines",
        "apt install postgresql, or set TEST_POSTGRES_URL",
    ),
    ("Redis", redis_server.answers, "several processes as one", "redis-server --daemonize yes, or set TEST_REDIS_URL"),
    (
        "nginx",
        lambda: shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin") is not None,
        "the sample proxy, and two machines",
        "apt install nginx-light",
    ),
    ("openssl", _found("openssl"), "the secrets of compose.yaml", "apt install openssl"),
    ("curl", _found("curl"), "the vendor's own examples", "apt install curl"),
]


def said_at_the_start(quick: bool) -> Iterator[str]:
    """How long it will take, and what will be skipped and why."""
    yield (
        "About a minute on two cores."
        if quick
        else f"About {MINUTES} minutes on two cores; fewer tests: make test-quick."
    )
    if not quick:
        for name, there, skipped, how in _PARTS:
            if not there():
                yield f"No {name} here, so these are skipped: {skipped}. To run them: {how}"
