"""Whether the disk has room for an Excel file, which is made whole before it is sent: asked before, and watched."""

import errno
import shutil
from pathlib import Path

LEAST = 16 * 1024 * 1024  # bytes that stay free: others write there, too
PACKED = 0.25  # of what was written so far: packing it together takes as much again, at most
_NONE = {errno.ENOSPC, errno.EDQUOT}
WORDS = (
    "The server has no room left for an Excel file of this size. Take CSV or NDJSON, which need none, or a shorter time; "
    "the people who run this dashboard can give it more (docs/deploy.md)."
)


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
