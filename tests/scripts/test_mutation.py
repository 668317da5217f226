"""`make mutation` can begin: what its lists name is there. Nothing else runs it, and what they name is moved and rewritten."""

from pathlib import Path

from tests.mutation.changes import of_the_lua
from tests.mutation.lua_changes import LUA
from tests.mutation.nearest import NEAREST, nearest


def test_each_listed_change_of_the_lua_is_one():
    changes = of_the_lua()
    assert len(changes) == len(LUA)
    assert [change.where for change in changes if change.old == change.new] == []


def test_what_is_changed_and_the_tests_nearest_to_it_are_there():
    modules = [path for begin in NEAREST for path in Path(begin).rglob("*.py")]
    assert len(modules) > 50
    missing = {test for path in modules for test in nearest(path) if not Path(test).exists()}
    assert missing == set()
    assert [begin for begin in NEAREST if not Path(begin).exists()] == []
