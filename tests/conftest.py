"""The environment of every test: settings that a real start would be given. Nothing of the developer's own leaks in."""

import os
import subprocess
import sys
from pathlib import Path

for name in list(os.environ):
    if name.startswith(("COPPER_", "SEARCH_")) or name in {"DATABASE_URL", "CACHE_URL", "DEBUG", "ALLOWED_HOSTS"}:
        del os.environ[name]
os.environ |= {
    "COPPER_API_KEY": "sk_test_X",
    "COPPER_API_URL": "http://127.0.0.1:9/v1",  # nobody listens there: a test that needs Copper starts a sandbox
    "LOGIN_REQUIRED": "false",
    "SECRET_KEY": "only for tests",
    "TIME_ZONE": "UTC",
    "ENV_FILE": os.devnull,
}

# The pages name static files by their hashes, as in production, so the files have to be collected first.
if "PYTEST_XDIST_WORKER" not in os.environ:
    manage = Path(__file__).parent.parent / "manage.py"
    subprocess.run([sys.executable, manage, "collectstatic", "--noinput", "--verbosity=0"], check=True)
