"""The site's way to keep passwords, at a strength that takes no time: for tests that are about something else."""

from dashboard.identity import backends


class Argon2(backends.Argon2):
    """The same in everything but how long it takes."""

    time_cost = 1
    memory_cost = 8  # KiB, the least there is
