"""The settings of a real start, with an environment of their own: nothing of the developer's leaks into the tests."""

import os

for name in list(os.environ):
    ours = {
        "DATABASE_URL",
        "CACHE_URL",
        "DEBUG",
        "ALLOWED_HOSTS",
        "SERVED_OVER_HTTPS",
        "HSTS_SECONDS",
        "TRUSTED_PROXIES",
        "SECRET_KEY_FILE",
        "DATABASE_URL_FILE",
        "CACHE_URL_FILE",
        "LONG_ANSWERS",
        "LONG_ANSWERS_IN_ALL",
        "SLOWEST_READER",
    }
    if name.startswith(("COPPER_", "SEARCH_", "OIDC_", "REMOTE_", "SESSION_", "LOGIN_")) or name in ours:
        del os.environ[name]
os.environ |= {
    "COPPER_API_KEY": "sk_test_X",
    "COPPER_API_URL": "http://127.0.0.1:9/v1",  # nobody listens there: a test that needs Copper starts a sandbox
    "LOGIN_REQUIRED": "false",
    "SECRET_KEY": "only for tests",
    "TIME_ZONE": "UTC",
    "ENV_FILE": os.devnull,
}

from dashboard.settings import *  # noqa: E402, F403 - Django's settings are names in a module, read after the above
from tests import run_folder  # noqa: E402 - as above
from tests.static_files import STORAGES  # noqa: E402, F401 - as above; a setting

STATIC_ROOT = run_folder.static_files()
# Tests have a database of their own in memory. What they start with these settings must not find the developer's.
DATABASES["default"] |= {"NAME": run_folder.folder() / "none.sqlite3", "TEST": {"NAME": ":memory:"}}  # noqa: F405 - of the settings above
# At full strength a log-in takes a thirtieth of a second; the tests that promise that strength ask for it.
PASSWORD_HASHERS = ["tests.hashing.Argon2", *PASSWORD_HASHERS[1:]]  # noqa: F405 - of the settings above
