"""The settings of a real start as they are, but for the static files: those of this run of the tests."""

from dashboard.settings import *  # noqa: F403 - Django's settings are names in a module
from tests import run_folder
from tests.static_files import STORAGES  # noqa: F401 - a setting

STATIC_ROOT = run_folder.static_files()
