"""The room on the disk for an Excel file, which is made whole before it is sent: asked for before, watched, and given back."""

import errno
import os
import re
import shutil
import tempfile
from pathlib import Path

from tickets_app.gateway.across_processes.alive import is_number_of_none

LEAST = 16 * 1024 * 1024  # bytes that stay free: others write there, too
# Of what was written so far: putting the sheet together takes as much again, beside it (measured: 2.00 of it at the most), and
# a quarter for others who do the same just then.
PACKED = 1.25
_NONE = {errno.ENOSPC, errno.EDQUOT}
WORDS = (
    "The server has no room left for an Excel file of this size. Take CSV or NDJSON, which need none, or fewer days; "
    "the people who run this dashboard can give it more (docs/deploy.md)."
)


_FOLDER = "copper-tickets-export-{}-"


def folder() -> tempfile.TemporaryDirectory[str]:
    """Make a folder for one file; its name says which process it belongs to."""
    return tempfile.TemporaryDirectory(prefix=_FOLDER.format(os.getpid()))


def give_back(pid: int) -> None:
    """Remove what a process left behind that was killed while it made a file."""
    for left in Path(tempfile.gettempdir()).glob(f"{_FOLDER.format(pid)}*"):
        shutil.rmtree(left, ignore_errors=True)


def forget_former() -> None:
    """Remove what processes left behind that are gone by now: a whole server that was killed could not.

    Another server of this machine may make files in the same place. One whose processes are not seen from here, such as in
    another container, needs a folder of its own.
    """
    forget_what_the_gone_left(Path(tempfile.gettempdir()), _FOLDER)


def forget_what_the_gone_left(place: Path, folder: str) -> None:
    """Remove the folders there whose names, with the number of a process in their `{}`, say that it is gone."""
    named = re.compile(folder.format(r"(\d{1,9})"), re.ASCII)
    for left in place.glob(folder.format("*") + "*"):
        found = named.match(left.name)
        if found and is_number_of_none(int(found[1])):
            shutil.rmtree(left, ignore_errors=True)


class NoRoomError(Exception):
    """There is none. The message is for a person."""


def check(folder: Path) -> None:
    """Raise NoRoomError where what lies in the folder could not be put together any more."""
    written = sum(file.stat().st_size for file in folder.iterdir() if file.is_file())
    if shutil.disk_usage(folder).free < LEAST + PACKED * written:
        raise NoRoomError(WORDS)


def is_lack_of_it(error: BaseException | None) -> bool:
    """Whether an error, or what caused it, says that there is none: another program may have been quicker."""
    while error is not None:
        if isinstance(error, NoRoomError) or (isinstance(error, OSError) and error.errno in _NONE):
            return True
        error = error.__cause__ or error.__context__
    return False
