"""Which tests run in one process under `pytest -n`, those of a module whose fixtures are made once for all of it; and when.

xdist's own way, `--dist loadgroup` with a mark, has no effect with pytest 9.2 (pytest-xdist, issue 1386): an image was
built in each process. `--dist loadscope` would keep every module together, also those that can be shared out evenly.

What takes long begins first: the quick tests that are left at the end keep all processes busy until it.
"""

from collections import OrderedDict
from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling
from xdist.workermanage import WorkerController

PROJECT = Path(__file__).parents[1]


# Who names one of these starts a program or drives a browser, and waits for it.
SLOW = ("tests.processes", "tests.server", "tests import server", "subprocess", "playwright", "mark.browser")


class Scheduling(LoadScopeScheduling):
    """Such modules first, as a whole; then test by test, those first that start programs."""

    _in_order = False

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", maxsplit=1)[0]
        return module if made_once(module) else nodeid

    def schedule(self) -> None:
        """Another process that takes the place of one that ended gets two of the tests that are left, or is told that there
        are no more: with the last one that it knows of it waits, as all do, and xdist would let it wait for ever.
        """
        goes_on = self.collection is not None
        super().schedule()
        if goes_on:
            super().schedule()

    def remove_node(self, node: WorkerController) -> str | None:
        """Of a process that ended, the test that it was at has failed; those that it had not begun are for the others.

        xdist would have that test run again, and end the next process with it.
        """
        workload = self.assigned_work.pop(node)
        if not self._pending_of(workload):
            return None
        begun = next(iter(workload.values()))
        ended_at = next(test for test, done in begun.items() if not done)
        begun[ended_at] = True
        self._pending_of(workload)
        self.workqueue.update(workload)
        for other in self.assigned_work:
            self._reschedule(other)
        return ended_at

    def _pending_of(self, workload: dict[str, dict[str, bool]]) -> int:
        """What is done is forgotten: xdist would count through all of it whenever a test ends."""
        for unit in [unit for unit, tests in workload.items() if all(tests.values())]:
            del workload[unit]
        return int(super()._pending_of(workload))

    def _assign_work_unit(self, node: WorkerController) -> None:
        if not self._in_order:
            self.workqueue = OrderedDict(sorted(self.workqueue.items(), key=lambda unit: turn(unit[0])))
            self._in_order = True
        super()._assign_work_unit(node)


def turn(unit: str) -> int:
    """When this module, or single test, has its turn: the lower, the sooner."""
    module = unit.split("::", maxsplit=1)[0]
    if made_once(module):
        return 0
    return 1 if any(word in text for text in texts(module) for word in SLOW) else 2


@cache
def made_once(module: str) -> bool:
    """Whether there are fixtures for a whole module."""
    return any('scope="module"' in text for text in texts(module))


@cache
def texts(module: str) -> tuple[str, ...]:
    """What stands in this module, and in the conftest.py beside it."""
    file = PROJECT / module
    return tuple(one.read_text() for one in (file, file.parent / "conftest.py") if one.exists())
