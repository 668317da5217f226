"""The audit trail and its readers, as tests/audit has them."""

from tests.audit.conftest import *  # noqa: F403 - its fixtures
