"""The settings that searches are measured with: nobody logs in, and the database is in memory."""

from benchmarks.environment import start_with

start_with(LOGIN_REQUIRED="false")

from dashboard.settings import *  # noqa: E402, F403 - Django's settings are names in a module, read after the above

DATABASES["default"]["NAME"] = ":memory:"  # noqa: F405 - as above
LOGGING["root"]["level"] = "ERROR"  # type: ignore[index] # noqa: F405 - every 429 would be a line between the tables
