"""What every test needs before the first of them."""

import os
import threading
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import hypothesis
import pytest
from django.db import connection
from django.test import TransactionTestCase
from whitenoise import WhiteNoise

from audit import triggers
from dashboard.identity import throttle
from tests import needs, run_folder
from tests.needs import no_process_unless_it_says_so  # noqa: F401 - a fixture
from tests.processes import PATIENCE, wait_until
from tickets_app.gateway import metrics
from tickets_app.stores import clocks

# The names of the threads in which a process of the site asks Copper beside its pages.
ASKING = {"copper-answer", "copper-lane", "copper-count", "copper-resolve", "exact-hit", "location-names"}

# No example fails because a machine is slow.
hypothesis.settings.register_profile(
    "any machine", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("any machine")

# The pages name static files by their hashes, as in production, so the files have to be collected first.
run_folder.collect_static()


def pytest_report_header(config: pytest.Config) -> list[str]:
    """Say how long it takes, and what is skipped."""
    return list(needs.said_at_the_start(quick=needs.is_quick(config)))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Quick tests are found quickly."""
    return True if needs.is_left_out(collection_path, config) else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark each test with what it needs."""
    needs.mark(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """Tests wait half of their time, for the stand-in, for a browser, for a server that starts."""
    cores = os.cpu_count() or 1
    return 2 * cores if needs.is_quick(config) else 3 * cores // 2 or 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share the tests out as tests/scheduling.py says."""
    from tests.scheduling import Scheduling

    return Scheduling(config, log)


@pytest.fixture(autouse=True)
def full_buckets() -> None:
    """Nobody was refused a log-in for what an earlier test of this process tried."""
    for cap in (throttle.hashes, throttle.hashes_of_known_browsers):
        cap.fill()


@pytest.fixture(scope="session", autouse=True)
def databases_can_be_emptied() -> None:
    """After a test with real transactions Django empties every table, which the audit trail's triggers refuse."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            empty(case)

    # TestCase has a teardown of its own, which only rolls back.
    TransactionTestCase._fixture_teardown = teardown


@pytest.fixture(scope="session", autouse=True)
def static_files_are_looked_for_once() -> None:
    """Each test client makes the middleware anew, and WhiteNoise looks through all files each time: half of a page test."""
    look, found = WhiteNoise.update_files_dictionary, {}

    def remembered(served: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in found:
            look(served, root, prefix)
            found[root, prefix] = dict(served.files)
        served.files |= found[root, prefix]

    WhiteNoise.update_files_dictionary = remembered


@pytest.fixture(autouse=True)
def nothing_asked_any_more() -> Iterator[None]:
    """What a page of this test still reads (one page ahead, names, a count) is read before the next test begins.

    Such a thread reads the settings when it asks, and so would ask the next test's stand-in.
    """
    yield
    for thread in threading.enumerate():
        if thread.name in ASKING:
            wait_until(partial(_was_started, thread), "a thread that is being started runs")
            thread.join(PATIENCE)
            assert not thread.is_alive(), f"the thread “{thread.name}” goes on asking Copper"


def _was_started(thread: threading.Thread) -> bool:
    """Nobody can wait for the end of one that is listed already, and does not run yet."""
    return thread.is_alive() or thread not in threading.enumerate()


@pytest.fixture(autouse=True)
def copper_not_seen_yet() -> None:
    """Nothing is known of how Copper answered an earlier test of this process: /readyz would tell of it."""
    metrics.health.__init__()  # type: ignore[misc] # as it begins


@pytest.fixture(autouse=True)
def no_clocks_kept() -> None:
    """Nothing is known of the stores' clocks that an earlier test of this process set."""
    clocks.forget()
