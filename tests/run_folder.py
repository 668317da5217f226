"""The folder of this run of the tests: what it collects and copies lies there, so that runs side by side share nothing.

The first process of a run makes it, and removes it at its end. Its workers, and all that they start, know it by an
environment variable.
"""

import atexit
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).parents[1]
VARIABLE = "FOLDER_OF_THE_TESTS"


def folder() -> Path:
    """Where it is."""
    if VARIABLE not in os.environ:
        os.environ[VARIABLE] = tempfile.mkdtemp(prefix="copper-tickets-tests-")
        atexit.register(shutil.rmtree, os.environ[VARIABLE], ignore_errors=True)
        signal.signal(signal.SIGTERM, signal.default_int_handler)  # as Ctrl-C: by default nothing of the end is done
    return Path(os.environ[VARIABLE])


def static_files() -> Path:
    """What the pages of this run name and serve: not the project's own, which `make run` may be collecting anew."""
    return folder() / "static"


def copy_database(target: Path) -> None:
    """A SQLite database with all tables. They are made once in a run, by the first who asks; then each has a copy."""
    made = folder() / "tables.sqlite3"
    with _one_at_a_time(folder() / "tables.lock"):
        if not made.exists():
            half_made = folder() / "half-made.sqlite3"
            migrate(f"sqlite:///{half_made}")
            half_made.rename(made)
    shutil.copy(made, target)


def collect_static() -> None:
    """Collect the static files once in a run: two that do so at a time remove each other's."""
    with _one_at_a_time(folder() / "static.lock"):
        if not (static_files() / "staticfiles.json").exists():
            _manage("collectstatic", "--noinput", DJANGO_SETTINGS_MODULE="tests.settings_of_a_start")


def migrate(database: str) -> None:
    """Make the tables, as each start does."""
    _manage("migrate", DATABASE_URL=database)


def _manage(*command: str, **more: str) -> None:
    needed = {"COPPER_API_KEY": "sk_test_X", "SECRET_KEY": "only for tests", "ENV_FILE": os.devnull}
    env = of_the_machine() | needed | {VARIABLE: str(folder())} | more
    whole = [sys.executable, "manage.py", *command, "--verbosity=0"]
    subprocess.run(whole, cwd=PROJECT, env=env, check=True, timeout=120)


def of_the_machine() -> dict[str, str]:
    """What any program needs of the environment, and nothing of the developer's settings."""
    return {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}


@contextmanager
def _one_at_a_time(lock: Path) -> Iterator[None]:
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
