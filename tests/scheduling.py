"""Which tests run in one process under `pytest -n`: those of a module whose fixtures are made once for all of it.

xdist's own way, `--dist loadgroup` with a mark, has no effect with pytest 9.2 (pytest-xdist, issue 1386): an image was
built in each process. `--dist loadscope` would keep every module together, also those that can be shared out evenly.
"""

from functools import cache
from pathlib import Path

from xdist.scheduler import LoadScopeScheduling

PROJECT = Path(__file__).parents[1]


class Scheduling(LoadScopeScheduling):
    """Such modules first, as a whole; then test by test."""

    def _split_scope(self, nodeid: str) -> str:
        module = nodeid.split("::", maxsplit=1)[0]
        return module if made_once(module) else nodeid


@cache
def made_once(module: str) -> bool:
    """Whether this module, or the conftest.py beside it, has fixtures for a whole module."""
    file = PROJECT / module
    return any('scope="module"' in one.read_text() for one in (file, file.parent / "conftest.py") if one.exists())
