"""The settings that pages are measured with: as a site has them, people log in and the database is a file."""

import os
import tempfile
from pathlib import Path

from benchmarks.environment import start_with

FOLDER = tempfile.mkdtemp(prefix="copper-tickets-bench-")  # removed by whoever measures
start_with(LOGIN_REQUIRED="true", ALLOWED_HOSTS="tickets.example.com", DATABASE_URL=f"sqlite:///{FOLDER}/db.sqlite3")

from dashboard.settings import *  # noqa: E402, F403 - Django's settings are names in a module, read after the above

STORAGES = {"staticfiles": {"BACKEND": "tests.static_files.Storage"}}  # compressed with less effort
STATIC_ROOT = Path(FOLDER) / "static"
ROOT_URLCONF = "benchmarks.site_urls"
# Its lines are written, and cost what they cost: but not on the screen, between the tables.
LOGGING["handlers"]["out"]["stream"] = open(os.devnull, "w")  # type: ignore[index] # noqa: F405, SIM115 - open until the end
