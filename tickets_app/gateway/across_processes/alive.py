"""Whether another process still runs, as far as one of the same machine can see: it may have been killed without a word."""

import os
import secrets
from pathlib import Path

BOOT, NUMBERED = Path("/proc/sys/kernel/random/boot_id"), Path("/proc/self/ns/pid")


def name_here() -> str:
    """A name for this process that no other has: by it others of its machine (its container) see whether it runs."""
    own = secrets.token_hex(8)
    try:
        return f"{own} {os.getpid()} {BOOT.read_text().strip()} {NUMBERED.readlink()}"
    except OSError:  # no Linux, or it does not tell
        return own


def is_gone(name: str, here: str) -> bool:
    """Whether the process of that name certainly runs no more; `here`: the name of the one that asks."""
    _, *place = name.split(" ", 2)
    if len(place) != 2 or place[1:] != here.split(" ", 2)[2:] or not place[0].isdecimal():
        return False
    return is_number_of_none(int(place[0]))


def is_number_of_none(pid: int) -> bool:
    """Whether no process that can be seen from here has this number."""
    try:
        os.kill(pid, 0)  # sends nothing
    except ProcessLookupError:
        return True
    except (OSError, OverflowError):  # somebody else's; no number that there is
        pass
    return False
