"""The environment of a real start with the defaults of README.md: nothing of the developer's own leaks in."""

import os

KEY = "sk_test_bench"  # pragma: allowlist secret - made up, for a sandbox
_OURS = ("COPPER_", "SEARCH_", "OIDC_", "REMOTE_", "SESSION_", "LOGIN_")
_NAMES = {"DATABASE_URL", "CACHE_URL", "DEBUG", "ALLOWED_HOSTS"}


def start_with(**values: str) -> None:
    """Make it so, with these values besides. To be called before the settings are read."""
    for name in list(os.environ):
        if name.startswith(_OURS) or name in _NAMES:
            del os.environ[name]
    os.environ |= {
        "COPPER_API_KEY": KEY,
        "COPPER_API_URL": "http://127.0.0.1:9/v1",  # nobody listens there: what is measured is pointed at a sandbox
        "SECRET_KEY": "only for benchmarks",  # pragma: allowlist secret - guards nothing
        "TIME_ZONE": "UTC",
        "ENV_FILE": os.devnull,
        # The defaults, written out because the figures depend on them.
        "COPPER_MAX_CONCURRENCY": "8",
        "COPPER_CACHE_SECONDS": "15",
        "SEARCH_TIME_BUDGET": "2.0",
        **values,
    }
