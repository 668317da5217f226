"""The settings of a real start with the defaults of README.md: nothing of the developer's environment leaks in."""

import os

for name in list(os.environ):
    if name.startswith(("COPPER_", "SEARCH_", "OIDC_", "REMOTE_", "SESSION_", "LOGIN_")) or name in {
        "DATABASE_URL",
        "CACHE_URL",
        "DEBUG",
        "ALLOWED_HOSTS",
    }:
        del os.environ[name]
os.environ |= {
    "COPPER_API_KEY": "sk_test_bench",  # pragma: allowlist secret - made up, for a sandbox
    "COPPER_API_URL": "http://127.0.0.1:9/v1",  # nobody listens there: each search is pointed at a sandbox
    "LOGIN_REQUIRED": "false",
    "SECRET_KEY": "only for benchmarks",  # pragma: allowlist secret - guards nothing
    "DATABASE_URL": "sqlite://:memory:",
    "TIME_ZONE": "UTC",
    "ENV_FILE": os.devnull,
    # The defaults, written out because the figures depend on them.
    "COPPER_MAX_CONCURRENCY": "8",
    "COPPER_CACHE_SECONDS": "15",
    "SEARCH_TIME_BUDGET": "2.0",
}

from dashboard.settings import *  # noqa: E402, F403 - Django's settings are names in a module, read after the above

LOGGING["root"]["level"] = "ERROR"  # type: ignore[index] # noqa: F405 - every 429 would be a line between the tables
