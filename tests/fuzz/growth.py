"""Whether a process grows: what it holds each few thousand requests, and the end beside what it held when it was warm.

A process that is new fills what is bounded (300 of Copper's answers, 64 lists' counts, parsed templates, the allocator's
pools) and then stays as it is. What grows with each request goes on growing: only the time after the warm-up says so.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.running_site import Used

STRETCH = 5_000  # requests after which it is told
WARM_UP = 20_000  # requests to one process
SPARE = 4  # descriptors: connections to Copper and to the database are kept for a while, or not
# A worker starts threads as they are needed, and keeps them: its own, pages, long answers, machines (dashboard/worker.py).
POOLS = 1 + 8 + 2 * 2 + 2
MOST = 10_000  # kilobytes above what it held then: in 30,000 requests, a third of a kilobyte for each


@dataclass(frozen=True, slots=True)
class Held:
    """What a process held after so many requests."""

    after: int
    used: Used

    def __str__(self) -> str:
        used = self.used
        words = f"memory {used.memory:,} kB, {used.threads} threads, {used.descriptors} descriptors"
        return f"after {self.after:,} requests: {words}"


def judge(held: Sequence[Held]) -> tuple[bool, str]:
    """Say whether the last is well beside what was held after the warm-up, and in words what was compared."""
    warm = [one for one in held if one.after >= WARM_UP]
    if len(warm) < 2:
        return True, f"Too few requests to say whether it grows: {WARM_UP:,} warm it up."
    first, last = warm[0].used, warm[-1].used
    memory, threads = last.memory - first.memory, last.threads - first.threads
    descriptors = last.descriptors - first.descriptors
    words = f"From {warm[0].after:,} to {warm[-1].after:,} requests: memory {memory:+,} kB, threads {threads:+}"
    words += f", descriptors {descriptors:+}"
    if memory > MOST or last.threads > max(first.threads, POOLS) or descriptors > SPARE:
        return False, (
            f"{words}. It grows: at most {MOST:,} kB and {SPARE} descriptors more are well, and {POOLS} threads in all."
        )
    return True, f"{words}."
