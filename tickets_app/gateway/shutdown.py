"""Whether this process is about to end: what takes long then ends by itself, and says so, before it is cut off."""

import time

SHARE = 0.8  # of the time that is left to end what is being sent; the rest is for ending it

_at: float | None = None  # in time.monotonic()'s seconds


def begin(seconds: float) -> None:
    """This process takes nothing new, and is killed in so many seconds. Said again, it may only become earlier."""
    global _at  # noqa: PLW0603 - one for the whole process is what it is for
    until = time.monotonic() + SHARE * seconds
    _at = until if _at is None else min(_at, until)


def begun() -> bool:
    """Whether this process was told to end: what only waits until Copper may be asked again is given up then."""
    return _at is not None


def now() -> bool:
    """Whether it is time to end."""
    return _at is not None and time.monotonic() >= _at
