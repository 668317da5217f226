"""The site as a whole, also with a real PostgreSQL where there is one."""

from tests.audit.conftest import postgres_url  # noqa: F401 - a fixture
