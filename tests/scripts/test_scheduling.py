"""How tests are shared out among processes: what begins first, what stays together, and what is not looked through again."""

import pytest

from tests import scheduling
from tests.scheduling import Scheduling, turn


@pytest.fixture
def modules(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(scheduling, "PROJECT", tmp_path)
    for cached in (scheduling.texts, scheduling.made_once):
        cached.cache_clear()
    (tmp_path / "test_whole.py").write_text('@pytest.fixture(scope="module")')
    (tmp_path / "test_starts.py").write_text("from tests.processes import started")
    (tmp_path / "test_quick.py").write_text("assert 1")
    yield
    for cached in (scheduling.texts, scheduling.made_once):
        cached.cache_clear()


@pytest.fixture
def shared(modules) -> Scheduling:
    return Scheduling.__new__(Scheduling)


def test_modules_that_are_made_once_come_first_then_what_starts_programs(modules):
    units = ["test_quick.py::test_a", "test_starts.py::test_a", "test_whole.py"]
    assert sorted(units, key=turn) == units[::-1]


def test_only_a_module_with_fixtures_of_its_own_stays_together(shared):
    assert shared._split_scope("test_whole.py::test_a[1]") == "test_whole.py"
    assert shared._split_scope("test_starts.py::test_a[1]") == "test_starts.py::test_a[1]"


def test_what_is_done_is_not_counted_through_again_and_nothing_else_is_forgotten(shared):
    begun = {"test_whole.py::test_a": True, "test_whole.py::test_b": False}
    work = {"test_quick.py::test_a": {"test_quick.py::test_a": True}, "test_whole.py": begun}
    assert shared._pending_of(work) == 1
    assert work == {"test_whole.py": begun}
