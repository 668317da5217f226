"""What a start makes of its environment, without a process for each: dashboard/settings.py is run once more, and checked."""

import importlib.util
import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import ModuleType
from unittest import mock

from django.conf import UserSettingsHolder, global_settings, settings
from django.core.management import call_command
from django.core.management.base import SystemCheckError

from dashboard import environment as read
from tests.run_folder import PROJECT


@dataclass
class Ended:
    """What a command left, under the names that a process has for it."""

    returncode: int
    stdout: str
    stderr: str


@contextmanager
def settings_of(env: dict[str, str]) -> Iterator[ModuleType]:
    """The settings of a start with these variables and no others. They are in force until the end."""
    former = [*read.problems]
    read.problems.clear()
    try:
        with mock.patch.dict(os.environ, env, clear=True):
            fresh = _run()
            with mock.patch.object(settings, "_wrapped", _holder(fresh)):
                yield fresh
    finally:
        read.problems[:] = former


def _run() -> ModuleType:
    spec = importlib.util.spec_from_file_location("settings_of_another_start", PROJECT / "dashboard" / "settings.py")
    fresh = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(fresh)
    return fresh


def _holder(fresh: ModuleType) -> UserSettingsHolder:
    holder = UserSettingsHolder(global_settings)
    for name in filter(str.isupper, dir(fresh)):
        setattr(holder, name, getattr(fresh, name))
    return holder


def check(env: dict[str, str], *options: str) -> Ended:
    """What `manage.py check` with these options says and ends with."""
    out, err = io.StringIO(), io.StringIO()
    with settings_of(env):
        try:
            call_command("check", *options, stdout=out, stderr=err)
        except SystemCheckError as error:
            return Ended(error.returncode, out.getvalue(), f"{err.getvalue()}{error}\n")
    return Ended(0, out.getvalue(), err.getvalue())
