"""What every test needs before the first of them."""

import os

import pytest
from django.core.management import call_command
from django.db import connection
from django.test import TransactionTestCase

from audit import triggers

# The pages name static files by their hashes, as in production, so the files have to be collected first.
if "PYTEST_XDIST_WORKER" not in os.environ:
    call_command("collectstatic", interactive=False, verbosity=0)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> object:
    """Share the tests out as tests/scheduling.py says."""
    from tests.scheduling import Scheduling

    return Scheduling(config, log)


@pytest.fixture(scope="session", autouse=True)
def databases_can_be_emptied() -> None:
    """After a test with real transactions Django empties every table, which the audit trail's triggers refuse."""
    empty = TransactionTestCase._fixture_teardown

    def teardown(case: TransactionTestCase) -> None:
        with triggers.lifted(connection):
            empty(case)

    # TestCase has a teardown of its own, which only rolls back.
    TransactionTestCase._fixture_teardown = teardown
