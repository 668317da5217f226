"""The settings of a real start as they are, but for the static files: those that this run of the tests collected."""

from dashboard.settings import *  # noqa: F403 - Django's settings are names in a module
from tests import run_folder

STATIC_ROOT = run_folder.static_files()
