"""Which rules of time zones are in force: the newest at hand, the system's or those of the package `tzdata`.

Python takes the system's wherever there are some, however old. Governments change rules within weeks: on 1 November 2026
the clocks of Vancouver, Edmonton and Winnipeg were not set back, but in the data of a system that is a year old.
"""

import os
import zoneinfo
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import tzdata


def use_the_newest() -> None:
    """Read zones from the package where it is newer than the system. A path that somebody chose (PYTHONTZPATH) stays."""
    zoneinfo.reset_tzpath()
    if "PYTHONTZPATH" not in os.environ and version_in(zoneinfo.TZPATH) < tzdata.IANA_VERSION:
        zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()


def version_in(folders: Iterable[str]) -> str:
    """The version of the rules in the first of the folders that says one, such as `2026f`; nothing where none does.

    tzdata's own `tzdata.zi` begins with `# version 2026f`; macOS has the version alone in `+VERSION`.
    """
    for folder in folders:
        for name in ("tzdata.zi", "+VERSION"):
            with (
                suppress(OSError, UnicodeDecodeError, IndexError),
                (Path(folder) / name).open(encoding="ascii") as file,
            ):
                return file.readline().split()[-1]
    return ""
