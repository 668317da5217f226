"""The settings of a real start as they are, but for the static files: those of this run of the tests.

A test that counts what processes do together says TEST_PATIENT: nobody is taken for dead, nor Redis for away, nor is anybody
told that too many wait, on a machine that is slow.
"""

import os

from dashboard.settings import *  # noqa: F403 - Django's settings are names in a module
from tests import run_folder
from tests.static_files import STORAGES  # noqa: F401 - a setting

STATIC_ROOT = run_folder.static_files()

if "TEST_PATIENT" in os.environ:
    PROCESS_LEASE = 600.0
    INSTALLED_APPS += ["tests.patience.Patient"]  # noqa: F405 - as above
    for one in CACHES.values():  # noqa: F405 - as above
        one["OPTIONS"] = {"socket_timeout": 60, "socket_connect_timeout": 60}
