"""A plugin of pytest: of the tests asked, those that need little go first, since most changes are noticed by several."""

import hypothesis
import pytest


def pytest_collection() -> None:
    """That an example fails is enough: nobody looks for the smallest."""
    phases = [hypothesis.Phase.explicit, hypothesis.Phase.reuse, hypothesis.Phase.generate]
    hypothesis.settings.register_profile("any failure", hypothesis.settings(), phases=phases)
    hypothesis.settings.load_profile("any failure")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=_needs)


def _needs(item: pytest.Item) -> int:
    """Many examples; a database; a process or a service; or several of these."""
    needed = {mark.name for mark in item.iter_markers()} | set(item.fixturenames)
    marks = (item.obj.__dict__.get("is_hypothesis_test"), "db" in needed, {"server", "service"} & needed)
    return sum(weight for weight, mark in zip((1, 2, 4), marks, strict=True) if mark)
